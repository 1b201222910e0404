"""Pages of the room of an incident: its log, what is said and done there, its document and transcript."""
