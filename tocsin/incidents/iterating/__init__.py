"""Iterate: what an incident under repair adds to its record: findings, streams of work, changes, pace and relief."""
