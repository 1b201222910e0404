"""The proof is written down."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.store import facts
from tocsin.directory import permissions
from tocsin.oncall import proving


def keep_proof(actor: Actor, *, now: dt.datetime) -> proving.Report:
    """Prove anew for every service and keep what was found for pages and metrics. The reading is no part of the transaction."""
    permissions.require_responder(actor)
    report = proving.prove(now)
    with transaction.atomic():
        facts.put(proving.FACT, proving.kept(report))
    return report
