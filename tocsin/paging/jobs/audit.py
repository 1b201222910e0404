"""Engine module: prove that nobody is forgotten, and keep the result for the banner, readyz and the metrics."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tocsin.core import clock, facts
from tocsin.paging import auditing

KEEP_FOR = dt.timedelta(seconds=10)


def tick(now: dt.datetime) -> int:
    """Run the proof; the stored one is written anew when it says something else, or is ten seconds old."""
    problems = auditing.problems(now)
    before = facts.get(auditing.FACT)
    if before is None or before["problems"] != problems or now - clock.parse(before["at"]) >= KEEP_FOR:
        with transaction.atomic():
            facts.put(auditing.FACT, {"at": clock.rfc3339(now), "problems": problems})
    return 0
