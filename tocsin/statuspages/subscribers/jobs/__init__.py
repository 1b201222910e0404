"""What the engine does for subscribers: it walks through them after an update, and carries what was worded."""
