"""The table of links. Registered through `incidents.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.directory.models import Person


class IncidentLink(models.Model):
    """A typed link, read from both ends: to another incident (`other`), to a thing of the house (`target`, its typed id), or to an
    address elsewhere (`url`, with its `title`). One of the three.
    """

    id = IdField("lnk")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=16)
    other = models.ForeignKey("incidents.Incident", null=True, on_delete=models.CASCADE, related_name="linked_from")
    target = models.CharField(max_length=32, blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("incident", "kind", "other", "target", "url"), name="incidents_one_link"),
            models.CheckConstraint(condition=~models.Q(incident=models.F("other")), name="incidents_no_link_to_itself"),
        )
        indexes = (
            models.Index(fields=("target",), condition=~models.Q(target=""), name="incidents_link_target"),
            models.Index(fields=("url",), condition=~models.Q(url=""), name="incidents_link_url"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.incident_id}"
