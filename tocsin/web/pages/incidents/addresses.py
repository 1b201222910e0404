"""Addresses that people read aloud: `/HOT-123`."""

from __future__ import annotations

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter


class IncidentKey:
    """A prefix of letters, a hyphen, a number. Small letters are read as capital ones."""

    regex = "[A-Za-z]{2,10}-[0-9]{1,12}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(IncidentKey, "incident")


def at_incident(tail: str, view: Callable[..., HttpResponseBase], **fixed: str) -> URLPattern:
    """The route of a page of one incident: `/HOT-123` and what follows. `fixed` are arguments of the view."""
    return path("<incident:key>" + tail, view, fixed)
