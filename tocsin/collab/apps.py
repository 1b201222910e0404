"""Rooms, documents, short links."""

from django.apps import AppConfig


class CollabConfig(AppConfig):
    name = "tocsin.collab"
    label = "collab"
