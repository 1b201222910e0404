"""One folder per provider. Deleting a folder and its line in `wiring.py` removes the integration."""
