"""Pages for everybody: no sign-in, no script, no cookie."""
