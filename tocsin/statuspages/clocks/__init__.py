"""When the next words are due on each page, and who is reminded of them."""
