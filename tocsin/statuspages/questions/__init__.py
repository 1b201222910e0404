"""Questions about an incident that came back by mail, and their answers."""
