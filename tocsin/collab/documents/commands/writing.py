"""The only writers of the text of documents: what is typed together, what a form sends, revisions, restoring.

Whoever may see a document's subject is decided by the caller, who loaded it through a query with the actor's scope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from tocsin.collab import events, permissions
from tocsin.collab import rules as templates
from tocsin.collab._author import author_of
from tocsin.collab.documents import queries, rules
from tocsin.collab.documents.encoding import Unreadable
from tocsin.collab.documents.models import Document, RefusedUpdate, Revision, Section, Snapshot, Update
from tocsin.collab.documents.queries import Held
from tocsin.collab.documents.replica import Broken, Change
from tocsin.core.actor import SYSTEM, Actor
from tocsin.core.errors import NotFound, Stale
from tocsin.core.eventlog.events import record
from tocsin.core.store import db
from tocsin.core.text import texts
from tocsin.core.work import hints
from tocsin.directory.models import Person

CHANNEL = "documents"
"""The hint that some document has news."""
SNAPSHOT_EVERY = 500
"""Updates between two snapshots; the two latest are kept."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An update as somebody's program sent it. `author` is a person's id, None for the house itself."""

    author: str | None
    data: bytes


@dataclass(slots=True)
class Written:
    """What came of it: `caught_up` was written elsewhere meanwhile; for each update handed in what it brought, or why not."""

    caught_up: list[bytes] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def write(held: Held, typed: Sequence[Typed], *, now: dt.datetime) -> Written:
    """Store updates of a document in their order, and bring `held` to where the store is then.

    An update that cannot be applied is kept for repair with the reason, and the others go on. After an exception `held` must be
    thrown away: it may be ahead of the store.
    """
    written = Written()
    with transaction.atomic():
        document = _locked(held.document)
        written.caught_up = _meet(held, document, now)
        for one in typed:
            taken, why = _take(held, document, one, now)
            written.taken.append(taken)
            written.refused.append(why)
        if held.number > document.number:
            _project(held, document, now)
    return written


def save_section(actor: Actor, section: Section, text: str, *, version: int, seen: int | None = None, now: dt.datetime) -> Section:
    """Replace the text of a section that was read at `version`, `seen` being the document's number at that moment.

    What others typed since then stays, unless it is in the same lines: then, and when `seen` is not known though somebody
    saved in between, raises Stale with the section as it is now; nothing is lost, the caller shows both texts.
    """
    permissions.require_writer(actor)
    text = texts.prose(text, field="text", limit=templates.SECTION_LIMIT)
    with transaction.atomic():
        document = _locked(section.document_id)
        held = queries.load(document.pk)
        _meet(held, document, now)
        section = _fresh(section)
        base = _base(seen, held)
        before = base.replica.text(section.slug) if base else section.text
        if text in {section.text.strip(), before.strip()}:
            return section
        if base is None and seen != held.number and section.version != version:
            raise _stale(section)
        text = rules.dressed(text, before)
        if base is not None and rules.collide(before, text, section.text):
            raise _stale(section)
        change = held.replica.edit(section.slug, text) if base is None else _merge(held, base, section.slug, text)
        _store(held, document, change, actor, now)
        _cut(document, [section.slug], now, by=actor)
    return _fresh(section)


def restore(actor: Actor, section: Section, version: int, *, now: dt.datetime) -> Section:
    """Let a section say again what it said at a version. What it says now stays a version of its own. Raises NotFound."""
    permissions.require_writer(actor)
    with transaction.atomic():
        document = _locked(section.document_id)
        held = queries.load(document.pk)
        _meet(held, document, now)
        _cut(document, [section.slug], now)
        old = queries.revision(section, version)
        change = held.replica.edit(section.slug, old.text)
        _store(held, document, change, actor, now)
        _cut(document, [section.slug], now, by=actor)
    return _fresh(section)


def cut(document: str, *, now: dt.datetime) -> int:
    """Make a revision of each section that was typed in since its last; how many."""
    with transaction.atomic():
        found = db.lock(Document.objects.filter(pk=document, typed_at__isnull=False)).first()
        return _cut(found, None, now) if found else 0


def _locked(document: str) -> Document:
    found = db.lock(Document.objects.filter(pk=document)).first()
    if found is None:
        raise NotFound("This document is gone.")
    return found


def _fresh(section: Section) -> Section:
    return Section.objects.select_related("document", "updated_by").get(pk=section.pk)


def _meet(held: Held, document: Document, now: dt.datetime) -> list[bytes]:
    """Bring the replica to where the store is, and take in text that came past it: from before there were updates."""
    brought = queries.catch_up(held) if document.number > held.number else []
    for section in document.sections.all():
        if rules.storable(held.replica.text(section.slug)) != section.text:
            change = held.replica.edit(section.slug, section.text)
            if change.update:
                _append(held, document, change, section.updated_by_id, now)
                brought.append(change.update)
    if held.number > document.number:
        Document.objects.filter(pk=document.pk).update(number=held.number)
        document.number = held.number
        hints.wake_after_commit(CHANNEL)
    return brought


def _take(held: Held, document: Document, typed: Typed, now: dt.datetime) -> tuple[bytes, str]:
    """One update: what it brought, and why it was refused."""
    try:
        change = held.replica.apply(typed.data)
        full = next((slug for slug in change.sections if len(held.replica.text(slug)) > templates.SECTION_LIMIT), "")
        if full:
            raise Broken(f"A section may have {templates.SECTION_LIMIT:,} characters.")
    except (Unreadable, Broken) as fault:
        if isinstance(fault, Broken):
            held.replica = queries.load(document.pk).replica
        RefusedUpdate.objects.create(document=document, data=typed.data, reason=str(fault)[:200], author_id=typed.author, at=now)
        return b"", str(fault)
    if change.update:
        _append(held, document, change, typed.author, now)
    return change.update, ""


def _append(held: Held, document: Document, change: Change, author: str | None, now: dt.datetime) -> None:
    held.number += 1
    Update.objects.create(
        document=document,
        number=held.number,
        data=change.update,
        sections=f",{','.join(sorted(change.sections))},",
        author_id=author,
        at=now,
    )


def _merge(held: Held, base: Held, slug: str, text: str) -> Change:
    """Write a text into an older state of the document and bring that to the present one."""
    return held.replica.apply(base.replica.edit(slug, text).update)


def _store(held: Held, document: Document, change: Change, actor: Actor, now: dt.datetime) -> None:
    if change.update:
        _append(held, document, change, author_of(actor), now)
        _project(held, document, now)


def _project(held: Held, document: Document, now: dt.datetime) -> None:
    """Write what the sections say now beside them, so that every other reader needs no library."""
    for section in document.sections.all():
        text = rules.storable(held.replica.text(section.slug))
        if text != section.text:
            section.text, section.updated_at = text, now
            section.updated_by_id = (queries.writers(section, document.number) or [section.updated_by_id])[-1]
            section.save(update_fields=["text", "updated_at", "updated_by"])
    document.number, document.updated_at, document.typed_at = held.number, now, now
    document.typed_since = document.typed_since or now
    document.save(update_fields=["number", "updated_at", "typed_at", "typed_since"])
    _snapshot(held, document)
    hints.wake_after_commit(CHANNEL)


def _snapshot(held: Held, document: Document) -> None:
    known = list(document.snapshots.order_by("-number").values_list("number", flat=True)[:2])
    if held.number - (known[0] if known else 0) < SNAPSHOT_EVERY:
        return
    Snapshot.objects.create(document=document, number=held.number, data=held.replica.since())
    document.snapshots.filter(number__lt=known[0] if known else 0).delete()


def _base(seen: int | None, held: Held) -> Held | None:
    """The document as the writer of a form saw it, None when that is how it is now or when nobody knows."""
    return queries.load(held.document, upto=seen) if seen is not None and 0 <= seen < held.number else None


def _stale(section: Section) -> Stale:
    return Stale(
        "Somebody saved this section while you wrote. Both texts are here; save again what should stand.",
        field="version",
        current=section,
    )


def _cut(document: Document, slugs: Sequence[str] | None, now: dt.datetime, *, by: Actor | None = None) -> int:
    """Revisions of those sections, or of all: then nothing is left that no revision holds."""
    made = 0
    for section in document.sections.all():
        if slugs is None or section.slug in slugs:
            made += _revise(document, section, now, by)
    if slugs is None:
        document.typed_at = document.typed_since = None
        document.save(update_fields=["typed_at", "typed_since"])
    return made


def _revise(document: Document, section: Section, now: dt.datetime, by: Actor | None) -> int:
    """A revision of one section, unless its last one says the same."""
    last = section.revisions.order_by("-version").first()
    if section.text == (last.text if last else ""):
        return 0
    people = list(Person.objects.filter(pk__in=queries.writers(section, (last.number or 0) if last else 0)))
    main = next((one for one in people if one.pk == section.updated_by_id), None) or section.updated_by
    section.version += 1
    section.save(update_fields=["version"])
    revision = Revision.objects.create(
        section=section, version=section.version, text=section.text, author=main, number=document.number, at=now
    )
    revision.writers.set(people)
    actor = by or (Actor(id=main.pk, name=main.name, via="web") if main else SYSTEM)
    data = {"section": section.pk, "heading": section.heading, "version": section.version}
    record(actor, events.SECTION_SAVED, document.pk, context=document.subject, now=now, data=data)
    return 1
