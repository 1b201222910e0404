"""Answers that are given once: a request sent again with the same key gets the first answer and does nothing twice.

The row that remembers and the work itself are one transaction, so that a crash leaves both or neither, and a second request
with the same key waits for the first and then reads its answer. A refusal rolls everything back and is not remembered.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from tocsin.core import secrets
from tocsin.core.errors import Conflict
from tocsin.core.models import RememberedRequest

KEPT = dt.timedelta(hours=24)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: status, body, the headers that belong to it, and whether it is given again."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    again: bool = False


class _Refusal(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def together(work: Callable[[], Answer], *, keep: bool = True) -> Answer:
    """Run `work` as one transaction; an answer of 400 or above rolls it back. So does `keep=False`: a rehearsal."""
    try:
        with transaction.atomic():
            answer = _kept(work())
            if not keep:
                raise _Refusal(answer)
            return answer
    except _Refusal as refusal:
        return refusal.answer


def once(work: Callable[[], Answer], *, key: str, content: str, now: dt.datetime) -> Answer:
    """Run `work` as one transaction, or give the answer kept under `key`. Raises Conflict when that was for other content."""
    try:
        with transaction.atomic():
            row = _mine(key, content, now)
            if row is None:
                return _remembered(key, content)
            answer = _kept(work())
            row.status = answer.status
            row.answer = {"sealed": secrets.encrypt(json.dumps({"body": answer.body, "headers": answer.headers}))}
            row.save(update_fields=["status", "answer"])
            return answer
    except _Refusal as refusal:
        return refusal.answer


def forget(now: dt.datetime) -> int:
    """Module: drop what was remembered more than a day ago; returns how many."""
    old = RememberedRequest.objects.filter(at__lt=now - KEPT).order_by("at").values_list("pk", flat=True)[:_BATCH]
    return RememberedRequest.objects.filter(pk__in=list(old)).delete()[0]


def _mine(key: str, content: str, now: dt.datetime) -> RememberedRequest | None:
    """The new row for this key, or None when there is one; waits while another transaction is making it."""
    digest = secrets.digest(key)
    RememberedRequest.objects.filter(key_digest=digest, at__lt=now - KEPT).delete()
    row = RememberedRequest(key_digest=digest, body_digest=secrets.digest(content), at=now)
    RememberedRequest.objects.bulk_create([row], ignore_conflicts=True)
    return RememberedRequest.objects.filter(pk=row.pk).first()


def _remembered(key: str, content: str) -> Answer:
    row = RememberedRequest.objects.get(key_digest=secrets.digest(key))
    if row.body_digest != secrets.digest(content):
        raise Conflict(
            "This Idempotency-Key was used within the last 24 hours for another request; use a new key.",
            code="idempotency_key_reused",
            field="Idempotency-Key",
        )
    kept = json.loads(secrets.decrypt(row.answer["sealed"]))
    return Answer(row.status, kept["body"], kept["headers"], again=True)


def _kept(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise _Refusal(answer)
    return answer
