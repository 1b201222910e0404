"""Reading the kit. It is for responders: telephone numbers are in it."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.directory import permissions
from tocsin.readiness.models import Kit

STALE = dt.timedelta(hours=36)
"""A kit that is older has missed a night."""


def latest() -> dt.datetime | None:
    """When the newest kit was made, None before the first."""
    return Kit.objects.order_by("-made_at", "-id").values_list("made_at", flat=True).first()


def newest(actor: Actor) -> Kit:
    """The newest kit. Raises NotAllowed for whoever only reads, NotFound before the first night."""
    permissions.require_scope(actor, "read")
    permissions.require_contacts(actor)
    kit = Kit.objects.order_by("-made_at", "-id").first()
    if kit is None:
        raise NotFound("No kit was made yet. It is made each night, and by the button on its page.")
    return kit
