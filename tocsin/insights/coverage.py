"""Which services would be heard of before customers call: monitoring, on-call alerting and incident managers of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.alerts import queries as alerts
from tocsin.alerts.queries import KeyState
from tocsin.core.actor import Actor
from tocsin.directory import queries as directory
from tocsin.directory.models import Service
from tocsin.oncall import proving
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Policy, PolicyStep, Schedule
from tocsin.oncall.proving import Finding

MONITORING, ALERTING, ROSTER = "monitoring", "alerting", "roster"
PARTS = (MONITORING, ALERTING, ROSTER)


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a service has not: which part, why it does not count, and the path of the page that mends it."""

    part: str
    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Line:
    """One service. `last_signal_at` is when monitoring was last heard; `cautions` are sentences about what is there but weak."""

    service: Service
    keys: int
    last_signal_at: dt.datetime | None
    policy: Policy | None
    roster: Schedule | None
    missing: tuple[Lack, ...]
    cautions: tuple[str, ...]

    def lacks(self, part: str) -> Lack | None:
        """What is missing of one part, None when it is there."""
        return next((lack for lack in self.missing if lack.part == part), None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every service in use, those that lack something first, then by name."""

    at: dt.datetime
    lines: tuple[Line, ...]

    @property
    def missing(self) -> list[Line]:
        return [line for line in self.lines if line.missing]

    @property
    def complete(self) -> list[Line]:
        return [line for line in self.lines if not line.missing]


def coverage(actor: Actor, now: dt.datetime) -> Coverage:
    """What is so now: the proof of the policies is worked out afresh, so that what was mended a moment ago counts."""
    services = list(directory.services(actor))
    keys, covers = alerts.key_states(services), oncall.covers_of(services)
    findings: dict[str, list[Finding]] = {}
    for finding in proving.prove(now, services).findings:
        findings.setdefault(finding.service, []).append(finding)
    look = _Look(now, findings, _asking_always(), _without_anybody(covers.values(), now))
    lines = [_line(look, one, keys.get(one.pk, KeyState()), *covers.get(one.pk, (None, None))) for one in services]
    return Coverage(now, tuple(sorted(lines, key=lambda line: (not line.missing, line.service.name.casefold()))))


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known of all services together: findings by slug, policies that ask at every hour, rosters with nobody now."""

    now: dt.datetime
    findings: dict[str, list[Finding]]
    always: frozenset[str]
    empty: frozenset[str]


def _asking_always() -> frozenset[str]:
    """The ids of policies with a step for every hour and urgency. The others leave the rest to the last resort on purpose."""
    steps = PolicyStep.objects.filter(urgency="").values_list("policy_id", "windows")
    return frozenset(policy for policy, windows in steps if not windows)


def _without_anybody(covers: Iterable[tuple[Policy | None, Schedule | None]], now: dt.datetime) -> frozenset[str]:
    """The ids of rosters in which nobody is on call now."""
    rosters = {roster.pk: roster for _, roster in covers if roster is not None}
    return frozenset(one for one, cover in oncall.covers(list(rosters.values()), now).items() if not cover.people)


def _line(look: _Look, service: Service, keys: KeyState, policy: Policy | None, roster: Schedule | None) -> Line:
    findings = look.findings.get(service.slug, [])
    failing = next((one for one in findings if policy is not None and _fails(look, policy, one)), None)
    lacks = (_monitoring(service, keys), _alerting(service, policy, failing), _roster(service, roster))
    cautions = [] if policy is None else [one.words for one in findings if one is not failing and not one.fails]
    if keys.live and keys.last_event_at is None and not keys.broken:
        cautions.insert(0, "Its key waits for a first event.")
    if roster is not None and roster.pk in look.empty:
        cautions.append(f"Nobody is on call in {roster.name} now.")
    return Line(
        service=service,
        keys=keys.live,
        last_signal_at=keys.last_event_at,
        policy=policy,
        roster=roster,
        missing=tuple(lack for lack in lacks if lack is not None),
        cautions=tuple(cautions),
    )


def _fails(look: _Look, policy: Policy, finding: Finding) -> bool:
    """Whether a policy is none: at some time it ends at nobody, or now at the last resort alone though it should not."""
    return finding.fails or (policy.pk in look.always and finding.start <= look.now < finding.end)


def _monitoring(service: Service, keys: KeyState) -> Lack | None:
    if not keys.live:
        return Lack(MONITORING, "No integration key: no alert can come in.", f"/s/{service.slug}#h-keys")
    if keys.broken:
        return Lack(MONITORING, "What its key sends cannot be read.", f"/s/{service.slug}#h-keys")
    return None


def _alerting(service: Service, policy: Policy | None, failing: Finding | None) -> Lack | None:
    if policy is None:
        return Lack(ALERTING, "No escalation policy: the last resort is paged at once.", f"/s/{service.slug}/change")
    return Lack(ALERTING, failing.words, f"/policies/{policy.slug}") if failing else None


def _roster(service: Service, roster: Schedule | None) -> Lack | None:
    if roster is not None:
        return None
    return Lack(ROSTER, "No roster of incident managers: the last resort stands in.", f"/s/{service.slug}/change")
