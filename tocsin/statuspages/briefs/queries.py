"""What a follow-up begins with, and whose names customers should not read."""

from __future__ import annotations

from tocsin.collab.documents import queries as documents
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident
from tocsin.statuspages.briefs import rules
from tocsin.statuspages.commands._wording import facts_of, has_spoken_inside
from tocsin.statuspages.models import Update
from tocsin.statuspages.rules import INTERNAL, RESOLVED


def is_follow_up(incident: Incident, status: str) -> bool:
    """Whether the next words to the company are written in parts; the first and the last have forms of their own."""
    return status != RESOLVED and has_spoken_inside(incident)


def begun(incident: Incident) -> rules.Brief:
    """A follow-up to begin with, what nobody has said left open."""
    state = documents.state(incident.id)
    said = {section.slug: section.text for section in state.sections} if state else {}
    told = Update.objects.filter(entry__incident=incident, entry__page__audience=INTERNAL).order_by("-at", "-id").first()
    return rules.begun(facts_of(incident), said, told.brief.get("answers", {}) if told else {})


def hints(incident: Incident, text: str) -> list[str]:
    """What customers would stumble over in a text about this incident, in sentences. One or two queries."""
    held = incident.roles.select_related("person")
    named = {word for row in held for word in (row.person.name, row.person.name.partition(" ")[0])}
    lowered = text.lower()
    names = Person.objects.filter(is_active=True).values_list("name", flat=True)
    named |= {name for name in names.iterator() if name.lower() in lowered}
    return rules.hints(text, sorted(named, key=lambda name: (-len(name), name)))
