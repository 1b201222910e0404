"""Small builders of a company: `person("Ada")`, `team("Payments", ada)`, `schedule(payments, ada, bo)`.

Each makes one thing that is whole: a person can be reached, a schedule has somebody on call at every instant since 2026.
"""

from __future__ import annotations

import datetime as dt
import functools

from django.contrib.auth.hashers import make_password

from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.directory import queries as directory
from tocsin.directory.models import ContactMethod, Gateway, Membership, NotifyStep, Person, Product, Service, Team
from tocsin.oncall.models import Policy, PolicyStep, Rotation, RotationMember, Schedule, ServiceCover, StepTarget, Webhook

SINCE = dt.datetime(2026, 1, 5, 0, 0, tzinfo=dt.UTC)
"""A Monday, long before anything that a test does."""
PASSWORD = "correct horse battery"


@functools.cache
def _encoded() -> str:
    """Hashing is slow on purpose; once is enough for a whole run."""
    return make_password(PASSWORD)


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def person(name: str = "Ada", role: str = Person.RESPONDER, *, zone: str = "UTC", reach: bool = True) -> Person:
    """Somebody with a mail address that is verified and used at once for every page, unless `reach` is False."""
    made = Person(name=name, email=f"{slug(name)}@example.com", role=role, zone=zone, created_at=SINCE, updated_at=SINCE)
    made.password = _encoded()
    made.save()
    if reach:
        notify(made, method(made))
    return made


def administrator(name: str = "Root") -> Person:
    return person(name, Person.ADMINISTRATOR)


def stakeholder(name: str = "Sven") -> Person:
    return person(name, Person.STAKEHOLDER)


def actor(someone: Person, via: str = "web") -> Actor:
    """Who acts in a command when this person is at the door."""
    return directory.actor_for(someone, via=via)


def method(someone: Person, address: str = "", *, gateway: Gateway | None = None, verified: bool = True) -> ContactMethod:
    """A way to reach somebody: a mail address, or an address at a gateway."""
    return ContactMethod.objects.create(
        person=someone,
        kind=ContactMethod.GATEWAY if gateway else ContactMethod.EMAIL,
        gateway=gateway,
        address=address or someone.email,
        verified_at=SINCE if verified else None,
        created_at=SINCE,
        updated_at=SINCE,
    )


def notify(someone: Person, *methods: ContactMethod, urgency: str = "", delays: tuple[int, ...] = ()) -> None:
    """Page this person by these methods, in order, after these delays in minutes (none: all at once)."""
    for level in [urgency] if urgency else [NotifyStep.HIGH, NotifyStep.LOW]:
        NotifyStep.objects.filter(person=someone, urgency=level).delete()
        for position, way in enumerate(methods):
            delay = delays[position] if delays else 0
            NotifyStep.objects.create(person=someone, urgency=level, method=way, delay_minutes=delay)


def team(name: str = "Payments", *members: Person, manager: Person | None = None, zone: str = "UTC") -> Team:
    made = Team.objects.create(name=name, slug=slug(name), zone=zone, created_at=SINCE, updated_at=SINCE)
    for someone in members:
        Membership.objects.create(team=made, person=someone)
    if manager:
        Membership.objects.update_or_create(team=made, person=manager, defaults={"is_manager": True})
    return made


def product(name: str = "Checkout") -> Product:
    return Product.objects.create(name=name, slug=slug(name), created_at=SINCE, updated_at=SINCE)


def service(name: str = "Checkout API", owner: Team | None = None, *products: Product) -> Service:
    made = Service.objects.create(
        name=name, slug=slug(name), team=owner or team(f"Owners of {name}"), created_at=SINCE, updated_at=SINCE
    )
    made.products.set(products)
    return made


def schedule(owner: Team | None, *people: Person, name: str = "", zone: str = "UTC", last_resort: bool = False) -> Schedule:
    """A roster with one weekly rotation, hand-over on Mondays at 09:00 of its zone. Nobody given: a gap for ever."""
    name = name or (f"{owner.name} on call" if owner else "Incident managers")
    made = Schedule.objects.create(
        name=name, slug=slug(name), team=owner, zone=zone, is_last_resort=last_resort, created_at=SINCE, updated_at=SINCE
    )
    if people:
        rotation = Rotation.objects.create(
            schedule=made, name="weekly", zone=zone, starts_on=SINCE.date(), handover_time=dt.time(9)
        )
        for position, someone in enumerate(people):
            RotationMember.objects.create(rotation=rotation, person=someone, position=position)
    return made


def last_resort(*people: Person) -> Schedule:
    """The roster that is paged when nobody else is left."""
    return schedule(None, *(people or (person("Imogen"),)), last_resort=True)


def policy(owner: Team, *targets: Schedule | Person | Webhook, wait: int = 5, repeats: int = 1, name: str = "") -> Policy:
    """One step for each target, `wait` minutes apart."""
    name = name or f"{owner.name} policy"
    made = Policy.objects.create(name=name, slug=slug(name), team=owner, repeats=repeats, created_at=SINCE, updated_at=SINCE)
    for position, target in enumerate(targets):
        step = PolicyStep.objects.create(policy=made, position=position, wait_minutes=wait)
        kind = {Schedule: "schedule", Webhook: "webhook"}.get(type(target), "person")
        StepTarget.objects.create(step=step, **{kind: target})
    return made


def cover(what: Service, *, policy: Policy | None = None, roster: Schedule | None = None) -> ServiceCover:
    return ServiceCover.objects.create(service=what, policy=policy, roster=roster)


def alert(
    what: Service, *, status: str = Alert.TRIGGERED, started_at: dt.datetime | None = None, title: str = "5xx above 5 %"
) -> Alert:
    """An alert as a source would have made it."""
    number = Alert.objects.count() + 4001
    began = started_at or SINCE
    return Alert.objects.create(
        number=number,
        service=what,
        title=title,
        status=status,
        dedup_key=f"key {number}",
        source="alertmanager",
        started_at=began,
        last_event_at=began,
        fired_at=began,
        created_at=began,
        updated_at=began,
    )
