"""The external page as the JSON that programs read from hosted status pages, field by field: `api/v2/…`.

Every key is there even when it has nothing to say: programs ask for keys before they ask for values.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Container, Iterable, Mapping
from typing import Any

from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.maintenance.queries import Work
from tocsin.statuspages.maintenance.rules import ACTIVE, CANCELLED, COMPLETED, SCHEDULED
from tocsin.statuspages.models import Component, Update
from tocsin.statuspages.outside import rules
from tocsin.statuspages.outside.queries import Bundle, Change, Outside, Part, Planned, Said, SaidOfWork, Told
from tocsin.statuspages.rules import MONITORING

Json = dict[str, Any]


def documents(page: Outside, url: str) -> Mapping[str, Json]:
    """Every document by its path below the page at `url`."""
    return _Writer(page, url).documents()


def dump(document: Json) -> bytes:
    """As it is sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def address(url: str, told: Told) -> str:
    """Where one entry can be read."""
    return f"{url}/incidents/{rules.code(told.entry.pk)}"


def work_address(url: str, work: Work) -> str:
    """Where planned work can be read."""
    return f"{url}/incidents/{rules.code(work.maintenance.pk)}"


class _Writer:
    """One page at one instant; what several documents say alike is written once."""

    def __init__(self, page: Outside, url: str) -> None:
        self.page, self.url = page, url
        self.page_id = rules.code(page.page.pk)
        self.parts = {part.component.pk: self._component(part) for part in page.parts}

    def documents(self) -> dict[str, Json]:
        page = self._page()
        status = {"status": self._status()}
        components = {"components": [*map(self._group, self.page.bundles), *self.parts.values()]}
        incidents = {told.entry.pk: self._incident(told) for told in self.page.entries}
        unresolved = {"incidents": [incidents[told.entry.pk] for told in self.page.open]}
        works = {one.work.maintenance.pk: self._work(one) for one in self.page.planned}
        upcoming, active = self._in_state(works, {SCHEDULED}), self._in_state(works, ACTIVE)
        made: dict[str, Json] = {
            "api/v2/summary.json": page | status | components | unresolved | _works([*active, *upcoming]),
            "api/v2/status.json": page | status,
            "api/v2/components.json": page | components,
            "api/v2/incidents.json": page | {"incidents": list(incidents.values())},
            "api/v2/incidents/unresolved.json": page | unresolved,
            "api/v2/scheduled-maintenances.json": page | _works(list(works.values())),
            "api/v2/scheduled-maintenances/upcoming.json": page | _works(upcoming),
            "api/v2/scheduled-maintenances/active.json": page | _works(active),
        }
        return made | {f"incidents/{one['id']}.json": page | {"incident": one} for one in (*incidents.values(), *works.values())}

    def _in_state(self, works: Mapping[str, Json], states: Container[str]) -> list[Json]:
        return [works[one.work.maintenance.pk] for one in self.page.planned if one.work.maintenance.state in states]

    def _page(self) -> Json:
        return {
            "page": {
                "id": self.page_id,
                "name": self.page.page.name,
                "url": self.url,
                "time_zone": "Etc/UTC" if self.page.page.zone == "UTC" else self.page.page.zone,
                "updated_at": _instant(self.page.updated_at),
            }
        }

    def _status(self) -> Json:
        found = indicator(self.page)
        return {"indicator": found, "description": rules.DESCRIPTIONS[found]}

    def _component(self, part: Part) -> Json:
        component = part.component
        return {
            "id": rules.code(component.pk),
            "name": component.name,
            "status": component.state,
            "created_at": _instant(part.created_at),
            "updated_at": _instant(part.updated_at),
            "position": component.position,
            "description": None,
            "showcase": True,
            "start_date": part.created_at.date().isoformat(),
            "group_id": rules.code(component.group_id) if component.group_id else None,
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _group(self, bundle: Bundle) -> Json:
        """A group stands among the components, as theirs do."""
        own = [part for part in self.page.parts if part.component.pk in bundle.parts]
        return {
            "id": rules.code(bundle.group.pk),
            "name": bundle.group.name,
            "status": bundle.state,
            "created_at": _instant(min(part.created_at for part in own)),
            "updated_at": _instant(max(part.updated_at for part in own)),
            "position": bundle.group.position,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self.page_id,
            "group": True,
            "only_show_if_degraded": False,
            "components": [rules.code(part) for part in bundle.parts],
        }

    def _incident(self, told: Told) -> Json:
        entry = told.entry
        return {
            "id": rules.code(entry.pk),
            "name": entry.title,
            "status": entry.status,
            "created_at": _instant(entry.created_at),
            "updated_at": _instant(told.updated_at),
            "monitoring_at": _instant(told.first_at(MONITORING)),
            "resolved_at": _instant(entry.resolved_at),
            "impact": impact(told),
            "shortlink": address(self.url, told),
            "started_at": _instant(entry.started_at),
            "page_id": self.page_id,
            "incident_updates": [self._update(told, said) for said in told.updates],
            "components": [self.parts[part.pk] for part in told.parts if part.pk in self.parts],
            "reminder_intervals": None,
        }

    def _work(self, one: Planned) -> Json:
        """As an incident, with its times. What was called off counts as completed: programs know no other end."""
        planned = one.work.maintenance
        return {
            "id": rules.code(planned.pk),
            "name": planned.title,
            "status": _status(planned.state),
            "created_at": _instant(planned.created_at),
            "updated_at": _instant(one.work.updated_at),
            "monitoring_at": None,
            "resolved_at": _instant(planned.over_at),
            "impact": rules.MAINTENANCE,
            "shortlink": work_address(self.url, one.work),
            "started_at": _instant(planned.begun_at or planned.starts_at),
            "page_id": self.page_id,
            "incident_updates": [self._said_of_work(planned.pk, said) for said in one.updates],
            "components": [self.parts[part.pk] for part in one.work.parts if part.pk in self.parts],
            "reminder_intervals": None,
            "scheduled_for": _instant(planned.starts_at),
            "scheduled_until": _instant(planned.ends_at),
        }

    def _said_of_work(self, planned: str, said: SaidOfWork) -> Json:
        status = _status(said.update.status)
        return self._words(planned, said.update, status, said.changes, is_told=said.update.is_told)

    def _update(self, told: Told, said: Said) -> Json:
        entry = told.entry
        return self._words(entry.pk, said.update, said.update.status, said.changes, is_told=entry.backfilled_at is None)

    def _words(
        self, about: str, update: Update | MaintenanceUpdate, status: str, changes: Iterable[Change], *, is_told: bool
    ) -> Json:
        at = _instant(update.at)
        return {
            "id": rules.code(update.pk),
            "status": status,
            "body": update.body,
            "incident_id": rules.code(about),
            "created_at": at,
            "updated_at": at,
            "display_at": at,
            "affected_components": [self._affected(one) for one in changes] or None,
            "deliver_notifications": is_told,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _affected(self, change: Change) -> Json:
        name = self.page.names[change.component]
        return {"code": rules.code(change.component), "name": name, "old_status": change.old, "new_status": change.new}


def impact(told: Told) -> str:
    """How bad an entry is or was."""
    changed = [change.new for said in told.updates for change in said.changes] + list(told.entry.backfilled_states.values())
    return rules.impact([*changed, *(_states(told.parts) if told.open else ())])


def indicator(page: Outside) -> str:
    """How the page is now."""
    at_work = any(one.work.is_active for one in page.planned)
    hand = [one.group.state for one in page.bundles if one.group.state]
    states = [*_states(part.component for part in page.parts), *hand]
    return rules.indicator((impact(told) for told in page.open), states, at_work=at_work)


def _works(found: list[Json]) -> Json:
    return {"scheduled_maintenances": found}


def _status(state: str) -> str:
    return COMPLETED if state == CANCELLED else state


def _states(components: Iterable[Component]) -> list[str]:
    return [component.state for component in components]


def _instant(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
