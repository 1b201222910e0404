"""Pages about who is called: schedules, calendars, policies, swaps, and the proof that somebody answers."""
