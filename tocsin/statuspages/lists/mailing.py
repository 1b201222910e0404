"""Telling lists: one letter for each list and update, in the thread of the incident. Called inside the publishing transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.core.net import mail
from tocsin.core.work import outbox
from tocsin.incidents.models import Incident
from tocsin.statuspages.lists import addresses, rules
from tocsin.statuspages.lists.models import DistributionList, ListLetter, ListMember, ListThread
from tocsin.statuspages.models import Update


def mail_update(incident: Incident, update: Update, lists: Iterable[DistributionList], *, now: dt.datetime) -> list[str]:
    """Mail the words of an update as they stand on the internal page; the names of the lists. Whoever is on two gets one mail."""
    told: set[str] = set()
    names = []
    for chosen in sorted(lists, key=lambda one: (one.name, one.pk)):
        members = [one for one in chosen.members.select_related("person") if one.is_told]
        meant = rules.once_each(((one.mail, one.pk) for one in members), told)
        told |= set(meant)
        _post(incident, update, chosen, meant, {one.pk: one for one in members}, now)
        names.append(chosen.name)
    return names


def _post(
    incident: Incident,
    update: Update,
    chosen: DistributionList,
    meant: dict[str, str],
    members: dict[str, ListMember],
    now: dt.datetime,
) -> None:
    thread, _ = ListThread.objects.get_or_create(incident=incident, list=chosen, defaults={"begun_at": now})
    before = list(thread.letters.values_list("message_id", flat=True))
    letter, made = ListLetter.objects.get_or_create(
        thread=thread,
        update=update,
        defaults={
            "message_id": mail.message_id(f"{thread.pk}.{update.pk}" if before else thread.pk),
            "subject": update.entry.title,
            "at": now,
        },
    )
    if made:
        text = rules.letter(update.body, link_of(incident), answers=bool(settings.TOCSIN.mail_address))
        common = _headers(incident, chosen, before)
        copies = {f"list.{letter.pk}.{member}": (to, common | own_headers(members[member])) for to, member in meant.items()}
        outbox.enqueue_copies(copies, letter.subject, text, letter.message_id, now)


def link_of(incident: Incident) -> str:
    """The address of the incident in a mail."""
    return f"{settings.TOCSIN.base_url.rstrip('/')}/{incident.key}"


def in_thread(before: list[str]) -> dict[str, str]:
    """The headers that put a mail under these, the first and the last of which are named."""
    if not before:
        return {}
    named = dict.fromkeys((before[0], *before[-8:]))
    return {"In-Reply-To": before[-1], "References": " ".join(named)}


def answering(key: str) -> dict[str, str]:
    """The header that leads a reply back to the incident, where mail arrives at all."""
    back = addresses.reply_address(key)
    return {"Reply-To": back} if back else {}


def _headers(incident: Incident, chosen: DistributionList, before: list[str]) -> dict[str, str]:
    host = urlsplit(settings.TOCSIN.base_url).hostname or "localhost"
    given = {"List-Id": addresses.list_id(chosen.name, chosen.slug, host), "Precedence": "list"}
    return given | in_thread(before) | answering(incident.key)


def own_headers(member: ListMember) -> dict[str, str]:
    """What only this reader's copy says: where refusals go, and how they leave a list that they put themselves on."""
    back = addresses.return_address(member.pk)
    given = {"Return-Path": back} if back else {}
    if member.is_self_subscribed:
        leave = f"{settings.TOCSIN.base_url.rstrip('/')}/leave-list/{addresses.leave_token(member.pk)}"
        given |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return given
