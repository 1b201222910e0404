"""The table of mail that arrived. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, due_index
from tocsin.directory.models import Person


class IncomingMail(DueRow):
    """A mail as it arrived, on disk before its sender got the 250. Evidence, and work for the mail-in lane.

    `outcome` says what became of it; a held one waits for a person, `reason` says why. `raw` is emptied after some weeks.
    """

    QUESTION, CASE, BOUNCE, IGNORED, REPEATED, HELD, DISCARDED = (
        "question",
        "case",
        "bounce",
        "ignored",
        "repeated",
        "held",
        "discarded",
    )

    id = IdField("eml")
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    envelope_from = models.CharField(max_length=254, blank=True, default="")
    envelope_to = models.JSONField(default=list)
    received_at = models.DateTimeField(db_index=True)
    message_id = models.CharField(max_length=200, blank=True, default="", db_index=True)
    sender = models.CharField(max_length=254, blank=True, default="")
    sender_name = models.CharField(max_length=120, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    outcome = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    became = models.CharField(max_length=32, blank=True, default="")
    """The typed id of the question, case or list member that it led to."""
    incident = models.ForeignKey("incidents.Incident", null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = (due_index("statuspages_mail_due"), models.Index(fields=("outcome", "-received_at")))

    def __str__(self) -> str:
        return self.subject or self.id
