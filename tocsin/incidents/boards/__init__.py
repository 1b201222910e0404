"""Boards: saved views of what is in progress, and the secret addresses under which other pages show them."""
