"""The words somebody wants to say, trimmed and allowed where they will stand. Called before anything is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings

from tocsin.core.errors import Conflict, Invalid
from tocsin.core.text import texts
from tocsin.incidents import assessing
from tocsin.incidents.models import Assessment, Incident
from tocsin.statuspages import permissions, rules
from tocsin.statuspages.briefs import rules as briefs
from tocsin.statuspages.models import Entry

Words = Mapping[str, Any]
"""`{"title", "body"}`, or for a follow-up to the company its parts: `{"title", "opening", "current_status": [...],
"next_steps": [...], "place", "answers": {question: answer}, "accepted": [part, ...]}`."""

_PARTS = frozenset({"opening", "current_status", "next_steps", "answers"})


@dataclass(frozen=True, slots=True)
class Said:
    """The exact words for one audience. `brief` keeps the parts and answers of a follow-up to the company."""

    title: str
    body: str
    brief: Mapping[str, Any] = field(default_factory=dict)


def wording(
    incident: Incident, *, status: str, next_update_at: dt.datetime | None, internal: Words | None, external: Words | None
) -> dict[str, Said]:
    """The words by audience, internal first. Raises as `post_update` says."""
    said: dict[str, Said] = {}
    if internal is not None:
        said[rules.INTERNAL] = _inside(incident, internal, status, next_update_at)
    if external is not None:
        said[rules.EXTERNAL] = _outside(incident, external)
    if not said:
        raise Invalid("Write something for the company, for customers, or for both.", field="internal")
    return said


def require_follow(incident: Incident, status: str) -> None:
    """Raises Conflict when words of this status can not come any more."""
    if incident.state == Incident.RESOLVED and status != rules.RESOLVED:
        raise Conflict(f"{incident.key} is resolved; only the status resolved can follow.", field="status", current=incident)


def _inside(incident: Incident, words: Words, status: str, next_update_at: dt.datetime | None) -> Said:
    title = _title(incident, rules.INTERNAL, words)
    if incident.key not in title:
        title = f"{incident.key} - {title}"
    parted = any(words.get(part) for part in _PARTS)
    last = status == rules.RESOLVED
    if not parted and (last or not has_spoken_inside(incident)):
        return Said(title, _body(rules.INTERNAL, words))
    if words.get("body"):
        raise Invalid(
            "A follow-up to the company is written in parts: opening, current_status, next_steps, answers and place, no body.",
            field="internal_body" if parted else briefs.OPENING,
        )
    brief = _brief(words)
    for name, wrong in briefs.problems(brief, last=last).items():
        raise Invalid(wrong, field=name)
    for name, wrong in briefs.unaccepted(brief).items():
        raise Invalid(f"{wrong} Mend it, or accept it as it is.", field=name, code="accept_warning")
    kept = asdict(brief) | {"accepted": sorted(set(briefs.warnings(brief)) & brief.accepted)}
    return Said(title, briefs.written(brief, None if last else next_update_at), kept)


def has_spoken_inside(incident: Incident) -> bool:
    """Whether the company has heard of this incident: from then on it gets follow-ups in parts."""
    return Entry.objects.filter(incident=incident, page__audience=rules.INTERNAL).exists()


def _outside(incident: Incident, words: Words) -> Said:
    said = Said(_title(incident, rules.EXTERNAL, words), _body(rules.EXTERNAL, words))
    permissions.require_publishable(incident)
    prefix = settings.TOCSIN.incident_prefix
    rules.check_public(said.title, "external_title", prefix, incident.key)
    rules.check_public(said.body, "external_body", prefix, incident.key)
    return said


def _title(incident: Incident, audience: str, words: Words) -> str:
    title = texts.line(words.get("title") or "", field=f"{audience}_title", limit=270, required=False)
    if title:
        return title
    entry = Entry.objects.filter(incident=incident, page__audience=audience).first()
    return entry.title if entry else rules.words_for(audience, facts_of(incident), rules.INVESTIGATING, first=True).title


def _body(audience: str, words: Words) -> str:
    return texts.prose(words.get("body") or "", field=f"{audience}_body", limit=20_000, required=True)


def _brief(words: Words) -> briefs.Brief:
    answers = words.get("answers") or {}
    return briefs.Brief(
        opening=texts.line(words.get("opening") or "", field=briefs.OPENING, limit=2_000, required=False),
        current_status=_lines(words.get("current_status") or (), briefs.CURRENT),
        next_steps=_lines(words.get("next_steps") or (), briefs.NEXT_STEPS),
        place=texts.line(words.get("place") or "", field="place", limit=200, required=False),
        answers={name: texts.line(text or "", field=name, limit=1_000, required=False) for name, text in answers.items()},
        accepted=frozenset(words.get("accepted") or ()),
    )


def _lines(said: Iterable[str], name: str) -> tuple[str, ...]:
    found = [texts.line(one, field=name, limit=500, required=False) for one in said]
    return tuple(one for one in found if one)


def facts_of(incident: Incident) -> rules.Facts:
    """What the drafts need to know; one query for the products, one for the assessment."""
    known = Assessment.objects.filter(incident=incident).first()
    return rules.Facts(
        key=incident.key,
        severity=incident.severity,
        summary=incident.summary,
        products=tuple(product.name for product in incident.products.all()),
        support_cases=incident.support_cases,
        impact_started_at=incident.impact_started_at,
        detected_at=incident.detected_at,
        impact_ended_at=incident.impact_ended_at,
        drill=incident.is_drill,
        seen=known.seen if known else "",
        hit_inside=assessing.hit(known.internal_extent, known.internal_figure, "colleagues") if known else "",
        hit_outside=assessing.hit(known.external_extent, known.external_figure, "customers") if known else "",
    )
