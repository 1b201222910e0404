"""What an incident is linked with: other incidents, causing changes, postmortems, cleanup tasks, problem records."""
