"""Escalations with their frozen policy, pages to persons with every attempt to deliver one, and calls of webhooks."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import ContactMethod, Person
from tocsin.oncall.models import Webhook


class Escalation(DueRow, Stamped):
    """The walk through a policy for one subject. `due_at` is when the next step is taken.

    `subject` is a typed id as text (`alt_…`, `inc_…`, `tst_…`), `card` what a page says of it: `key` (`#4821`, `HOT-12`),
    `severity` (1, 2, 3 or a sender's word), `title`, `path`, `service`, `started_at` (RFC 3339). `snapshot` is the policy as it
    was when the escalation began: `{"purpose": "policy" | "request" | "test", "policy": name, "policy_id", "repeats", "steps":
    [{"wait_minutes", "targets": [{"kind": "schedule" | "person" | "team" | "webhook" | "last_resort", "id", "name"}]}]}`, the last
    resort always its last step (but in a test). `cycle` and `step` are the place that is taken next.
    """

    RUNNING, STOPPED = "running", "stopped"

    id = IdField("esc")
    subject = models.CharField(max_length=32)
    card = models.JSONField()
    snapshot = models.JSONField()
    urgency = models.CharField(max_length=4)
    state = models.CharField(max_length=8, default=RUNNING)
    stop_reason = models.CharField(max_length=40, blank=True, default="")
    step = models.SmallIntegerField(default=0)
    cycle = models.SmallIntegerField(default=0)

    class Meta:
        indexes = (
            due_index("paging_escalation_due"),
            models.Index(fields=("subject",)),
            models.Index(fields=("due_at",), condition=models.Q(state="running"), name="paging_escalation_running"),
        )

    def __str__(self) -> str:
        return f"{self.subject} step {self.step}"


class Page(Stamped):
    """One person asked to answer for one subject.

    `undelivered`: no message has got through yet and the next step was called, trying goes on. `failed`: nothing is left to try.
    """

    WAITING, SENT, ACKNOWLEDGED, CANCELLED = "waiting", "sent", "acknowledged", "cancelled"
    FAILED, UNDELIVERED = "failed", "undelivered"
    OPEN = (WAITING, SENT, UNDELIVERED)

    id = IdField("pag")
    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="pages")
    subject = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pages")
    status = models.CharField(max_length=12, default=WAITING)
    step = models.SmallIntegerField()
    cycle = models.SmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")
    closed_reason = models.CharField(max_length=40, blank=True, default="")
    token_digest = models.CharField(max_length=64, unique=True)
    token_expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_via = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(fields=("subject",)),
            models.Index(fields=("person", "status")),
            models.Index(fields=("created_at",), condition=models.Q(status="waiting"), name="paging_page_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.person} for {self.subject}"


class Attempt(DueRow):
    """One message of one page by one contact method: the ledger of what was tried and what the provider said."""

    id = IdField("att")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="attempts")
    method = models.ForeignKey(ContactMethod, null=True, on_delete=models.SET_NULL, related_name="attempts")
    channel = models.CharField(max_length=20)
    to = models.CharField(max_length=254)
    idempotency_key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_answer = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        indexes = (due_index("paging_attempt_due"),)

    def __str__(self) -> str:
        return f"{self.channel} to {self.to}"


class WebhookCall(DueRow):
    """One call of a webhook: for one step of an escalation, as a test, or because it hears of what happened to the subject.

    It is no page: it reaches nobody and answers nothing. Of a step `said` is what the step knew and what is told: `step`, `steps`,
    `round`, `last_resort`, `paged` (names); what it tells of the subject is worked out at each try. Of what was heard `said` is the
    data of the call as things stood then. Either way nothing leaves the house that became private meanwhile.
    `name` and `host` stay when the webhook is removed; `attempts` are the latest tries: `{"at", "answer", "ok", "ms"}`.
    """

    STEP, TEST = "escalation.step", "test"

    id = IdField("whc")
    kind = models.CharField(max_length=40, default=STEP, db_default=STEP)
    """The `type` of the call."""
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.SET_NULL, related_name="calls")
    escalation = models.ForeignKey(Escalation, null=True, on_delete=models.CASCADE, related_name="calls")
    subject = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    host = models.CharField(max_length=255)
    said = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_answer = models.CharField(max_length=400, blank=True, default="")
    attempts = models.JSONField(default=list, db_default=[])

    class Meta:
        indexes = (due_index("paging_webhookcall_due"), models.Index(fields=("subject",)))

    def __str__(self) -> str:
        return f"{self.name} for {self.subject}"

    @property
    def was_heard(self) -> bool:
        """Whether it tells what the webhook hears, rather than a step or a test."""
        return self.kind not in {self.STEP, self.TEST}
