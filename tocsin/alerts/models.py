"""Integration keys, raw intake rows, alerts and the events that made them."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import Person, Service


class IntegrationKey(models.Model):
    """A secret in a URL by which a monitoring system may send alerts for one service. Shown once, stored as a digest."""

    id = IdField("key")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="integration_keys")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    last_event_at = models.DateTimeField(null=True)
    unreadable_at = models.DateTimeField(null=True)
    unreadable_reason = models.CharField(max_length=200, blank=True, default="")
    unreadable_paged_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class IntakeEvent(DueRow):
    """A body as it arrived, on disk before the sender got its 202. Evidence, and work for the intake lane.

    `begun` counts how often it was taken up alone after a process had ended with it in hand: what ends a process each time is
    the row itself, not the company it was in.
    """

    id = IdField("evt")
    key = models.ForeignKey(IntegrationKey, on_delete=models.CASCADE, related_name="intake")
    body = models.BinaryField()
    unreadable = models.CharField(max_length=200, blank=True, default="")
    received_at = models.DateTimeField()
    begun = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (due_index("alerts_intake_due"), models.Index(fields=("key", "received_at")))

    def __str__(self) -> str:
        return self.id


class Alert(Stamped):
    """One problem of one service, from its first firing event until it is resolved.

    `fired_at` is the latest start that the source told, `cleared_at` the latest start or end that a resolve covers, by its own
    clock; `cleared_heard_at` is when the latest end was heard, by ours. `alerts.rules` decides by them. `resolved_by` is empty
    when the source resolved it.
    """

    TRIGGERED, ACKNOWLEDGED, RESOLVED, SUPPRESSED = "triggered", "acknowledged", "resolved", "suppressed"
    HIGH, LOW, NONE = "high", "low", "none"

    id = IdField("alt")
    number = models.BigIntegerField(unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="alerts")
    title = models.CharField(max_length=400)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, default=TRIGGERED)
    urgency = models.CharField(max_length=4, default=HIGH)
    dedup_key = models.CharField(max_length=255)
    source = models.CharField(max_length=20)
    severity_label = models.CharField(max_length=60, blank=True, default="")
    labels = models.JSONField(default=dict)
    url = models.CharField(max_length=1000, blank=True, default="")
    event_count = models.IntegerField(default=1)
    started_at = models.DateTimeField()
    last_event_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="acknowledged_alerts")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="resolved_alerts")
    fired_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("service", "source", "dedup_key"),
                condition=~models.Q(status="resolved"),
                name="alerts_one_per_open_period",
            ),
        )
        indexes = (
            models.Index(fields=("status", "-started_at")),
            models.Index(fields=("service", "-started_at")),
            models.Index(fields=("service", "source", "dedup_key", "-number"), name="alerts_newest_of_key"),
        )

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"


class AlertEvent(models.Model):
    """One thing a source said about an alert."""

    id = IdField("ale")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    intake = models.ForeignKey(IntakeEvent, null=True, on_delete=models.SET_NULL, related_name="alert_events")
    status = models.CharField(max_length=8)
    title = models.CharField(max_length=400)
    source_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("alert", "at")),)

    def __str__(self) -> str:
        return f"{self.status} {self.title}"


class ChangeEvent(models.Model):
    """Somebody or something changed what runs: a release, a switch, a migration. Wakes nobody; read when something breaks."""

    id = IdField("chg")
    at = models.DateTimeField(db_index=True)
    summary = models.CharField(max_length=300)
    service = models.ForeignKey(Service, null=True, on_delete=models.SET_NULL, related_name="change_events")
    source = models.CharField(max_length=80)
    link = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.summary
