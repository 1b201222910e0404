"""The pages that somebody opens in an emergency, with a million alerts and a hundred thousand incidents behind them."""

from __future__ import annotations

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.figures import Figure, percentile
from bench.proof import ROOT

ALERTS, INCIDENTS, BATCH = 1_000_000, 100_000, 5_000
ROUNDS = 40
REPORTS = ("all incidents, with their chart",)
"""Pages that read everything because that is what they tell; nobody waits for them in an emergency."""
YEAR = dt.timedelta(days=365)
TROUBLES = ("latency above a second", "payments are slow", "disk is full", "queue grows", "certificate ends soon")


def measure(folder: Path) -> Iterator[Figure]:
    environment = {**os.environ, "TOCSIN_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
    tocsin = Path(sys.executable).with_name("tocsin")
    subprocess.run([tocsin, "demo", "--data", folder / "data", "--json"], check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "bench.scale"]
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout
    found = json.loads(said.splitlines()[-1])  # before it stand the lines of the log
    for page, taken in found["many"].items():
        before = statistics.median(found["few"][page])
        limit = None if page in REPORTS else 50
        yield Figure(f"{page}, p95", percentile(taken, 95), "ms", limit, "the same in the demo company, median", before)


def _fill() -> None:
    from tocsin.alerts.models import Alert
    from tocsin.directory.models import Person, Service
    from tocsin.incidents.models import Incident

    services, reporter = list(Service.objects.all()), Person.objects.order_by("id")[0]
    now = dt.datetime.now(dt.UTC)
    last, newest = (model.objects.order_by("-number")[0].number for model in (Alert, Incident))

    def alert(number: int) -> Any:
        at = now - YEAR * number / ALERTS
        return Alert(
            number=last + number,
            service=services[number % len(services)],
            title=f"{services[number % len(services)].name}: {TROUBLES[number % 5]} on host {number % 997}",
            dedup_key=f"scale {number}",
            source="generic",
            status=Alert.RESOLVED,
            **dict.fromkeys(("started_at", "last_event_at", "fired_at", "resolved_at", "created_at", "updated_at"), at),
        )

    def incident(number: int) -> Any:
        at = now - 5 * YEAR * number / INCIDENTS
        return Incident(
            number=newest + number,
            key=f"OLD-{number}",
            summary=f"{TROUBLES[number % 5].capitalize()} for some customers of region {number % 89}",
            severity=number % 3 + 1,
            state=Incident.RESOLVED,
            service=services[number % len(services)],
            is_private=number % 20 == 0,
            reporter=reporter,
            **dict.fromkeys(("detected_at", "impact_started_at", "impact_ended_at", "created_at", "updated_at", "resolved_at"), at),
        )

    for model, make, count in ((Alert, alert, ALERTS), (Incident, incident, INCIDENTS)):
        rows = map(make, range(1, count + 1))
        while batch := list(islice(rows, BATCH)):
            model.objects.bulk_create(batch)
        print(f"{count:,} of {model.__name__}", file=sys.stderr, flush=True)


def _pages() -> dict[str, str]:
    from tocsin.alerts.models import Alert
    from tocsin.incidents.models import Incident

    room = Incident.objects.filter(state=Incident.FIXING, is_private=False, is_drill=False).order_by("severity")[0]
    alert = Alert.objects.order_by("number")[0]
    return {
        "home": "/",
        "war room": f"/{room.key}",
        "its text version": f"/{room.key}/text",
        "declare": "/declare",
        "incidents": "/incidents",
        "all incidents, with their chart": "/incidents?view=all",
        "alerts": "/alerts",
        "one alert": f"/a/{alert.number}",
        "on call": "/oncall",
        "status of the house": "/status/internal",
    }


def _asked(client: Any, pages: dict[str, str]) -> dict[str, list[float]]:
    """Milliseconds of each time that each page was made."""
    taken: dict[str, list[float]] = {}
    for page, path in pages.items():
        for number in range(ROUNDS + 2):
            begun = time.perf_counter()
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            if number >= 2:
                taken.setdefault(page, []).append((time.perf_counter() - begun) * 1000)
    return taken


def pages_before_and_after() -> None:
    """A responder asks for each page in the demo company, then with everything behind it."""
    from django.db import connection
    from django.test import Client

    from tocsin.directory.models import Person

    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.filter(role=Person.RESPONDER, is_active=True).order_by("id")[0])
    few = _asked(client, _pages())
    _fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(json.dumps({"few": few, "many": _asked(client, _pages())}))


if __name__ == "__main__":
    import django

    django.setup()
    pages_before_and_after()
