"""Cleaning up after an incident: tasks that other trackers hold."""
