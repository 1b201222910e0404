from django.apps import AppConfig


class CollabConfig(AppConfig):
    name = "tocsin.collab"
    label = "collab"
