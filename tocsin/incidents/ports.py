"""What incidents ask the rooms above. Filled in `wiring.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tocsin.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the person who resolves has said besides the times. `postmortem_owner` is a person's id."""

    postmortem_owner: str | None = None


class ResolveCheck(Protocol):
    """Raises Invalid or Conflict when the incident may not be resolved like this; changes nothing."""

    def __call__(self, incident: Incident, resolution: Resolution) -> None: ...


_resolve_checks: list[ResolveCheck] = []


def fill_resolve_checks(checks: Iterable[ResolveCheck]) -> None:
    """Replace all checks; called once by `wiring.py`."""
    _resolve_checks[:] = checks


def check_resolve(incident: Incident, resolution: Resolution) -> None:
    """Ask every room above; the first that objects decides."""
    for check in _resolve_checks:
        check(incident, resolution)
