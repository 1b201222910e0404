"""Words that somebody was asked to read. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from typing import Any

from django.db import models

from tocsin.core.ids import IdField
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident


class SecondReading(models.Model):
    """A draft with the one who reads it, and the answer. `words` is what `held.hold` is called with once it is sent.

    `exact` holds title and body by audience as their readers would get them. `digest` is of these words: an approval is of exactly
    these and of no others.
    """

    ASKED, APPROVED, COMMENTED, SENT, WITHDRAWN = "asked", "approved", "commented", "sent", "withdrawn"
    OPEN = (ASKED, APPROVED, COMMENTED)

    id = IdField("srd")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="second_readings")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.JSONField(default=dict)
    """`status`, `internal`, `external`, `components`, `lists`."""
    exact = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    next_update_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    """The time that the author chose for it to go out, None: once it is sent."""
    note = models.CharField(max_length=400, blank=True, default="")
    confirmation = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ASKED)
    comment = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (models.UniqueConstraint(fields=("incident", "confirmation"), name="statuspages_ask_reader_once"),)
        indexes = (
            models.Index(
                fields=("incident",),
                condition=models.Q(state__in=("asked", "approved", "commented")),
                name="statuspages_readings_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} by {self.reader_id}"

    @property
    def audiences(self) -> list[str]:
        """Whom it is for, inside first."""
        return [audience for audience in ("internal", "external") if self.words.get(audience)]

    @property
    def arguments(self) -> dict[str, Any]:
        """What `held.hold` is called with besides the actor, the incident, the confirmation and the time."""
        named = ("status", "internal", "external", "components", "lists", "pages")
        return {**{name: self.words.get(name) for name in named}, "next_update_at": self.next_update_at}
