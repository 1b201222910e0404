"""The tables of core: the event log, due rows, leases, counters, outgoing mail, remembered requests."""

from __future__ import annotations

from typing import Any

from django.db import models

from tocsin.core.ids import IdField


class Event(models.Model):
    """One change, written in the transaction of that change, and the audit log at the same time.

    `id` is only the order of insertion inside one process. Readers go by `position`, which the sealer gives gap-free to
    committed rows together with the chained hash: on PostgreSQL parallel transactions commit out of `id` order.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, unique=True)
    name = models.CharField(max_length=64)
    subject = models.CharField(max_length=32)
    context = models.CharField(max_length=32, blank=True, default="")
    actor = models.CharField(max_length=32)
    actor_name = models.CharField(max_length=200)
    via = models.CharField(max_length=16)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(fields=("subject", "position")),
            models.Index(fields=("context", "position")),
            models.Index(fields=("name", "at")),
            models.Index(fields=("id",), condition=models.Q(position__isnull=True), name="core_event_unsealed"),
        )

    def __str__(self) -> str:
        return f"{self.position or 'unsealed'} {self.name} {self.subject}"


class DueRow(models.Model):
    """Work that is a row with a due time. Claimed and finished only through `core.work.leases`."""

    DUE, LEASED, DONE, FAILED, CANCELLED = "due", "leased", "done", "failed", "cancelled"

    lane = models.CharField(max_length=16)
    priority = models.SmallIntegerField(default=5)
    due_at = models.DateTimeField()
    work_state = models.CharField(max_length=10, default=DUE)
    lease_owner = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


def due_index(name: str) -> models.Index:
    """The index that every table of due rows needs: only open work is in it, in the order of a claim."""
    return models.Index(fields=("lane", "priority", "-due_at"), condition=models.Q(work_state__in=("due", "leased")), name=name)


class Spelled(models.Value):
    """A word of ours that stands in the SQL itself, as it does in the condition of an index; values are sent apart. Decision 29."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        return f"'{self.value}'", ()


UNDONE = models.Q(work_state__in=(Spelled(DueRow.DUE), Spelled(DueRow.LEASED)))
"""Due rows that are not done, spelled like the condition of `due_index`: else SQLite reads the whole table, years of it."""


class EngineLease(models.Model):
    """Which process runs an engine module that may run only once. `fence` grows with every change of owner."""

    name = models.CharField(max_length=64, primary_key=True)
    owner = models.CharField(max_length=64, blank=True, default="")
    until = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    last_run_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given to a kind of thing. Numbers are never given twice."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class OutboxMail(DueRow):
    """A mail that is not a page: invitations, verifications, updates to subscribers."""

    id = IdField("out")
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, unique=True)
    letter_id = models.CharField(max_length=200, blank=True, default="", db_default="", db_index=True)
    """The Message-ID that its readers see, where several copies are one letter; empty: `message_id` itself."""
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (due_index("core_outboxmail_due"),)

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class MailboxMessage(models.Model):
    """The demo's built-in mailbox: what would have been mailed, where no SMTP server is configured."""

    id = IdField("mbx")
    to = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=200)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.subject


class RememberedRequest(models.Model):
    """An answer kept for 24 hours under its `Idempotency-Key`, so that a repeated POST does nothing twice."""

    id = IdField("idem")
    key_digest = models.CharField(max_length=64, unique=True)
    body_digest = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key_digest[:8]


class InstallationFact(models.Model):
    """A single fact about this installation, such as `hold` after a restore or the set-up token's digest."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.name


class Stamped(models.Model):
    """When a thing was made and last changed. Commands set both: nothing in the house asks the time by itself."""

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        abstract = True
