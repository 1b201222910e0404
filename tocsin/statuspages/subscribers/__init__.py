"""Subscribers: people outside who asked to be told when the external page says something, and how each of them is told."""
