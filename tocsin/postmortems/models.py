"""Postmortems and the actions that follow from them."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident
from tocsin.postmortems.communication import models as communication


class Postmortem(Stamped):
    """What happened, why, and what follows; one accountable owner drives it from draft to publication."""

    DRAFT, IN_APPROVAL, APPROVED, PUBLISHED = "draft", "in_approval", "approved", "published"

    id = IdField("pm")
    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="postmortem")
    state = models.CharField(max_length=12, default=DRAFT)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="postmortems")
    title = models.CharField(max_length=240)
    summary = models.TextField(blank=True, default="")
    impact = models.TextField(blank=True, default="")
    mitigation = models.TextField(blank=True, default="")
    causes = models.TextField(blank=True, default="")
    timeline = models.TextField(blank=True, default="")
    references = models.TextField(blank=True, default="")
    state_changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.title


class Action(Stamped):
    """Something somebody does by a date, so that it does not happen again or hurts less."""

    CATEGORIES = ("investigate", "mitigate", "repair", "detect", "mitigate_future", "prevent_future")
    PRIORITY, IMPROVEMENT = "priority", "improvement"
    OPEN, DONE, DROPPED = "open", "done", "dropped"

    id = IdField("act")
    number = models.BigIntegerField(unique=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="actions")
    postmortem = models.ForeignKey(Postmortem, null=True, on_delete=models.PROTECT, related_name="actions")
    title = models.CharField(max_length=240)
    category = models.CharField(max_length=16)
    link_type = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default=OPEN)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=10, blank=True, default="", db_default="")
    """Of a communications review: people, process or technology; empty for every other action."""
    next_step = models.CharField(max_length=400, blank=True, default="", db_default="")
    review = models.ForeignKey(communication.CommunicationsReview, null=True, on_delete=models.PROTECT, related_name="actions")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = (models.Index(fields=("state", "due_on")),)

    def __str__(self) -> str:
        return f"x/{self.number} {self.title}"
