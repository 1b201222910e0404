"""Calls of webhooks, signed as Standard Webhooks asks."""
