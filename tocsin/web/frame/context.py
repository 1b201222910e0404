"""What the frame around every page says: theme, watch line, banners. Asked only by pages that show it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings

from tocsin.core.actor import Actor
from tocsin.core.eventlog import events
from tocsin.core.store import facts
from tocsin.directory import permissions as access
from tocsin.directory import queries as directory
from tocsin.oncall import queries as oncall
from tocsin.oncall.queries import NowRow
from tocsin.paging import queries as paging
from tocsin.web.forms.request import Request
from tocsin.web.frame import reader, watch
from tocsin.web.gate import policy

THEMES = {"light", "dark", "night"}


class Frame:
    """Lazy: each part costs its fixed queries when, and only when, a template shows it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.test = settings.TOCSIN.test

    @property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @property
    def theme(self) -> str:
        """In the first byte of the page: the person's theme, before sign-in the one of the cookie; empty follows the system."""
        wanted = self.request.user.theme if self.actor else self.request.COOKIES.get(policy.THEME_COOKIE, "")
        return wanted if wanted in THEMES else ""

    @property
    def shortcuts(self) -> bool:
        """Whether single keys act. The person is already loaded: no query."""
        return self.actor is not None and bool(getattr(self.request.user, "shortcuts", True))

    @cached_property
    def position(self) -> int:
        """How far the event log went when this page was made."""
        return events.last_position()

    @cached_property
    def unsettled(self) -> bool:
        """Whether nobody administers this installation yet; asked by the sign-in page only."""
        return not directory.has_administrator()

    @cached_property
    def facts(self) -> dict[str, Any]:
        return facts.several(("hold", "demo"))

    @cached_property
    def roster(self) -> list[NowRow]:
        """Who is on call now, every schedule."""
        return oncall.now_table(self.request.now)

    @cached_property
    def watched(self) -> list[NowRow]:
        """Who is on call now where it concerns the reader; asked by signed-in pages only."""
        return oncall.watched(self.request.actor, self.request.now)

    @cached_property
    def problems(self) -> list[str]:
        """Why the pager cannot prove that it would reach somebody; empty when it can."""
        return paging.proof(self.request.now).problems

    @cached_property
    def watch(self) -> watch.Line | None:
        """The watch line; None for the signed-out."""
        if self.actor is None:
            return None
        proof = "hold" if self.on_hold else "problem" if self.problems else "proved"
        return watch.line(self.actor, self.watched, proof)

    @property
    def responds(self) -> bool:
        """Whether the reader works on incidents."""
        return self.actor is not None and access.is_responder(self.actor)

    @property
    def on_hold(self) -> bool:
        return self.actor is not None and bool(self.facts.get("hold"))

    @property
    def mailbox(self) -> bool:
        """Whether mails go to the demo's built-in mailbox, which is for those who work on incidents."""
        return self.responds and not settings.TOCSIN.smtp_url and bool(self.facts.get("demo"))


def of(request: Request) -> Frame:
    """The one frame of this request; views that need who is on call share its answer."""
    if not hasattr(request, "frame"):
        request.frame = Frame(request)
    made: Frame = request.frame
    return made


def frame(request: Request) -> dict[str, Any]:
    """Context processor."""
    return {
        "frame": of(request),
        "actor": getattr(request, "actor", None),
        "now": getattr(request, "now", None),
        "utc": reader.present().zone.key == "UTC",
    }
