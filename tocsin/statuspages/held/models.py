"""Words that wait. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from typing import Any

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, due_index
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident


class HeldUpdate(DueRow):
    """One confirmed update on its way: what `post_update` is called with when its time comes.

    `at` is the chosen time, None for words that go out as soon as they can no longer be taken back. `why` says what stood in the
    way of one that was refused.
    """

    HELD, PUBLISHED, TAKEN_BACK, REFUSED = "held", "published", "taken_back", "refused"

    id = IdField("hld")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="held_updates")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    words = models.JSONField(default=dict)
    """`status`, `internal`, `external`, `components`, `lists`, `pages`."""
    next_update_at = models.DateTimeField(null=True)
    confirmation = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()
    at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default=HELD)
    why = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "confirmation"), name="statuspages_hold_once"),)
        indexes = (
            due_index("statuspages_held_due"),
            models.Index(fields=("incident",), condition=models.Q(state="held"), name="statuspages_held_now"),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.confirmation}"

    @property
    def audiences(self) -> list[str]:
        """Whom it is for, inside first."""
        return [audience for audience in ("internal", "external") if self.words.get(audience)]

    @property
    def arguments(self) -> dict[str, Any]:
        """What `post_update` is called with besides the actor, the incident and the time."""
        named = ("status", "internal", "external", "components", "lists", "pages")
        words = {name: self.words.get(name) for name in named}
        return {**words, "next_update_at": self.next_update_at, "confirmation": self.confirmation}
