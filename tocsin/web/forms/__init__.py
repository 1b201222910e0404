"""What people typed, and what to say when it cannot be read."""
