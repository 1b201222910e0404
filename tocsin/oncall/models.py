"""Schedules with rotations and overrides, escalation policies, and which of them cover a service."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person, Service, Team


class Schedule(Stamped):
    """A roster: for each instant its rotations and overrides give people or an explicit gap.

    Exactly one schedule is the last resort of the installation (IMOC in the handbook).
    """

    id = IdField("sch")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="schedules")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    is_last_resort = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_last_resort",), condition=models.Q(is_last_resort=True), name="oncall_one_last_resort"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Rotation(models.Model):
    """Turns of equal length in weeks that change hands at a wall time of the rotation's zone.

    `starts_on` is the local date of the first hand-over; the k-th hand-over is k times `weeks` later on the wall calendar.
    """

    id = IdField("rot")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="rotations")
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)
    zone = models.CharField(max_length=64)
    starts_on = models.DateField()
    handover_time = models.TimeField()
    weeks = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class RotationMember(models.Model):
    """A person's place in the order of turns."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rotation_places")
    position = models.SmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("rotation", "position"), name="oncall_one_place"),)

    def __str__(self) -> str:
        return f"{self.position} {self.person}"


class Override(models.Model):
    """One person instead of the rota, from `starts_at` until before `ends_at`. The later entry wins."""

    id = IdField("ovr")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="overrides")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at:%Y-%m-%d %H:%M}"


class Policy(Stamped):
    """Whom to page, in which order, how long to wait in between, how often to repeat; then the last resort."""

    id = IdField("pol")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="policies")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    repeats = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class PolicyStep(models.Model):
    """One step: page the targets, then wait `wait_minutes` before the next step."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="steps")
    position = models.SmallIntegerField()
    wait_minutes = models.PositiveSmallIntegerField(default=5)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("policy", "position"), name="oncall_one_step"),)

    def __str__(self) -> str:
        return f"step {self.position + 1}"


class StepTarget(models.Model):
    """Who a step pages: whoever is on call in a schedule, or one person."""

    step = models.ForeignKey(PolicyStep, on_delete=models.CASCADE, related_name="targets")
    schedule = models.ForeignKey(Schedule, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(schedule__isnull=True) ^ models.Q(person__isnull=True), name="oncall_one_target"
            ),
        )

    def __str__(self) -> str:
        return str(self.schedule or self.person)


class ServiceCover(models.Model):
    """Which policy answers for a service and which roster its incident managers come from. Either falls back to the last resort."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.CASCADE, related_name="cover")
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="services")
    roster = models.ForeignKey(Schedule, null=True, on_delete=models.PROTECT, related_name="managed_services")

    def __str__(self) -> str:
        return f"{self.service}: {self.policy or 'last resort'}"
