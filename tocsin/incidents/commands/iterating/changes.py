"""The change log: who changed what, when, why and how, and how it is taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.errors import Invalid
from tocsin.core.text import texts
from tocsin.incidents import events, permissions
from tocsin.incidents.commands import talking
from tocsin.incidents.commands._changes import ChangeWords
from tocsin.incidents.commands._record import locked, save, tell
from tocsin.incidents.iterating import rules
from tocsin.incidents.iterating.models import Change
from tocsin.incidents.models import Incident


def log_change(
    actor: Actor,
    incident: Incident,
    what: str,
    *,
    why: str = "",
    how: str = "",
    revert: str = "",
    who: str = "",
    restarts: bool = False,
    evidence: str = "",
    at: dt.datetime | None = None,
    now: dt.datetime,
) -> Change:
    """Log a change: on the timeline as a note, in the state document as a row. Without `revert` the product asks for it.

    `who` made it, when that is not the actor; `at` is when, when that was before now. What `restarts` something says whether the
    `evidence` is kept or lost. The record may be completed after the end.
    """
    permissions.require_responder(actor, incident)
    what = texts.prose(what, field="what", limit=1_000, required=True)
    more = {name: texts.prose(text, field=name, limit=1_000) for name, text in (("why", why), ("how", how), ("revert", revert))}
    who = texts.line(who, field="who", limit=200, required=False)
    evidence = rules.evidence(restarts, evidence)
    said = [f"{name.capitalize()}: {_sentence(text)}" for name, text in more.items() if text]
    by = [f"By {_sentence(who)}"] if who not in ("", actor.name) else []
    text = " ".join([_sentence(what), *by, *said])
    with transaction.atomic():
        words = ChangeWords(what, who=who, **more, evidence=evidence)
        talking.note(actor, incident, kind="change", text=text, at=at, change=words, now=now)
        return Change.objects.select_related("incident").filter(incident=incident).latest("number")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def state_revert(actor: Actor, change: Change, revert: str, *, now: dt.datetime) -> Change:
    """Say how a change is taken back, or say it better. Raises Invalid for no words."""
    permissions.require_responder(actor, change.incident)
    revert = texts.prose(revert, field="revert", limit=1_000)
    if not revert:
        raise Invalid("Say how to take it back, or that this is not possible.", field="revert")
    with transaction.atomic():
        incident = locked(change.incident)
        change = Change.objects.select_related("incident").get(pk=change.pk)
        if change.revert != revert:
            old, change.revert = change.revert, revert
            change.save(update_fields=["revert"])
            save(incident, now=now)
            data = {"number": change.number, "what": texts.shorten(change.what, 200), "old": old, "revert": revert}
            tell(actor, events.REVERT_STATED, incident, now=now, change=change.id, **data)
    return change
