"""The composition root as Django sees it: when every room is loaded, wire them."""

from __future__ import annotations

from django.apps import AppConfig


class RootConfig(AppConfig):
    name = "tocsin"
    label = "tocsin"

    def ready(self) -> None:
        from tocsin import wiring

        wiring.install()
