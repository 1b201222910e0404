"""Any program that can POST a small JSON object."""
