"""The database: what differs between the two, numbers, facts, requests done once."""
