"""Doors to humans and clients. HTTP lives here only."""
