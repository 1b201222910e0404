"""Housekeeping of rooms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.collab.models import StoredFile

KEPT = dt.timedelta(days=1)
_BATCH = 20


def sweep(now: dt.datetime) -> int:
    """Module: drop bytes that no message has taken within a day; returns how many files went."""
    rows = StoredFile.objects.filter(attachments__isnull=True, created_at__lt=now - KEPT).values_list("pk", flat=True)
    gone = 0
    for digest in list(rows[:_BATCH]):
        with transaction.atomic():
            gone += StoredFile.objects.filter(pk=digest, attachments__isnull=True, created_at__lt=now - KEPT).delete()[0] > 0
    return gone
