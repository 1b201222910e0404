"""Status pages, their parts and their updates."""

from django.apps import AppConfig


class StatuspagesConfig(AppConfig):
    name = "tocsin.statuspages"
    label = "statuspages"
