"""Work as rows: leases and fences, the engine that drives them, hints that wake it, outgoing mail."""
