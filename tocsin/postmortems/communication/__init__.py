"""Communications reviews: a finished incident is walked from its first alert to the last words to customers, with a scribe."""
