"""The web as Django sees it: templates, static files, template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "tocsin.web"
    label = "web"
