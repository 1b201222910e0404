"""The palette over 50,000 objects: what the server takes for each letter that is typed, beside a plain scan."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.figures import Figure, percentile
from bench.proof import NOW, ROOT, fill

ALERTS, INCIDENTS = 34_000, 13_000
TYPED = ("payments are slow", "schedule 17", "person 99", "hot-12", "#4821", "declare", "service-4", "zzz nothing", "go/on", "disk")
OBJECTS, ROUNDS = 50_000, 3


def measure(folder: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "bench.palette"]
    environment = {**os.environ, "TOCSIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout
    found = json.loads(said.splitlines()[-1])  # before it stand the lines of the log
    assert found["objects"] >= OBJECTS, found["objects"]
    peer = "one plain scan of the same titles"
    yield Figure("palette over 50,000 objects, a letter, p95", percentile(found["letters"], 95), "ms", 100, peer, found["scan"])
    yield Figure("  the same, the slowest", max(found["letters"]), "ms")


def _things() -> int:
    """34,000 alerts and 13,000 incidents beside the people, schedules, services and policies of `bench.proof`; how many things."""
    from tocsin.alerts.models import Alert
    from tocsin.directory.models import Person, Service
    from tocsin.incidents.models import Incident
    from tocsin.oncall.models import Policy, Schedule

    fill()
    services, reporter = list(Service.objects.all()), Person.objects.order_by("id")[0]
    troubles = ("latency above a second", "payments are slow", "disk is full", "queue grows", "certificate ends soon")

    def stamp(number: int) -> dict[str, dt.datetime]:
        at = NOW - dt.timedelta(minutes=7 * number)
        return {"created_at": at, "updated_at": at}

    Alert.objects.bulk_create(
        Alert(
            number=number,
            service=services[number % len(services)],
            title=f"{services[number % len(services)].name}: {troubles[number % 5]} on host {number % 997}",
            dedup_key=str(number),
            source="generic",
            status="resolved",
            started_at=NOW,
            last_event_at=NOW,
            fired_at=NOW,
            **stamp(number),
        )
        for number in range(1, ALERTS + 1)
    )
    Incident.objects.bulk_create(
        Incident(
            number=number,
            key=f"HOT-{number}",
            summary=f"{troubles[number % 5].capitalize()} for some customers of region {number % 89}",
            severity=number % 3 + 1,
            state="resolved",
            is_private=number % 20 == 0,
            reporter=reporter,
            **stamp(number),
        )
        for number in range(1, INCIDENTS + 1)
    )
    return sum(model.objects.count() for model in (Alert, Incident, Person, Service, Schedule, Policy))


def _taken(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def letters() -> None:
    """A responder who sees no private incident but their own types each text, a letter at a time."""
    from django.db import connection
    from django.test import Client

    from tocsin.directory.models import Person

    objects = _things()
    client = Client(SERVER_NAME="localhost")
    client.force_login(Person.objects.order_by("id")[7])

    def ask(q: str) -> None:
        answer = client.get("/palette", {"q": q, "from": "/HOT-7"})
        assert answer.status_code == 200, answer.content[:300]

    def scan() -> None:
        with connection.cursor() as cursor:
            for table, column in (("alerts_alert", "title"), ("incidents_incident", "summary")):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} LIKE '%%zzz%%'")
                cursor.fetchall()

    ask("warm")
    texts = [q[:end] for q in TYPED for end in range(1, len(q) + 1)]
    taken = [_taken(partial(ask, text)) for _ in range(ROUNDS) for text in texts]
    plain = sorted(_taken(scan) for _ in range(9))[4]
    print(json.dumps({"objects": objects, "letters": taken, "scan": plain}))


if __name__ == "__main__":
    import django

    django.setup()
    letters()
