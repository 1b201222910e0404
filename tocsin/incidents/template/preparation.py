"""What is carried out when an incident is declared: whom to page, whom to ask, whom to tell, with which words to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.core.errors import Invalid
from tocsin.directory.models import Person, Team
from tocsin.incidents.template.models import IncidentTemplate
from tocsin.oncall.models import Policy, Schedule

Target = Team | Schedule | Policy | Person

AUDIENCES = ("internal", "external")
"""The status pages by whom they speak to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A role and who is asked to take it."""

    role: str
    person: Person


@dataclass(frozen=True, slots=True)
class Preparation:
    """A template as it stands at one instant, or what somebody made of it. `left_out` says in sentences what could not be used."""

    template: IncidentTemplate | None = None
    pages: Sequence[Target] = ()
    offers: Sequence[Asked] = ()
    told: Sequence[Person] = ()
    internal: str = ""
    external: str = ""
    audiences: Sequence[str] = AUDIENCES
    left_out: Sequence[str] = field(default=())


def audiences(wanted: Sequence[str]) -> list[str]:
    """In the order of `AUDIENCES`, each once. Raises Invalid."""
    if set(wanted) - set(AUDIENCES):
        raise Invalid(f"Words are for {' and '.join(AUDIENCES)}.", field="audiences")
    return [one for one in AUDIENCES if one in set(wanted)]
