"""One thing told to a hosted page. There is no idempotency key over there: our mark in `metadata` is looked for before anything is
created or added, so a lost answer never makes two.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tocsin.core import clock
from tocsin.core.net import outbound
from tocsin.integrations.statuspage.api import Api, Refused, id_of, rows_of
from tocsin.statuspages.mirrors.ports import Landed, Message, Part, Planned, Words

MARK = "tocsin"
_NEWEST = 50
_ENDS = ("resolved", "completed")
_BY_ITSELF = (
    "scheduled_remind_prior",
    "scheduled_auto_in_progress",
    "scheduled_auto_completed",
    "auto_transition_to_maintenance_state",
    "auto_transition_to_operational_state",
)
"""What a hosted page would do of its own: ours reminds, begins, ends and sets parts."""
_COMPONENT_PAGES, _PER_PAGE = 20, 100
"""So many parts over there are looked through, no more than fit into one conversation; whoever has more is told so."""
_LONGEST_ADDRESS = 500


def send(message: Message, *, now: dt.datetime, guard: outbound.Guard | None = None) -> Landed:
    """As `ports.Carrier`. 408, 420, 425, 429, 5xx and no answer may be tried again; the rest is for a person."""
    api = Api(message.target, now, guard)
    try:
        if message.words is not None:
            return _say(api, message, message.words)
        return _set(api, message.parts) if message.parts else _test(api)
    except Refused as refused:
        return refused.landed


def _test(api: Api) -> Landed:
    """Nothing is changed over there: its parts are read, which proves address, page and key."""
    count = len(rows_of(api.ask("GET", f"/components?per_page={_PER_PAGE}&page=1")))
    more = " or more" if count == _PER_PAGE else ""
    return Landed(ok=True, answer=f"It answers and has {count} part{'' if count == 1 else 's'}{more}.")


def _set(api: Api, parts: Iterable[Part]) -> Landed:
    states, missing = _states(api, parts)
    for component, state in states.items():
        api.ask("PATCH", f"/components/{component}", {"component": {"status": state}})
    return Landed(ok=True, answer=_done("set" if states else "nothing to set", missing))


def _say(api: Api, message: Message, words: Words) -> Landed:
    there = _known(api, words) if words.remote_id else _found(api, words)
    if there is not None and _marked(there).get("update") == words.last.id:
        return _landed(there, "it is there already")
    states, missing = _states(api, message.parts)
    body = {"incident": _planned(message, words, words.planned, states) if words.planned else _incident(message, words, states)}
    if there is None:
        made = api.ask("POST", "/incidents", body)
        return _landed(made, _done("created", missing))
    changed = api.ask("PATCH", f"/incidents/{id_of(there)}", body)
    verb = words.last.status if words.last.status in _ENDS else "updated"
    return _landed(changed, _done(verb, missing))


def _known(api: Api, words: Words) -> dict[str, Any] | None:
    """The incident that we made over there. When somebody deleted it, the next try makes it anew: a person decides that."""
    try:
        found = api.ask("GET", f"/incidents/{words.remote_id}")
    except Refused as refused:
        if refused.status != 404:
            raise
        raise Refused("it was deleted over there; Retry makes it again", status=404, remote_id="") from None
    if not id_of(found):
        raise Refused("it did not answer with an incident")
    return dict(found)


def _found(api: Api, words: Words) -> dict[str, Any] | None:
    """The incident that bears our mark, among those that are open and the newest."""
    open_ones = ("/incidents/scheduled", "/incidents/active_maintenance") if words.planned else ("/incidents/unresolved",)
    for path in (*open_ones, f"/incidents?limit={_NEWEST}&page=1"):
        for one in rows_of(api.ask("GET", path)):
            if _marked(one).get("entry") == words.entry and id_of(one):
                return one
    return None


def _marked(incident: dict[str, Any]) -> dict[str, Any]:
    metadata = incident.get("metadata")
    mark = metadata.get(MARK) if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) else {}


def _incident(message: Message, words: Words, states: dict[str, str]) -> dict[str, Any]:
    """The fields of a creation and of an update: they are the same."""
    fields: dict[str, Any] = {
        "name": words.title,
        "status": words.last.status,
        "body": words.last.body,
        "deliver_notifications": message.target.notifies,
        "metadata": {MARK: {"entry": words.entry, "update": words.last.id}},
    }
    return fields | {"component_ids": list(states), "components": states} if states else fields


def _planned(message: Message, words: Words, planned: Planned, states: dict[str, str]) -> dict[str, Any]:
    """The same of planned work. It begins and ends when ours does: over there nothing happens by itself. The states of parts are
    told one by one, so that here they are only named.
    """
    fields = _incident(message, words, {})
    fields["deliver_notifications"] = message.target.notifies and planned.is_told
    fields |= {"scheduled_for": clock.rfc3339(planned.starts_at), "scheduled_until": clock.rfc3339(planned.ends_at)}
    return fields | dict.fromkeys(_BY_ITSELF, False) | {"component_ids": list(states)}


def _states(api: Api, parts: Iterable[Part]) -> tuple[dict[str, str], list[str]]:
    """Their ids to states, and what they do not have. An id goes before a name; names are compared without regard to case."""
    wanted = list(parts)
    known, whole = _components(api, {part.there for part in wanted}) if wanted else ({}, True)
    found: dict[str, str] = {}
    missing = []
    for part in wanted:
        component = known.get(part.there) or known.get(part.there.casefold())
        if component is None:
            missing.append(part.there if whole else f"{part.there} among the first {_COMPONENT_PAGES * _PER_PAGE:,}")
        else:
            found[component] = part.state
    return found, missing


def _components(api: Api, wanted: set[str]) -> tuple[dict[str, str], bool]:
    """Their ids, by id and by name, groups are none; read until all `wanted` are found. And whether that was all there are."""
    found: dict[str, str] = {}
    for page in range(1, _COMPONENT_PAGES + 1):
        rows = rows_of(api.ask("GET", f"/components?per_page={_PER_PAGE}&page={page}"))
        for one in rows:
            component, name = id_of(one), one.get("name")
            if component and isinstance(name, str) and not one.get("group"):
                found.setdefault(name.casefold(), component)
                found[component] = component
        if len(rows) < _PER_PAGE or all(one in found or one.casefold() in found for one in wanted):
            return found, True
    return found, False


def _landed(incident: Any, answer: str) -> Landed:
    remote_id = id_of(incident)
    if not remote_id:
        raise Refused("it took it, but did not answer with an incident")
    link = incident.get("shortlink")
    address = link if isinstance(link, str) and link.startswith(("https://", "http://")) else ""
    return Landed(ok=True, answer=answer, remote_id=remote_id, address=address[:_LONGEST_ADDRESS])


def _done(verb: str, missing: list[str]) -> str:
    return f"{verb}; it has no part {', '.join(missing)}" if missing else verb
