"""What publishing makes of the readings of an incident: who had read exactly these words, and whose answer was not waited for.

Called by whatever publishes, inside its transaction, so that no way of speaking passes it by.
"""

from __future__ import annotations

from typing import Any

from tocsin.core.actor import Actor
from tocsin.incidents.models import Incident
from tocsin.statuspages.second_reading import exact
from tocsin.statuspages.second_reading.models import SecondReading


def settle(actor: Actor, incident: Incident, *, status: str, internal: Any, external: Any) -> dict[str, Any]:
    """`read_by` and `unread_by` (names) for the event, nothing where nobody was asked. One query then."""
    rows = list(SecondReading.objects.filter(incident=incident, state__in=SecondReading.OPEN).select_related("reader"))
    if not rows:
        return {}
    said = exact.digest(incident, status=status, internal=internal, external=external)
    spoken = {audience for audience, words in (("internal", internal), ("external", external)) if words}
    ended = [one for one in rows if one.digest == said or (one.author_id == actor.id and spoken & set(one.audiences))]
    read = [one for one in ended if one.digest == said and one.state == SecondReading.APPROVED]
    for one in ended:
        one.state = SecondReading.SENT if one.digest == said else SecondReading.WITHDRAWN
        one.save(update_fields=["state"])
    readers = {one.reader.name for one in read}
    unread = {one.reader.name for one in ended} - readers
    found = {"read_by": sorted(readers), "unread_by": sorted(unread)}
    return {name: names for name, names in found.items() if names}
