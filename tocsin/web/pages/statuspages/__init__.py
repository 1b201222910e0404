"""Pages from which staff and customers are told, and what came of it."""
