"""Pages about what was learned: postmortems, actions, reviews, and the figures."""
