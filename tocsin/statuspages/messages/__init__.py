"""Message templates: words that are written down before they are needed, with slots that an incident fills."""
