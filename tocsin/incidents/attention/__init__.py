"""Public attention: posts that are about an incident, counted and linked, and the feed of mentions in which people find them."""
