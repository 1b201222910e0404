"""Pages about alerts: the list, one of them, answering a page, and in words who was reached."""
