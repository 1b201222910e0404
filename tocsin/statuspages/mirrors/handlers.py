"""What pages elsewhere hear; wired in `wiring.py`, inside the announcing transaction."""

from __future__ import annotations

from tocsin.core.actor import Actor
from tocsin.core.ids import is_id
from tocsin.core.models import Event
from tocsin.statuspages.maintenance.models import MaintenanceUpdate
from tocsin.statuspages.mirrors import queueing
from tocsin.statuspages.models import Component, Update


def words_said(event: Event, actor: Actor) -> None:
    """Every page elsewhere of the audiences that were spoken to is told. Hears `update.published`."""
    rows = Update.objects.select_related("entry__page", "entry__incident")
    for update in rows.filter(entry__incident=event.context, confirmation=event.data["confirmation"]).order_by("id"):
        queueing.queue_update(update, event.at)


def work_said(event: Event, actor: Actor) -> None:
    """The same for planned work. Hears all that a page says of it."""
    rows = MaintenanceUpdate.objects.select_related("maintenance__page")
    for update in rows.filter(pk=event.data.get("update") or "-"):
        queueing.queue_work(update, event.at)


def part_changed(event: Event, actor: Actor) -> None:
    """A part whose state was set by hand or by planned work; what an update changed goes along with its words. Hears
    `component.changed`.
    """
    if is_id(event.context, "inc") or event.data.get("field") != "state":
        return
    component = Component.objects.select_related("page").filter(pk=event.subject).first()
    if component is not None:
        queueing.queue_part(component, event.at)
