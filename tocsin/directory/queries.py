"""Reads of this room. Everybody who is signed in may see people, teams and services; secrets are in none of these."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from tocsin.core import clock, secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store import facts
from tocsin.core.store.prepared import Prepared
from tocsin.directory import rules
from tocsin.directory.models import (
    ApiToken,
    ContactMethod,
    Gateway,
    Membership,
    NotifyStep,
    OneTimeLink,
    Person,
    Product,
    Service,
    Severity,
    Team,
    Vendor,
)

_memberships = Prepared(lambda person: Membership.objects.filter(person=person).values_list("team_id", "is_manager"))

_live_tokens = Prepared(
    lambda digest, now: ApiToken.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), digest=digest, revoked_at__isnull=True, person__is_active=True
    ).select_related("person")[:1]
)


def actor_for(person: Person, *, via: str = "web", scopes: frozenset[str] | None = None) -> Actor:
    """The actor that a person is. One query, for their teams."""
    memberships = _memberships(person.id)
    roles = {person.role, Person.RESPONDER} if person.role == Person.ADMINISTRATOR else {person.role}
    return Actor(
        id=person.id,
        name=person.name,
        roles=frozenset(roles),
        manages=frozenset(team for team, manages in memberships if manages),
        member_of=frozenset(team for team, _ in memberships),
        scopes=scopes,
        via=via,
        zone=person.zone,
    )


def live_token(plain: str, now: dt.datetime) -> ApiToken | None:
    """The token with its person, unless it is unknown, revoked, past its end, or its person is deactivated."""
    return _live_tokens.first(secrets.digest(plain), now)


def actor_for_token(plain: str, now: dt.datetime) -> Actor | None:
    """Who a token acts for. Doors call `commands.use_token`, which also notes the use."""
    token = live_token(plain, now)
    return actor_for(token.person, via="api", scopes=frozenset(token.scopes)) if token else None


def tokens(person: Person) -> QuerySet[ApiToken]:
    """The person's tokens that are not revoked, newest first."""
    return ApiToken.objects.filter(person=person, revoked_at__isnull=True).order_by("-created_at")


def all_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """Every live token, for administrators; otherwise the actor's own."""
    live = ApiToken.objects.filter(revoked_at__isnull=True).select_related("person").order_by("-created_at")
    return live if actor.is_administrator else live.filter(person_id=actor.id)


def people(actor: Actor | None = None, *, active: bool | None = None, q: str = "") -> QuerySet[Person]:
    """People by name, their teams prefetched."""
    found = Person.objects.prefetch_related(
        Prefetch("memberships", queryset=Membership.objects.select_related("team").order_by("team__name"))
    )
    if active is not None:
        found = found.filter(is_active=active)
    if q:
        found = found.filter(Q(name__icontains=q) | Q(email__icontains=q))
    return found.order_by("name", "id")


def person(id: str) -> Person:
    """Raises NotFound."""
    found = people().filter(pk=id).first()
    if found is None:
        raise NotFound("There is no such person.")
    return found


def person_by_email(email: str) -> Person | None:
    return Person.objects.filter(email__iexact=email.strip()).first()


def has_administrator() -> bool:
    return Person.objects.filter(role=Person.ADMINISTRATOR).exists()


def setup_is_open(token: str, now: dt.datetime) -> bool:
    """Whether this set-up token still opens the door."""
    fact = facts.get("setup_token")
    if not fact or has_administrator() or clock.parse(fact["expires_at"]) <= now:
        return False
    return hmac.compare_digest(fact["digest"], secrets.digest(token))


def password_links(token: str, now: dt.datetime) -> QuerySet[OneTimeLink]:
    """The one-time link to set a password that this token opens now, if any, with its person."""
    links = OneTimeLink.objects.filter(digest=secrets.digest(token), used_at__isnull=True, expires_at__gt=now)
    return links.filter(person__is_active=True).exclude(purpose=rules.MAIL_TEST).select_related("person")


def link_by_token(token: str, now: dt.datetime) -> OneTimeLink | None:
    """The one-time link to set a password that can still be used."""
    return password_links(token, now).first()


def mail_test_by_token(token: str, now: dt.datetime) -> OneTimeLink | None:
    """The test mail's link that can still be answered."""
    links = OneTimeLink.objects.filter(digest=secrets.digest(token), purpose=rules.MAIL_TEST, used_at__isnull=True)
    return links.filter(expires_at__gt=now, person__is_active=True).select_related("person").first()


def mails() -> str:
    """Which way mail leaves: `environment`, `entered` in the browser, `mailbox` of the demo, or empty: not at all."""
    if settings.TOCSIN.smtp_url:
        return "environment"
    return "entered" if facts.get("smtp_url") else "mailbox" if facts.get("demo") else ""


def teams(actor: Actor | None = None) -> QuerySet[Team]:
    """Teams by name, members and services prefetched."""
    members = Membership.objects.select_related("person").order_by("-is_manager", "person__name")
    return Team.objects.prefetch_related(
        Prefetch("memberships", queryset=members),
        Prefetch("services", queryset=Service.objects.filter(archived_at__isnull=True)),
    )


def team_by_id(wanted: str) -> Team:
    """Raises NotFound."""
    found = Team.objects.filter(id=wanted).first()
    if found is None:
        raise NotFound("There is no such team.")
    return found


def team_by_slug(slug: str) -> Team:
    """Raises NotFound."""
    found = teams().filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such team.")
    return found


def managed_teams(actor: Actor) -> QuerySet[Team]:
    """The teams whose services, schedules and policies the actor may edit."""
    return Team.objects.all() if actor.is_administrator else Team.objects.filter(id__in=actor.manages)


def products() -> QuerySet[Product]:
    return Product.objects.prefetch_related(Prefetch("services", queryset=Service.objects.filter(archived_at__isnull=True)))


def services(actor: Actor | None = None, *, archived: bool = False) -> QuerySet[Service]:
    """Services in use by name, with team, owner, products, and what each needs."""
    found = Service.objects.select_related("team", "owner").prefetch_related("products", "needs", "vendors")
    return found if archived else found.filter(archived_at__isnull=True)


_named = Prepared(lambda: Service.objects.filter(archived_at__isnull=True).values_list("slug", "name"))


def service_names() -> list[tuple[str, str]]:
    """Slug and name of the services in use, by name."""
    return _named()


def service_by_slug(slug: str) -> Service:
    """Raises NotFound."""
    found = services(archived=True).filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no such service.")
    return found


def vendors() -> QuerySet[Vendor]:
    """By name, each with the services in use that need it."""
    return Vendor.objects.prefetch_related(Prefetch("services", queryset=Service.objects.filter(archived_at__isnull=True)))


def vendors_called(words: str) -> list[Vendor]:
    """Those with this short name or these initials (`aws`), else those whose name holds the words; none for no words."""
    asked = words.strip().lower()[:60]
    everybody = list(vendors()) if asked else []
    exact = [one for one in everybody if asked in (one.slug, rules.initials(one.name))]
    return exact or [one for one in everybody if asked in one.name.lower()]


def vendor(wanted: str) -> Vendor:
    """By id or short name. Raises NotFound."""
    found = vendors().filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such vendor.")
    return found


def severities() -> list[Severity]:
    """The three severities, most severe first."""
    return list(Severity.objects.order_by("number"))


def gateways() -> QuerySet[Gateway]:
    return Gateway.objects.order_by("name")


def gateway_headers(gateway: Gateway) -> dict[str, str]:
    """The headers in the clear, for the one who makes the call. Raises ValueError when the installation's key changed."""
    if not gateway.headers_encrypted:
        return {}
    headers: dict[str, str] = json.loads(secrets.decrypt(gateway.headers_encrypted))
    return headers


@dataclass(frozen=True, slots=True)
class PlanStep:
    """Page by `method` so many minutes after the page was made. Without a method: by mail to `address`, the sign-in address."""

    method: ContactMethod | None
    delay_minutes: int
    kind: str
    address: str


def notify_plan(person: Person, urgency: str) -> list[PlanStep]:
    """How a person is paged, earliest first; never empty. Two queries.

    Only verified methods that are not broken count. A list that has none left falls back to the other urgency's list, then
    to every verified method at once, then to the sign-in mail address.
    """
    return notify_plans([person], urgency)[person.id]


def notify_plans(people: Iterable[Person], urgency: str) -> dict[str, list[PlanStep]]:
    """The same for many people, by their ids. Two queries."""
    wanted = {person.id: person for person in people}
    methods: dict[str, list[ContactMethod]] = {one: [] for one in wanted}
    steps: dict[str, list[NotifyStep]] = {one: [] for one in wanted}
    for method in ContactMethod.objects.filter(person__in=wanted).select_related("gateway").order_by("created_at"):
        methods[method.person_id].append(method)
    for step in NotifyStep.objects.filter(person__in=wanted):
        steps[step.person_id].append(step)
    return {one: _plan(person, methods[one], steps[one], urgency) for one, person in wanted.items()}


def _plan(person: Person, methods: list[ContactMethod], steps: list[NotifyStep], urgency: str) -> list[PlanStep]:
    wanted = [(step.method_id, step.delay_minutes) for step in steps if step.urgency == urgency]
    other = [(step.method_id, step.delay_minutes) for step in steps if step.urgency != urgency]
    known = [rules.Method(method.id, method.verified_at is not None and method.broken_at is None) for method in methods]
    by_id = {method.id: method for method in methods}
    planned = [
        PlanStep(by_id[method], delay, by_id[method].kind, by_id[method].address)
        for method, delay in rules.plan(known, wanted, other)
    ]
    return planned or [PlanStep(None, 0, ContactMethod.EMAIL, person.email)]


def reachable(person: Person, urgency: str = NotifyStep.HIGH) -> bool:
    """Whether a page to this person goes anywhere that was proven: active, and a verified method that is not broken."""
    return person.is_active and person.contact_methods.filter(verified_at__isnull=False, broken_at__isnull=True).exists()


def reachable_ids() -> frozenset[str]:
    """The ids of everybody whom a page reaches by a proven method. One query."""
    proven = ContactMethod.objects.filter(verified_at__isnull=False, broken_at__isnull=True, person__is_active=True)
    return frozenset(proven.values_list("person_id", flat=True))


def second_factors() -> frozenset[str]:
    """The ids of everybody who signs in with a second factor. One query."""
    return frozenset(Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list("user_id", flat=True))


def contact_methods(person: Person) -> list[ContactMethod]:
    """Oldest first, with their gateways."""
    return list(person.contact_methods.select_related("gateway").order_by("created_at", "id"))


def broken_methods() -> QuerySet[ContactMethod]:
    """Methods of active people that a provider refuses for good, the latest first."""
    found = ContactMethod.objects.filter(broken_at__isnull=False, person__is_active=True)
    return found.select_related("person", "gateway").order_by("-broken_at")


def method_of(person: Person, id: str) -> ContactMethod:
    """Raises NotFound for a method that is not this person's."""
    found = person.contact_methods.select_related("gateway", "person").filter(pk=id).first()
    if found is None:
        raise NotFound("There is no such contact method.")
    return found


def notify_steps(person: Person, urgency: str) -> list[NotifyStep]:
    """The list as it was written, before fall-backs."""
    return list(person.notify_steps.filter(urgency=urgency).select_related("method"))
