"""What the frame around every page says: theme, watch line, banners. Asked only by pages that show it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tocsin.core import facts
from tocsin.core.actor import Actor
from tocsin.web import watch

THEMES = {"light", "dark", "night"}
THEME_COOKIE = "theme"


class Frame:
    """Lazy: each part costs its fixed queries when, and only when, a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.test = settings.TOCSIN.test
        self.prefix = settings.TOCSIN.incident_prefix

    @property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @property
    def theme(self) -> str:
        """The theme of the cookie, in the first byte of the page; empty follows the system."""
        wanted = self.request.COOKIES.get(THEME_COOKIE, "")
        return wanted if wanted in THEMES else ""

    @property
    def shortcuts(self) -> bool:
        """Whether single keys act. The person is already loaded: no query."""
        return bool(getattr(getattr(self.request, "user", None), "shortcuts", True)) if self.actor else False

    @cached_property
    def watch(self) -> watch.Line | None:
        """The watch line; None for the signed-out."""
        return watch.line(self.actor, self.request.now) if self.actor else None  # type: ignore[attr-defined]

    @cached_property
    def on_hold(self) -> bool:
        return self.actor is not None and facts.on_hold()

    @property
    def mailbox(self) -> bool:
        """Whether mails go to the built-in mailbox."""
        return not settings.TOCSIN.smtp_url


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"frame": Frame(request), "actor": getattr(request, "actor", None), "now": getattr(request, "now", None)}
