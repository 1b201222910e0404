"""The month of one schedule as a page, in a store of 300 schedules: how long the server works on it, query by query included."""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import recurring_ical_events

from bench.figures import Figure, percentile
from bench.proof import NOW, ROOT, SCHEDULES, fill
from bench.rota import as_icalendar, best

if TYPE_CHECKING:
    from django.test import Client

PAGES = 120
ADDRESS = "/schedules/s-{number}?show=month"


def measure(folder: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "bench.month"]
    environment = {**os.environ, "TOCSIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout
    found = json.loads(said.splitlines()[-1])  # before it stand the lines of the log
    calendar, month = as_icalendar(), dt.timedelta(days=35)
    theirs = best(lambda: recurring_ical_events.of(calendar).between(NOW, NOW + month))
    peer = "one such rota expanded as iCalendar"
    for when, taken in found.items():
        yield Figure(f"calendar of a month beside {SCHEDULES - 1} others, {when}", statistics.median(taken), "ms", 50, peer, theirs)
        yield Figure("  the same, p95", percentile(taken, 95), "ms")


def pages() -> None:
    """Every page is another schedule's, asked for as an administrator's browser does: after an edit, and once more."""
    from django.test import Client

    from tocsin.directory.models import Person

    fill()
    reader = Person.objects.order_by("id")[0]
    Person.objects.filter(pk=reader.pk).update(role=Person.ADMINISTRATOR)
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    for number in range(PAGES, PAGES + 10):
        client.get(ADDRESS.format(number=number))
    taken = {when: [page(client, number) for number in range(PAGES)] for when in ("first time", "again")}
    print(json.dumps(taken))


def page(client: Client, number: int) -> float:
    """Milliseconds of one page."""
    begun = time.perf_counter()
    answer = client.get(ADDRESS.format(number=number))
    taken = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 200, answer.content[:300]
    return taken


if __name__ == "__main__":
    import django

    django.setup()
    pages()
