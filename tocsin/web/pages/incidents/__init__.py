"""Pages about incidents, from declaring one to closing it, but for its room."""
