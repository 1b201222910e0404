"""The one log: recorded with each change, sealed in order, read by position."""
