from django.apps import AppConfig


class StatuspagesConfig(AppConfig):
    name = "tocsin.statuspages"
    label = "statuspages"
