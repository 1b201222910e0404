"""The living style page: every part of the design system with the real classes and the real words."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from tocsin.web.forms.request import Request
from tocsin.web.frame import places, symbols, words
from tocsin.web.gate.policy import SIGNED_IN, allow

COLOURS = (
    ("paper", "ground"),
    ("wash", "watch line, banner, letter"),
    ("line", "hairlines"),
    ("muted", "second text, control borders"),
    ("ink", "text"),
    ("accent", "links, the filled button, focus"),
    ("alarm", "Sev 1, triggered, gap, nobody, refused"),
    ("warn", "Sev 2, due soon, unknown, hint"),
)


@allow(SIGNED_IN)
@require_GET
def style(request: Request) -> HttpResponse:
    near = [request.now + dt.timedelta(seconds=seconds) for seconds in (-12, -1620, 240, 93600, -31536000)]
    context = {"colours": COLOURS, "symbols": sorted(symbols.known()), "states": list(words.STATES), "instants": near}
    return render(request, "style.html", context)


@allow(SIGNED_IN)
@require_GET
def keys(request: Request) -> HttpResponse:
    """The keyboard, on one page."""
    return render(request, "keys.html", {"person": request.user})


@allow(SIGNED_IN)
@require_GET
def more(request: Request) -> HttpResponse:
    """Every place of the house, for those who do not know its name."""
    return render(request, "more.html", {"groups": places.groups(request.actor), "acts": places.acts(request.actor)})


urlpatterns = [path("style", style, name="style"), path("keys", keys, name="keys"), path("more", more, name="more")]
