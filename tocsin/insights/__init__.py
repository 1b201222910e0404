"""Read-only reports over everything below."""
