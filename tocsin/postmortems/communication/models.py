"""Reviews, notes at points of the timeline, and reminders. Their tables belong to `postmortems`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident


class CommunicationsReview(Stamped):
    """One exercise: who leads it, who writes, and when those with actions meet again. `next_on` is when the next one is due."""

    RUNNING, COMPLETED = "running", "completed"

    id = IdField("crv")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="communications_reviews")
    state = models.CharField(max_length=10, default=RUNNING)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    scribe = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(null=True)
    regroup_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    every_months = models.SmallIntegerField(default=3)

    class Meta:
        app_label = "postmortems"
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("incident",), condition=models.Q(state="running"), name="postmortems_one_running_review"
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} review of {self.incident_id}"


class ReviewNote(models.Model):
    """What was said in a review about one point of the timeline, in the words of the scribe. `about` is that point's line."""

    id = IdField("crn")
    review = models.ForeignKey(CommunicationsReview, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    about = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        app_label = "postmortems"
        ordering = ("at", "written_at", "id")

    def __str__(self) -> str:
        return self.text[:60]


class ReviewReminder(DueRow):
    """What people are reminded of: to meet again about the actions, or that the next review is due."""

    REGROUP, NEXT = "regroup", "next"

    id = IdField("crr")
    review = models.ForeignKey(CommunicationsReview, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=8)

    class Meta:
        app_label = "postmortems"
        ordering = ("due_at", "id")
        indexes = (due_index("postmortems_reminder_due"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d}"
