"""Escalating to somebody outside the house: they cannot be paged, so a person calls, and the incident says so."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import Actor
from tocsin.core.text import texts
from tocsin.directory.models import Vendor
from tocsin.incidents.commands.talking import note
from tocsin.incidents.models import Incident


def call_vendor(actor: Actor, incident: Incident, vendor: Vendor, *, text: str = "", now: dt.datetime) -> Incident:
    """Put a call to a vendor on the incident, with what was said: an escalation on the timeline. Raises Invalid with `text`."""
    said = texts.prose(text, field="text", limit=1_000)
    phone = f", {vendor.phone}" if vendor.phone else ""
    return note(
        actor, incident, kind="escalation", text=f"Vendor called: {vendor.name}{phone}{'. ' + said if said else ''}", now=now
    )
