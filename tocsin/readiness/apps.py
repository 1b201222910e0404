"""Readiness and the offline kit."""

from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    name = "tocsin.readiness"
    label = "readiness"
