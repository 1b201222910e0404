"""What the process says of itself: log lines and metrics."""
