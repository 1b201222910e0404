"""Planned work and what was said of it. Registered through `statuspages.models`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import Person

if TYPE_CHECKING:
    from tocsin.statuspages.models import Component


class MaintenanceSeries(DueRow, Stamped):
    """Work that comes again. Each time is a row of its own, made ahead; `due_at` is when the next one is to be made.

    The first begins on `first_on` at `at_time` on the wall of `zone`, so that 02:00 stays 02:00 when clocks change.
    """

    id = IdField("mns")
    page = models.ForeignKey("statuspages.StatusPage", on_delete=models.CASCADE, related_name="maintenance_series")
    title = models.CharField(max_length=300)
    body = models.TextField()
    parts: models.ManyToManyField[Component, models.Model] = models.ManyToManyField("statuspages.Component", blank=True)
    rule = models.CharField(max_length=120)
    """As RRULE of RFC 5545 says it, of which `rules.read_rule` takes a part."""
    zone = models.CharField(max_length=64)
    first_on = models.DateField()
    at_time = models.TimeField()
    minutes = models.PositiveIntegerField()
    """How long each time takes, by the clock of physics."""
    begins_by_itself = models.BooleanField(default=True)
    ends_by_itself = models.BooleanField(default=True)
    reminds = models.BooleanField(default=True, db_default=True)
    """Whether subscribers are told once more an hour before."""
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made = models.PositiveIntegerField(default=0)
    """How many times of the rule were looked at."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (due_index("statuspages_series_due"),)

    def __str__(self) -> str:
        return self.title


class Maintenance(DueRow, Stamped):
    """Work at one time. `due_at` is when the engine looks next: to remind of it, to begin it, to end it, or to ask its
    owner what became of it.
    """

    SCHEDULED, IN_PROGRESS, VERIFYING, COMPLETED, CALLED_OFF = "scheduled", "in_progress", "verifying", "completed", "cancelled"
    ACTIVE = (IN_PROGRESS, VERIFYING)
    OPEN = (SCHEDULED, *ACTIVE)

    id = IdField("mnt")
    page = models.ForeignKey("statuspages.StatusPage", on_delete=models.CASCADE, related_name="maintenances")
    series = models.ForeignKey(MaintenanceSeries, null=True, on_delete=models.CASCADE, related_name="maintenances")
    number = models.PositiveIntegerField(null=True)
    """Which time of its series, from 1."""
    title = models.CharField(max_length=300)
    body = models.TextField()
    parts: models.ManyToManyField[Component, models.Model] = models.ManyToManyField("statuspages.Component", blank=True)
    state = models.CharField(max_length=12, default=SCHEDULED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    begins_by_itself = models.BooleanField(default=True)
    ends_by_itself = models.BooleanField(default=True)
    reminds = models.BooleanField(default=True, db_default=True)
    """Whether subscribers are told once more an hour before."""
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    """When subscribers were reminded of the time that it has now."""
    begun_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    """When it was completed or cancelled."""
    sequence = models.PositiveIntegerField(default=0)
    """Grows with every change that calendars must take over."""

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="statuspages_work_has_length"),
            models.UniqueConstraint(fields=("series", "number"), name="statuspages_made_once"),
        )
        indexes = (
            due_index("statuspages_work_due"),
            models.Index(fields=("page", "-starts_at"), name="statuspages_work_page"),
            models.Index(
                fields=("starts_at",),
                condition=models.Q(state__in=("scheduled", "in_progress", "verifying")),
                name="statuspages_work_open",
            ),
        )

    def __str__(self) -> str:
        return self.title


class MaintenanceUpdate(models.Model):
    """What readers were told of planned work. `act`: planned, reminded, moved, changed, begun, said, verifying, completed,
    cancelled.
    """

    id = IdField("mtu")
    maintenance = models.ForeignKey(Maintenance, on_delete=models.CASCADE, related_name="updates")
    act = models.CharField(max_length=10)
    status = models.CharField(max_length=12)
    body = models.TextField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_told = models.BooleanField(default=True)
    """Whether subscribers hear of it; the times of a series are told with the first of them."""

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"
