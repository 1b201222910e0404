"""Pages about being prepared: readiness, the cheat sheet, and what the house holds to."""
