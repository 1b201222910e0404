"""`incident`: running an emergency."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, plain_verbs, table, verb

incident = noun("incident", "Incidents: emergencies that one person leads.")

Key = Annotated[str, typer.Argument(metavar="INCIDENT", help="Key or id: HOT-12.", show_default=False)]
Person = Annotated[str, typer.Option("--person", help="Mail address or id; left out: you.")]
Role = Annotated[str, typer.Option("--role", help="incident_manager, tech_lead or communications_manager.")]
Started = Annotated[str, typer.Option("--impact-started", help="An instant, or a distance from now such as -40m.")]
Detected = Annotated[str, typer.Option("--detected", help="Likewise.")]
Ended = Annotated[str, typer.Option("--impact-ended", help="Likewise.")]
Unknown = Annotated[
    list[str] | None,
    typer.Option("--unknown", help="impact_started_at, detected_at or impact_ended_at, when nobody knows it; may be repeated."),
]
LeftOpen = Annotated[
    list[str] | None,
    typer.Option("--leave-open", metavar="PAGE=REASON", help="Why the entry of a page stays open; may be repeated."),
]

_incident = line("{key} {state}, Sev {severity}: {summary}")


Since = Annotated[str | None, typer.Option("--since", help="The first day they were declared: 2026-11-01, UTC.")]
State = Annotated[str, typer.Option("--state", help="pending (or new), fixing, resolved, or open.")]
Severity = Annotated[int | None, typer.Option("--severity", min=1, max=3)]
OfService = Annotated[str, typer.Option("--service", help="Slug of a service.")]
OfProduct = Annotated[str, typer.Option("--product", help="Slug of a product.")]
OfTeam = Annotated[str, typer.Option("--team", help="Slug of the team of the service.")]
Words = Annotated[str, typer.Option("--search", help="Words to look for.")]
Until = Annotated[str | None, typer.Option("--until", help="The last day.")]


@verb(incident, "list", table("key", "severity", "state", "service", "summary", "manager", "created_at"))
def list_incidents(
    api: Remote,
    state: State = "",
    severity: Severity = None,
    service: OfService = "",
    product: OfProduct = "",
    team: OfTeam = "",
    q: Words = "",
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
) -> Any:
    """List incidents, newest first."""
    wanted = {"state": state, "severity": severity, "service": service, "product": product, "team": team, "q": q}
    return api.listed("incidents", limit=limit, **wanted, since=since, until=until)


@verb(incident, "trend", table("since", "until", "total", "sev1", "sev2", "sev3", "median_ttr_seconds"))
def trend(
    api: Remote,
    state: State = "",
    severity: Severity = None,
    service: OfService = "",
    product: OfProduct = "",
    team: OfTeam = "",
    q: Words = "",
    since: Since = None,
    until: Until = None,
) -> Any:
    """The same selection over time: how many by week or month, and how long half of them took to recover."""
    wanted = {"state": state, "severity": severity, "service": service, "product": product, "team": team, "q": q}
    return api.get("incidents", "trend", **wanted, since=since, until=until)


@verb(incident, "show", fields)
def show_incident(api: Remote, wanted: Key) -> Any:
    """Show one incident."""
    return api.get("incidents", wanted)


@verb(incident, "declare", _incident)
def declare(
    api: Remote,
    summary: Annotated[
        str, typer.Argument(metavar="[SUMMARY]", help="What is broken, in a sentence; a template may have one.", show_default=False)
    ] = "",
    severity: Annotated[
        int | None,
        typer.Option("--severity", "--sev", min=1, max=3, help="1 Critical, 2 Major, 3 Minor; needed without a template."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", help="Slug of a template: what is left out is as it says, and what it prepares is done."),
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help="Slug of the service; left out: Unknown.")] = None,
    product: Annotated[list[str] | None, typer.Option("--product", help="Slug of a product; may be repeated.")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    alert: Annotated[list[str] | None, typer.Option("--alert", help="Number of an alert; may be repeated.")] = None,
    started: Started = "",
    detected: Detected = "",
    private: Annotated[bool, typer.Option("--private", help="Only for those who work on it.")] = False,
    drill: Annotated[bool, typer.Option("--drill", help="An exercise: pages nobody, leaves no trace outside.")] = False,
) -> Any:
    """Declare an incident. Severity 1 and 2 page people at once and set up room and document."""
    if not (summary or template):
        fail(USAGE, "say what is broken: incident declare SUMMARY --sev 2, or --template NAME")
    return api.post(
        "incidents",
        summary=summary or None,
        severity=severity,
        template=template,
        service=service,
        products=product,
        description=description,
        alerts=alert or [],
        impact_started_at=instant(started, "--impact-started"),
        detected_at=instant(detected, "--detected"),
        private=private or None,
        drill=drill,
    )


plain_verbs(
    incident,
    "incidents",
    "INCIDENT",
    _incident,
    {"take-command": "Become incident manager. Conflict (3) when somebody else is.", "set-up": "Make room and document."},
)


@verb(incident, "set-severity", _incident)
def set_severity(
    api: Remote,
    wanted: Key,
    severity: Annotated[int, typer.Argument(metavar="SEVERITY", min=1, max=3, help="1, 2 or 3; the present one confirms it.")],
) -> Any:
    """Set or confirm the severity. Raising to 1 or 2 pages people."""
    return api.post("incidents", wanted, "set-severity", severity=severity)


@verb(incident, "change", _incident)
def change(
    api: Remote,
    wanted: Key,
    summary: Annotated[str | None, typer.Option("--summary")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    service: Annotated[str | None, typer.Option("--service", help="Slug of the service.")] = None,
    video_url: Annotated[str | None, typer.Option("--video-url")] = None,
    support_cases: Annotated[int | None, typer.Option("--support-cases", min=0)] = None,
) -> Any:
    """Change fields of an incident; what is left out stays."""
    given = {"summary": summary, "description": description, "service": service}
    return api.change("incidents", wanted, **given, video_url=video_url, support_cases=support_cases)


@verb(incident, "assign-role", _incident)
def assign_role(api: Remote, wanted: Key, role: Role, person: Person = "") -> Any:
    """Give a role to a person."""
    return api.post("incidents", wanted, "assign-role", role=role, person=person or None)


@verb(incident, "release-role", _incident)
def release_role(api: Remote, wanted: Key, role: Role, person: Person = "") -> Any:
    """Give up a role."""
    return api.post("incidents", wanted, "release-role", role=role, person=person or None)


@verb(incident, "hand-over", _incident)
def hand_over(
    api: Remote,
    wanted: Key,
    person: Annotated[str, typer.Option("--person", help="Mail address or id.")],
    role: Role = "incident_manager",
) -> Any:
    """Pass a role on to somebody."""
    return api.post("incidents", wanted, "hand-over", role=role, person=person)


@verb(incident, "note", _incident)
def note(
    api: Remote,
    wanted: Key,
    text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)],
    kind: Annotated[
        str, typer.Option("--kind", help="observation, change, decision, escalation, communication or status.")
    ] = "observation",
    at: Annotated[str, typer.Option("--at", help="When it happened, if not now.")] = "",
) -> Any:
    """Write something on the timeline."""
    return api.post("incidents", wanted, "note", kind=kind, text=text, at=instant(at, "--at"))


@verb(incident, "set-times", _incident)
def set_times(
    api: Remote, wanted: Key, started: Started = "", detected: Detected = "", ended: Ended = "", unknown: Unknown = None
) -> Any:
    """Set when the impact began, when it was noticed and when it ended. TTD and TTR follow from them."""
    return api.post("incidents", wanted, "set-times", **_times(started, detected, ended, unknown))


def reasons(given: list[str] | None) -> dict[str, str]:
    """`PAGE=REASON` of the command line, by page."""
    found = {}
    for one in given or []:
        page, _, why = one.partition("=")
        if not why.strip():
            fail(USAGE, "--leave-open takes PAGE=REASON, such as external='Banks still catch up'")
        found[page.strip()] = why.strip()
    return found


@verb(incident, "resolve", line("{key} {state}: {summary} (TTD {ttd_seconds} s, TTR {ttr_seconds} s)"))
def resolve(
    api: Remote,
    wanted: Key,
    impact_over: Annotated[bool, typer.Option("--impact-over", help="Confirm: the impact on the business is over.")] = False,
    none_about_to_follow: Annotated[
        bool, typer.Option("--none-about-to-follow", help="Confirm: no further impact is about to follow.")
    ] = False,
    started: Started = "",
    detected: Detected = "",
    ended: Ended = "",
    unknown: Unknown = None,
    restored: Annotated[
        list[str] | None, typer.Option("--restored", help="How it is known: support, customers, observed, vendor; may be repeated.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--postmortem-owner", help="Mail address; needed for Sev 1 and 2.")] = None,
    close: Annotated[bool, typer.Option("--close-updates", help="Close the status entries with the drafted words.")] = False,
    leave_open: LeftOpen = None,
) -> Any:
    """Resolve: the emergency is over. Needs both confirmations and each of the three times, set or --unknown."""
    return api.post(
        "incidents",
        wanted,
        "resolve",
        impact_over=impact_over,
        none_about_to_follow=none_about_to_follow,
        restored=restored or [],
        postmortem_owner=owner,
        final={} if close else None,
        leave_open=reasons(leave_open),
        **_times(started, detected, ended, unknown),
    )


@verb(incident, "link-alert", _incident)
def link_alert(api: Remote, wanted: Key, alert: Annotated[str, typer.Argument(metavar="ALERT", show_default=False)]) -> Any:
    """Put an alert to an incident."""
    return api.post("incidents", wanted, "link-alert", alert=alert)


@verb(incident, "page", _incident)
def page(
    api: Remote,
    wanted: Key,
    team: Annotated[str | None, typer.Option("--team")] = None,
    schedule: Annotated[str | None, typer.Option("--schedule")] = None,
    person: Annotated[str | None, typer.Option("--person")] = None,
) -> Any:
    """Wake a team, a schedule or a person for an incident. No approval, at any severity."""
    return api.post("incidents", wanted, "page", team=team, schedule=schedule, person=person)


@verb(incident, "call-vendor", _incident)
def call_vendor(
    api: Remote,
    wanted: Key,
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="Slug or id.", show_default=False)],
    text: Annotated[str, typer.Option("--text", help="What was said.")] = "",
) -> Any:
    """Put a call to a vendor on an incident, as an escalation."""
    return api.post("incidents", wanted, "call-vendor", vendor=vendor, text=text)


@verb(incident, "add-member", _incident)
def add_member(api: Remote, wanted: Key, person: Annotated[str, typer.Option("--person", help="Mail address or id.")]) -> Any:
    """Let a person see a private incident."""
    return api.post("incidents", wanted, "add-member", person=person)


@verb(incident, "timeline", table("at", "kind", "actor", "text"))
def timeline(api: Remote, wanted: Key, limit: Annotated[int, typer.Option("--limit", min=1, max=200)] = 50) -> Any:
    """Show the timeline, newest first."""
    return api.get("incidents", wanted, "timeline", limit=limit)


@verb(incident, "alerts", table("number", "status", "service", "title"))
def linked_alerts(api: Remote, wanted: Key) -> Any:
    """List the alerts of an incident."""
    return api.get("incidents", wanted, "alerts")


def _times(started: str, detected: str, ended: str, unknown: list[str] | None) -> dict[str, Any]:
    return {
        "impact_started_at": instant(started, "--impact-started"),
        "detected_at": instant(detected, "--detected"),
        "impact_ended_at": instant(ended, "--impact-ended"),
        "unknown": unknown or [],
    }
