"""Webhooks of people outside who subscribed to the status page."""
