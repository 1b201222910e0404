"""The gap prover over the tables: each service and urgency, 400 days ahead, with a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tocsin.core import clock
from tocsin.core.observe import metrics
from tocsin.core.store import facts
from tocsin.directory import queries as directory
from tocsin.directory.models import ContactMethod, Membership, NotifyStep, Person, Service, Team
from tocsin.oncall import rules
from tocsin.oncall.compiling import compiled, windows
from tocsin.oncall.models import PolicyStep, Rotation, RotationMember, Schedule, ServiceCover, StepTarget
from tocsin.oncall.rules import findings, proof
from tocsin.oncall.rules.proof import Counter, Crew, Prover, StepRule, TargetRule, Verdict

FACT = "on_call_proof"
DAYS = rules.HORIZON // 86_400
_KINDS = (proof.SCHEDULE, proof.PERSON, proof.TEAM, proof.WEBHOOK)
URGENCIES = (NotifyStep.HIGH, NotifyStep.LOW)


@dataclass(frozen=True, slots=True)
class Finding:
    """A counter-example of a service (its slug and name): `fails`, nobody answers, or only the last resort does. UTC."""

    service: str
    name: str
    urgencies: tuple[str, ...]
    fails: bool
    start: dt.datetime
    end: dt.datetime
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found for so many `services` when it was looked at, from `at` on `DAYS` days ahead; failures first, then by time."""

    at: dt.datetime
    services: int
    findings: tuple[Finding, ...]

    @property
    def failures(self) -> list[Finding]:
        return [one for one in self.findings if one.fails]

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.findings if not one.fails]

    @property
    def unproven(self) -> frozenset[str]:
        """The slugs of services that somewhere end at nobody."""
        return frozenset(one.service for one in self.failures)

    @property
    def proven(self) -> bool:
        return not self.unproven


def prove(now: dt.datetime, services: Sequence[Service] | None = None) -> Report:
    """Work it out now, for every service in use when none is named."""
    chosen = list(directory.services()) if services is None else list(services)
    since = rules.seconds(now)
    until = since + rules.HORIZON
    policies = dict(ServiceCover.objects.filter(policy__isnull=False).values_list("service_id", "policy_id"))
    steps = _steps({policies[one.id] for one in chosen if one.id in policies})
    prover = Prover(compiled(Schedule.objects.values_list("id", flat=True)), _crew(), since, until)
    verdicts = {
        (policy, urgency): prover.verdict(steps.get(policy, ()), urgency)
        for policy in {policies.get(one.id, "") for one in chosen}
        for urgency in URGENCIES
    }
    found: dict[tuple[Service, bool, Counter], list[str]] = defaultdict(list)
    for one in chosen:
        for urgency in URGENCIES:
            for fails, counter in _counters(verdicts[policies.get(one.id, ""), urgency]):
                found[one, fails, counter].append(urgency)
    return Report(now, len(chosen), _named(found, until))


def _counters(verdict: Verdict) -> Iterator[tuple[bool, Counter]]:
    """What is worth telling: the failure, and a time at which only the last resort answers if it comes before."""
    failure, warning = verdict
    if failure is not None:
        yield True, failure
    if warning is not None and (failure is None or warning.start < failure.start):
        yield False, warning


def _steps(policies: Iterable[str]) -> dict[str, list[StepRule]]:
    """The steps of each policy, in order."""
    targets: dict[int, list[TargetRule]] = defaultdict(list)
    rows = StepTarget.objects.filter(step__policy__in=set(policies)).order_by("id")
    for step, *named in rows.values_list("step_id", *(f"{kind}_id" for kind in _KINDS)):
        targets[step].append(next(TargetRule(kind, one) for kind, one in zip(_KINDS, named, strict=True) if one))
    found: dict[str, list[StepRule]] = defaultdict(list)
    for row in PolicyStep.objects.filter(id__in=list(targets)).order_by("position"):
        rule = StepRule(row.position + 1, tuple(targets[row.pk]), row.urgency, windows(row.windows), row.zone)
        found[row.policy_id].append(rule)
    return found


def _crew() -> Crew:
    """Who there is, in five queries."""
    people = list(Person.objects.filter(is_active=True).order_by("id").values_list("id", "role"))
    teams: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for team, person in Membership.objects.filter(person__is_active=True).order_by("id").values_list("team_id", "person_id"):
        teams[team] += (person,)
    roster = Schedule.objects.filter(is_last_resort=True).values_list("id", flat=True).first() or ""
    members = RotationMember.objects.filter(rotation__schedule__is_last_resort=True, person__is_active=True)
    return Crew(
        active=frozenset(person for person, _ in people),
        reached=directory.reachable_ids(),
        teams=dict(teams),
        roster=roster,
        members=tuple(dict.fromkeys(members.values_list("person_id", flat=True))),
        administrators=tuple(person for person, role in people if role == Person.ADMINISTRATOR),
    )


def _named(found: dict[tuple[Service, bool, Counter], list[str]], until: int) -> tuple[Finding, ...]:
    """Findings in words; five queries for all the names."""
    reasons = [reason for _, _, counter in found for reason in counter.reasons]
    wanted = {one for reason in reasons for one in (reason.id, *reason.people, *reason.layers)}
    names: dict[str, str] = {}
    for model in (Person, Team, Schedule, Rotation):
        names.update(model.objects.filter(id__in=wanted).values_list("id", "name"))  # type: ignore[attr-defined]
    faults = _faults({person for reason in reasons for person in reason.people})
    made = [
        Finding(
            service=service.slug,
            name=service.name,
            urgencies=tuple(urgencies),
            fails=fails,
            start=rules.instant(counter.start),
            end=rules.instant(counter.end),
            words=findings.sentence(counter, service.name, service.team.zone, names, faults, until=until),
        )
        for (service, fails, counter), urgencies in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (not one.fails, one.start, one.name)))


def _faults(people: set[str]) -> dict[str, str]:
    """Why pages to these people are not proven to arrive: `whose phone is not verified`."""
    rows = ContactMethod.objects.filter(person__in=people).order_by("created_at", "id")
    said: dict[str, str] = {}
    for person, gateway, broken in rows.values_list("person_id", "gateway__name", "broken_at"):
        said.setdefault(person, f"whose {gateway or 'mail address'} is {'broken' if broken else 'not verified'}")
    return said


def stored() -> Report | None:
    """What the engine found last; one query."""
    return _read(facts.get(FACT))


def kept(report: Report) -> dict[str, Any]:
    """A report as JSON."""
    rows = [asdict(one) | {"start": clock.rfc3339(one.start), "end": clock.rfc3339(one.end)} for one in report.findings]
    return {"at": clock.rfc3339(report.at), "services": report.services, "findings": rows}


def _read(fact: dict[str, Any] | None) -> Report | None:
    if not fact:
        return None
    rows = [
        Finding(**row | {name: clock.parse(row[name]) for name in ("start", "end")} | {"urgencies": tuple(row["urgencies"])})
        for row in fact["findings"]
    ]
    return Report(clock.parse(fact["at"]), fact["services"], tuple(rows))


def count(now: dt.datetime) -> None:
    """Set the numbers of the metrics page to what was found last; they stay as they were while the store is away."""
    report = _read(facts.glance(FACT))
    if report is None:
        return
    first = min((one.start for one in report.failures), default=None)
    metrics.SERVICES_UNPROVEN.set(len(report.unproven))
    metrics.SERVICES_LAST_RESORT.set(len({one.service for one in report.warnings}))
    metrics.FIRST_UNPROVEN.set(float("inf") if first is None else max((first - now).total_seconds(), 0.0))
    metrics.PROOF_AGE.set(max((now - report.at).total_seconds(), 0.0))
