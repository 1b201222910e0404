"""Tasks that another tracker holds. Their table belongs to `incidents`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person


class RemoteTask(Stamped):
    """Something to clean up after an incident that is kept elsewhere: where, what, and whether it is done."""

    OPEN, DONE = "open", "done"

    id = IdField("tsk")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="remote_tasks")
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=240)
    state = models.CharField(max_length=4, default=OPEN)
    state_at = models.DateTimeField()
    state_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "incidents"
        ordering = ("created_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "url"), name="incidents_one_remote_task"),)

    def __str__(self) -> str:
        return self.title
