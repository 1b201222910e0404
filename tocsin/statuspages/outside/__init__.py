"""What the world outside reads of a page: entries, updates, parts and their changes, in one picture."""
