"""Schedules with rotations and overrides, escalation policies, and which of them cover a service."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models

from tocsin.core.ids import IdField, new_id
from tocsin.core.models import Stamped
from tocsin.directory.models import Person, Service, Team


def new_revision() -> str:
    """Never given twice, not even by a transaction that is rolled back: whoever keeps what they worked out goes by it."""
    return new_id("rev")


class Schedule(Stamped):
    """A roster: for each instant its rotations and overrides give people or an explicit gap.

    `revision` is another after everything that may change who is on call. Exactly one schedule is the last resort of the
    installation (IMOC in the handbook).
    """

    id = IdField("sch")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="schedules")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    is_last_resort = models.BooleanField(default=False)
    revision = models.CharField(max_length=32, default=new_revision)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_last_resort",), condition=models.Q(is_last_resort=True), name="oncall_one_last_resort"
            ),
        )

    def __str__(self) -> str:
        return self.name


def _one_week() -> list[int]:
    return [1]


class Rotation(models.Model):
    """One layer of a schedule: turns that change hands at a wall time of its zone. The highest position is the top layer.

    `lengths` are in `unit`, one after the other and again from the start; `anchor` says how months count. `windows` are
    `{"days": [0, …], "from": "09:00", "to": "17:00"}`, empty: always. The layer is in force from `begins_at` until before
    `ends_at`: an edit ends it and begins another, so that nobody's past is rewritten.
    """

    UNITS = ("hours", "days", "weeks", "months")
    ANCHORS = ("date", "weekday", "workday")

    id = IdField("rot")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="rotations")
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)
    zone = models.CharField(max_length=64)
    starts_on = models.DateField()
    handover_time = models.TimeField()
    unit = models.CharField(max_length=8, default="weeks")
    lengths = models.JSONField(default=_one_week)
    anchor = models.CharField(max_length=8, default="date")
    windows = models.JSONField(default=list)
    by_calendar = models.BooleanField(default=False)
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class RotationMember(models.Model):
    """A person's place in the order of turns; people with the same position have their turns together.

    Members with a date are the list from the first hand-over not before that day on; those without are the first list.
    """

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="rotation_places")
    position = models.SmallIntegerField()
    since = models.DateField(null=True)

    class Meta:
        ordering = ("since", "position", "id")

    def __str__(self) -> str:
        return f"{self.position} {self.person or 'nobody'}"


class Override(models.Model):
    """One person, or nobody on purpose, instead of the rota, from `starts_at` until before `ends_at`. The later entry wins.

    With a rotation it is about that layer only.
    """

    id = IdField("ovr")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="overrides")
    rotation = models.ForeignKey(Rotation, null=True, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="overrides")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True, default="")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.person or 'nobody'} {self.starts_at:%Y-%m-%d %H:%M}"


class CoverRequest(Stamped):
    """Somebody asks a colleague, or the whole team, to take their shifts in a time. An acceptance becomes overrides.

    With `back_starts_at` it is a swap: whoever accepts gives that time of theirs in return. `lapsed`: the rota under it was
    edited, so that there is nothing to take over any more.
    """

    OPEN, ACCEPTED, DECLINED, WITHDRAWN, LAPSED = "open", "accepted", "declined", "withdrawn", "lapsed"

    id = IdField("cov")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="cover_requests")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cover_requests")
    asked = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="asked_to_cover")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    back_starts_at = models.DateTimeField(null=True)
    back_ends_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, default=OPEN)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (models.Index(fields=("state", "starts_at")),)

    def __str__(self) -> str:
        return f"{self.person} asks for {self.starts_at:%Y-%m-%d %H:%M}"


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
    """One step: page the targets, then wait `wait_minutes` before the next step.

    `urgency` is `high`, `low` or empty for both; `windows` (as of a rotation, in `zone`) are the hours in which the step counts.
    A step that does not count now is passed over at once.
    """

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="steps")
    position = models.SmallIntegerField()
    wait_minutes = models.PositiveSmallIntegerField(default=5)
    urgency = models.CharField(max_length=4, blank=True, default="")
    windows = models.JSONField(default=list)
    zone = models.CharField(max_length=64, default="UTC")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("policy", "position"), name="oncall_one_step"),)

    def __str__(self) -> str:
        return f"step {self.position + 1}"


class Webhook(Stamped):
    """An address outside that a step of a policy calls, or that is told of what it `hears`. It is nobody: it answers no page and
    takes no step's place.

    The address may hold a key of the other side, so it is shown to the managers of the team only. The secret signs every call;
    for a day after a new one was made the former one signs too. What it hears is told no more once it was paused.
    """

    id = IdField("whk")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="webhooks")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    address = models.CharField(max_length=500)
    secret_encrypted = models.TextField()
    former_encrypted = models.TextField(blank=True, default="")
    former_until = models.DateTimeField(null=True)
    hears = models.JSONField(default=list, db_default=[])
    """Names of `ports.webhook_events`."""
    tells_private = models.BooleanField(default=False, db_default=False)
    """Whether it is told of private incidents too."""
    failing_since = models.DateTimeField(null=True)
    """When it first did not take what it hears, and has taken nothing since."""
    paused_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """What of the address everybody may know."""
        return (urlsplit(self.address).hostname or "")[:255]


_TARGETS = ("schedule", "person", "team", "webhook")


def _only(kind: str) -> models.Q:
    return models.Q(**{f"{one}__isnull": one != kind for one in _TARGETS})


class StepTarget(models.Model):
    """Who a step pages: whoever is on call in a schedule, one person, everybody of a team; or a webhook that it calls.

    Exactly one of the four.
    """

    step = models.ForeignKey(PolicyStep, on_delete=models.CASCADE, related_name="targets")
    schedule = models.ForeignKey(Schedule, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.PROTECT, related_name="targets")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=_only("schedule") | _only("person") | _only("team") | _only("webhook"), name="oncall_one_target"
            ),
        )

    def __str__(self) -> str:
        return str(self.named)

    @property
    def named(self) -> Schedule | Person | Team | Webhook | None:
        """Whichever of the four it is."""
        return self.schedule or self.person or self.team or self.webhook

    @property
    def named_id(self) -> str:
        return self.schedule_id or self.person_id or self.team_id or self.webhook_id or ""


class CalendarFeed(models.Model):
    """A secret address of an iCalendar feed: the shifts of one person, or of a team. Shown once, stored as a digest."""

    id = IdField("fed")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="calendar_feeds")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.person or self.team} …{self.hint}"


class AwayCalendar(Stamped):
    """Where absences come from: an iCalendar address that is read again and again, or a file that was brought once.

    Of one person (leave), or of a team (public holidays of everybody in it).
    """

    id = IdField("awc")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="away_calendars")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="away_calendars")
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Somebody, or a team, is away from `starts_at` until before `ends_at`. Shown where it clashes with a shift, moves nobody."""

    id = IdField("abs")
    calendar = models.ForeignKey(AwayCalendar, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    summary = models.CharField(max_length=200, blank=True, default="")
    uid = models.CharField(max_length=200)

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (models.Index(fields=("calendar", "ends_at")),)

    def __str__(self) -> str:
        return f"{self.summary} {self.starts_at:%Y-%m-%d}"


class NoticeChoice(models.Model):
    """Whether somebody wants mail the day before a shift and at the start of the week; without a row they do."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="notice_choice")
    reminders = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person}: {'reminders' if self.reminders else 'no reminders'}"


class ServiceCover(models.Model):
    """Which policy answers for a service and which roster its incident managers come from. Either falls back to the last resort."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.CASCADE, related_name="cover")
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="services")
    roster = models.ForeignKey(Schedule, null=True, on_delete=models.PROTECT, related_name="managed_services")

    def __str__(self) -> str:
        return f"{self.service}: {self.policy or 'last resort'}"
