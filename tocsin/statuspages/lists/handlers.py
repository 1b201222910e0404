"""What lists do when something happens elsewhere; wired in `wiring.py`, inside the announcing transaction."""

from __future__ import annotations

import re

from tocsin.core.actor import Actor
from tocsin.core.models import Event, OutboxMail
from tocsin.statuspages.lists import commands, rules

_MEMBER = re.compile(r"lsm_[0-9a-z]{26}")


def mail_failed(event: Event, actor: Actor) -> None:
    """A copy of a letter could not be sent: its reader is marked. Hears `mail.failed`."""
    row = OutboxMail.objects.filter(pk=event.subject).exclude(letter_id="").first()
    member = _MEMBER.search(row.message_id) if row else None
    if member:
        answer = str(event.data.get("answer", ""))
        commands.refused(member[0], answer, final=rules.is_final(answer), now=event.at)
