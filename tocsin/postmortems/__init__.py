"""What is learned: postmortems, their states, and the actions that follow."""
