"""The last words: everything that status pages still say of an incident is closed in one act, or somebody says why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict
from tocsin.core.eventlog.events import record
from tocsin.core.text import texts
from tocsin.incidents.models import Incident
from tocsin.statuspages import events, permissions, rules
from tocsin.statuspages.commands.publishing import Publication, Words, facts_of, post_update
from tocsin.statuspages.models import Entry


def closable(incident: Incident) -> QuerySet[Entry]:
    """The open entries of an incident that last words can be said in. Of a private one customers read nothing, not even that."""
    rows = Entry.objects.filter(incident=incident, resolved_at=None).select_related("page", "left_open_by")
    rows = rows.order_by("-page__audience", "page__position", "page__created_at", "page__id")
    return rows.exclude(page__audience=rules.EXTERNAL) if incident.is_private else rows


def leave_open(actor: Actor, incident: Incident, why: Mapping[str, str], *, now: dt.datetime) -> None:
    """Keep why these pages (short name to reason) go on speaking of an incident; what was said already is not said twice."""
    author = None if actor.is_system else actor.id
    with transaction.atomic():
        fresh = [one for one in closable(incident) if why.get(one.page.slug, one.left_open_why) != one.left_open_why]
        for entry in fresh:
            reason = why[entry.page.slug]
            Entry.objects.filter(pk=entry.pk).update(left_open_why=reason, left_open_at=now, left_open_by=author)
        if fresh:
            data = {"pages": {entry.page.slug: why[entry.page.slug] for entry in fresh}}
            record(actor, events.LEFT_OPEN, fresh[0].id, context=incident.id, now=now, data=data)


def say_last_words(
    actor: Actor,
    incident: Incident,
    *,
    final: Mapping[str, Words | None],
    kept: Mapping[str, str],
    confirmation: str,
    now: dt.datetime,
) -> Publication | None:
    """Close every open entry of an incident in one act, with these words or the drafted; `kept` says by page why one stays open.

    Raises Invalid for a page that has nothing to leave open, Conflict before the end, whose own step says the last words; None
    when nothing was left to close.
    """
    permissions.require_publisher(actor, incident)
    if incident.state != Incident.RESOLVED:
        raise Conflict(f"{incident.key} is not resolved. Resolving it says the last words.", field="state", current=incident)
    kept = {page: texts.line(why, field="leave_open", limit=400) for page, why in kept.items()}
    with transaction.atomic():
        spoken = [entry.page for entry in closable(incident)]
        rules.check_left_open(incident.key, [page.slug for page in spoken], kept, closes=True)
        leave_open(actor, incident, kept, now=now)
        heard = {page.audience for page in spoken}
        words = {audience: said for audience, said in final.items() if audience in heard}
        return close_entries(actor, incident, final=words, but=kept, confirmation=confirmation, now=now)


def close_entries(
    actor: Actor,
    incident: Incident,
    *,
    final: Mapping[str, Words | None],
    but: Collection[str] = (),
    confirmation: str,
    now: dt.datetime,
) -> Publication | None:
    """Close everything that status pages still say of an incident, in one act, `but` what these pages (short names) say.

    `final` holds the confirmed words by audience; where it has none, the drafted last message is used. An audience that has
    heard nothing is not spoken to, unless words for it are given. None when there is nothing to close, as in a drill.
    """
    if incident.is_drill:
        return None
    facts = facts_of(incident)
    spoken = [entry.page for entry in closable(incident)]
    closing = [page for page in spoken if page.slug not in but]
    ends = {page.audience for page in closing}
    stays = {page.audience for page in spoken} - ends
    outside = [page.slug for page in closing if page.audience == rules.EXTERNAL]
    words: dict[str, Words] = {}
    for audience in rules.AUDIENCES:
        if audience in stays:
            continue
        given = final.get(audience)
        drafted = rules.words_for(audience, facts, rules.RESOLVED, first=False)
        if given:
            words[audience] = {"title": given.get("title") or drafted.title, "body": given.get("body") or drafted.body}
        elif audience in ends:
            words[audience] = {"title": drafted.title, "body": drafted.body}
    if not words:
        return None
    return post_update(
        actor,
        incident,
        status=rules.RESOLVED,
        internal=words.get(rules.INTERNAL),
        external=words.get(rules.EXTERNAL),
        pages=outside or None,
        confirmation=confirmation,
        now=now,
    )
