"""Mail that is not a page, written in the transaction of the change that it tells of and delivered by the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tocsin.core.models import OutboxMail


def enqueue(
    to: str, subject: str, body: str, *, now: dt.datetime, headers: Mapping[str, str] | None = None, key: str
) -> OutboxMail:
    """Put one mail on its way; the same `key` twice is one mail. Must be called inside a transaction."""
    mail, _ = OutboxMail.objects.get_or_create(
        message_id=f"<{key}@tocsin>",
        defaults={
            "to": to,
            "subject": subject,
            "body": body,
            "headers": dict(headers or {}),
            "lane": "mail",
            "due_at": now,
            "created_at": now,
        },
    )
    return mail
