"""What postmortems and actions bring to the links of incidents. Wired in `wiring.py`; reads within what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.core.actor import Actor
from tocsin.core.ids import is_id
from tocsin.incidents.linking import rules
from tocsin.incidents.models import Incident
from tocsin.incidents.ports import Linked
from tocsin.incidents.queries.lists import by_key
from tocsin.postmortems import queries
from tocsin.postmortems.models import Action, Postmortem


class Things:
    """Postmortems, by the key of their incident or by id; actions as cleanup tasks, by number or id."""

    def find(self, actor: Actor, kind: str, wanted: str) -> Linked | None:
        """Raises NotFound; None for what is neither of the two."""
        if kind == rules.POSTMORTEM:
            found = queries.by_id(actor, wanted) if is_id(wanted, "pm") else queries.by_incident(actor, by_key(actor, wanted))
            return _postmortem(found) if found else None
        number = wanted.lower().removeprefix("x/").lstrip("#")
        if is_id(wanted, "act"):
            return _action(queries.action_by_id(actor, wanted))
        if kind == rules.CLEANUP and number.isascii() and number.isdigit() and len(number) < 19:
            return _action(queries.action_by_number(actor, int(number)))
        return None

    def known(self, actor: Actor, ids: Iterable[str]) -> list[Linked]:
        """Those of these ids that the actor may know of."""
        ids = list(ids)
        postmortems = [one for one in ids if is_id(one, "pm")]
        actions = [one for one in ids if is_id(one, "act")]
        found = [_postmortem(one) for one in queries.postmortems(actor).filter(pk__in=postmortems)] if postmortems else []
        return found + ([_action(one) for one in queries.actions(actor).filter(pk__in=actions)] if actions else [])

    def own(self, actor: Actor, incident: Incident) -> list[tuple[str, Linked]]:
        """The postmortem of an incident and its actions."""
        found = queries.by_incident(actor, incident)
        own = [(rules.POSTMORTEM, _postmortem(found))] if found else []
        return own + [(rules.CLEANUP, _action(one)) for one in queries.actions(actor, incident=incident)]


def _postmortem(postmortem: Postmortem) -> Linked:
    incident = postmortem.incident
    return Linked(postmortem.id, postmortem.title, f"/{incident.key}/postmortem", incident.pk)


def _action(action: Action) -> Linked:
    return Linked(action.id, f"x/{action.number} {action.title}", f"/x/{action.number}", action.incident_id)
