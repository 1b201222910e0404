"""Who asked, who subscribed, what is on its way to them. Registered through `statuspages.models`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, due_index

MAIL = "mail"
"""The channel that needs no provider; the others are named in `ports.channels`."""
SMS = "sms"
"""The channel that a page has once an administrator chose its gateway, and whose question is a code."""
MAILS, CALLS, TEXTS = "notice_mail", "notice_call", "notice_text"
"""Lanes of notices: in letters, to addresses of the web, to telephones; the last two by the channels of `ports`."""


class Subscriber(models.Model):
    """An address that hears of one page once whoever reads there has confirmed it.

    `digest` stands for channel and address, so that each is here once for a page. The address of anything but mail opens a door for
    whoever knows it, so it is encrypted.
    """

    id = IdField("sbr")
    page = models.ForeignKey("statuspages.StatusPage", on_delete=models.CASCADE, related_name="subscribers")
    channel = models.CharField(max_length=16)
    address = models.TextField()
    digest = models.CharField(max_length=64)
    is_whole = models.BooleanField(default=True)
    """Told of everything; otherwise of its `parts`."""
    parts: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField("statuspages.Component", blank=True)
    source = models.CharField(max_length=8)
    """`page`, where they asked themselves, or `import`, where an administrator says that they consented."""
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    bounces = models.PositiveSmallIntegerField(default=0)
    """Final refusals since it was put here or last cleared by hand."""
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=400, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("digest", "page"), name="statuspages_subscribed_once"),)
        indexes = (models.Index(fields=("confirmed_at", "id"), name="statuspages_subscriber_walk"),)

    def __str__(self) -> str:
        return self.pk


class Ask(DueRow):
    """Somebody asked on the page. What comes of it is decided later and told only to the address, never to whoever asked."""

    SENT, QUIET = "sent", "quiet"

    id = IdField("ask")
    page = models.ForeignKey("statuspages.StatusPage", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=16)
    address = models.TextField()
    digest = models.CharField(max_length=64)
    parts = models.JSONField(default=list)
    """Ids of parts; empty: the whole page."""
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        indexes = (
            due_index("statuspages_ask_due"),
            models.Index(fields=("digest", "at"), name="statuspages_ask_address"),
            models.Index(fields=("outcome", "at"), name="statuspages_ask_hour"),
        )

    def __str__(self) -> str:
        return self.pk


class CodeTry(models.Model):
    """Somebody typed a code for a number, right or wrong, subscribed or not: written before it is looked at, and only counted."""

    id = IdField("cty")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("digest", "at"), name="statuspages_code_tries"),)

    def __str__(self) -> str:
        return self.pk


class FanOut(DueRow):
    """One update, of an incident or of planned work, on its way to everybody. `cursor` is the last subscriber with a notice, and
    moves in the commit of those.
    """

    id = IdField("fan")
    update = models.OneToOneField("statuspages.Update", null=True, on_delete=models.CASCADE, related_name="fan_out")
    of_work = models.OneToOneField("statuspages.MaintenanceUpdate", null=True, on_delete=models.CASCADE, related_name="fan_out")
    cursor = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    walked_at = models.DateTimeField(null=True)
    """When everybody had a notice."""
    meant = models.PositiveIntegerField(default=0)
    """How many it is for, counted when it began."""
    queued = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(update=None, of_work__isnull=False) | models.Q(update__isnull=False, of_work=None),
                name="statuspages_tells_one_thing",
            ),
        )
        indexes = (due_index("statuspages_fanout_due"),)

    def __str__(self) -> str:
        return f"{self.update_id or self.of_work_id} to {self.meant}"


class Notice(DueRow):
    """One subscriber is told of one update, once. Without a fan-out it is the question whether they want to be told at all."""

    id = IdField("ntc")
    fan_out = models.ForeignKey(FanOut, null=True, on_delete=models.CASCADE, related_name="notices")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="notices")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subscriber", "fan_out"), name="statuspages_told_once"),)
        indexes = (
            due_index("statuspages_notice_due"),
            models.Index(fields=("fan_out", "work_state"), name="statuspages_notice_state"),
        )

    def __str__(self) -> str:
        return self.pk
