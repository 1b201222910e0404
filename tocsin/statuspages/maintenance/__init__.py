"""Planned work: told before it begins, begun and ended at its time, once or again and again, and what came of it."""
