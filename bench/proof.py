"""The gap prover on a large company: 1,000 services over 300 schedules, both urgencies, 400 days ahead."""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure

ROOT = Path(__file__).resolve().parents[1]
SERVICES, SCHEDULES, PEOPLE = 1000, 300, 1500
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")


def measure(folder: Path) -> Iterator[Figure]:
    _child(folder, "fill")
    found = json.loads(_child(folder, "prove"))
    size = f"{SERVICES:,} services, {SCHEDULES} schedules, 400 days"
    yield Figure(f"proof of {size}", found["seconds"], "s", 10.0)
    yield Figure("  memory of the process that proves", found["mebibytes"], "MiB", 300)
    yield Figure("  counter-examples found in it", found["findings"], "")


def _child(folder: Path, act: str) -> str:
    """Each in a process of its own, so that what fills the store is not in the memory of what proves."""
    environment = {**os.environ, "TOCSIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tocsin.settings"}
    command = [sys.executable, "-m", "bench.proof", act]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout


def fill() -> None:
    """Each schedule has a day layer, a night layer and a week-long one below; each service a policy with two steps."""
    from django.db import transaction

    from tocsin.cli.inside import schema

    schema.bring_up_to_date()
    with transaction.atomic():
        people = _people()
        schedules = _schedules(people)
        _services(schedules, people)


def _people() -> list:
    from tocsin.directory.models import ContactMethod, Person

    stamp = {"created_at": NOW, "updated_at": NOW}
    people = [
        Person(name=f"Person {number}", email=f"p{number}@example.com", role="responder", **stamp) for number in range(PEOPLE)
    ]
    Person.objects.bulk_create(people)
    ContactMethod.objects.bulk_create(
        ContactMethod(person=one, kind="email", address=one.email, verified_at=NOW if place % 10 else None, **stamp)
        for place, one in enumerate(people)
    )
    return people


def _schedules(people: list) -> list:
    from tocsin.oncall.models import Override, Rotation, RotationMember, Schedule

    made, every = [], list(range(7))
    hours = ([{"days": every, "from": "08:00", "to": "20:00"}], [{"days": every, "from": "20:00", "to": "08:00"}])
    for number in range(SCHEDULES):
        zone = ZONES[number % len(ZONES)]
        stamp = {"created_at": NOW, "updated_at": NOW, "is_last_resort": number == 0}
        schedule = Schedule.objects.create(name=f"Schedule {number}", slug=f"s-{number}", zone=zone, **stamp)
        turns = {"zone": zone, "starts_on": dt.date(2026, 1, 5), "handover_time": dt.time(8)}
        layers = [Rotation(schedule=schedule, name="Week", position=0, **turns)]
        layers += [
            Rotation(schedule=schedule, name="Day or night", position=place + 1, unit="days", windows=windows, **turns)
            for place, windows in enumerate(hours)
        ]
        Rotation.objects.bulk_create(layers)
        RotationMember.objects.bulk_create(
            RotationMember(rotation=layer, person=people[(number * 5 + place) % PEOPLE], position=place)
            for layer in layers
            for place in range(5)
        )
        swaps = [NOW + dt.timedelta(days=10 * week, hours=number % 24) for week in range(20)]
        Override.objects.bulk_create(
            Override(schedule=schedule, person=people[number], starts_at=at, ends_at=at + dt.timedelta(hours=6), created_at=NOW)
            for at in swaps
        )
        made.append(schedule)
    return made


def _services(schedules: list, people: list) -> None:
    from tocsin.directory.models import Service, Team
    from tocsin.oncall.models import Policy, PolicyStep, ServiceCover, StepTarget

    stamp = {"created_at": NOW, "updated_at": NOW}
    team = Team.objects.create(name="Everybody", slug="everybody", zone="UTC", **stamp)
    names = [f"service-{number}" for number in range(SERVICES)]
    services = Service.objects.bulk_create(Service(name=name, slug=name, team=team, **stamp) for name in names)
    policies = Policy.objects.bulk_create(Policy(name=name, slug=name, team=team, **stamp) for name in names)
    ServiceCover.objects.bulk_create(
        ServiceCover(service=one, policy=policy) for one, policy in zip(services, policies, strict=True)
    )
    office = [{"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:00"}]
    first = PolicyStep.objects.bulk_create(PolicyStep(policy=one, position=0, windows=office, zone=ZONES[0]) for one in policies)
    second = PolicyStep.objects.bulk_create(PolicyStep(policy=one, position=1) for one in policies)
    StepTarget.objects.bulk_create(
        StepTarget(step=step, schedule=schedules[(place * ahead) % SCHEDULES])
        for ahead, steps in ((1, first), (7, second))
        for place, step in enumerate(steps)
    )


def prove() -> None:
    from tocsin.oncall import proving

    begun = time.monotonic()
    report = proving.prove(NOW)
    seconds = time.monotonic() - begun
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mebibytes": mebibytes, "findings": len(report.findings)}))


if __name__ == "__main__":
    import django

    django.setup()
    {"fill": fill, "prove": prove}[sys.argv[1]]()
