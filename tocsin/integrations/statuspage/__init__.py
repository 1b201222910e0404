"""Hosted Statuspages, driven through their management API."""
