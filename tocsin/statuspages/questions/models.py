"""The table of questions. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, due_index
from tocsin.directory.models import Person


class Question(models.Model):
    """Something that a reader of an incident's mail asked by replying to it. `message_id` makes the same mail one question."""

    OPEN, ANSWERED, SET_ASIDE = "open", "answered", "set_aside"

    id = IdField("qst")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="questions")
    thread = models.ForeignKey("statuspages.ListThread", null=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=254)
    text = models.TextField()
    at = models.DateTimeField()
    subject = models.CharField(max_length=300)
    message_id = models.CharField(max_length=200)
    references = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=OPEN)
    answer = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "message_id"), name="statuspages_asked_once"),)

    def __str__(self) -> str:
        return self.text[:60]


class QuestionNotice(DueRow):
    """Those who answer are told that questions wait, once for a burst. `told_at` once they were; none when nothing waited."""

    id = IdField("qnt")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (due_index("statuspages_asked_due"),)

    def __str__(self) -> str:
        return self.pk
