"""Confirmed words that have not gone out yet: for the few seconds in which they can be taken back, or until a chosen time."""
