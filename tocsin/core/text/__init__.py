"""Plain text: cleaning, placeholders, JSON that is read strictly."""
