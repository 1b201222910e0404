"""The remote verbs: a noun, then a verb, spoken to a running Tocsin over its API. Nothing of Django is imported here."""
