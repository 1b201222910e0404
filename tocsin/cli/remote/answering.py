"""`alert`, `page` and `oncall`: what wakes people, and who is woken."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import NO, say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, instant, line, noun, plain_verbs, table, verb

alert = noun("alert", "Alerts: what monitoring systems or people reported.")
page = noun("page", "Pages: who was asked to answer.")
oncall = noun("oncall", "Who is on call.")

AlertName = Annotated[str, typer.Argument(metavar="ALERT", help="Number or id: 4821.", show_default=False)]
PageName = Annotated[str, typer.Argument(metavar="PAGE", help="Id: pag_….", show_default=False)]
At = Annotated[str, typer.Option("--at", help="An instant, or a distance from now such as 2h.")]

_alert = line("#{number} {status}: {title} ({service})")
_page = line("{person} {status}, for {card}")


@verb(alert, "list", table("number", "status", "urgency", "service", "title", "started_at", "acknowledged_by", "incident"))
def list_alerts(
    api: Remote,
    status: Annotated[str, typer.Option("--status", help="triggered, acknowledged, resolved, suppressed or open.")] = "",
    service: Annotated[str, typer.Option("--service", help="Slug of a service.")] = "",
    q: Annotated[str, typer.Option("--search", help="Words to look for.")] = "",
    limit: Limit = 50,
) -> Any:
    """List alerts, newest first."""
    return api.listed("alerts", limit=limit, status=status, service=service, q=q)


@verb(alert, "show", fields)
def show_alert(api: Remote, wanted: AlertName) -> Any:
    """Show one alert."""
    return api.get("alerts", wanted)


@verb(alert, "create", _alert)
def create_alert(
    api: Remote,
    title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False)],
    service: Annotated[str, typer.Option("--service", help="Slug of the service that is broken.")],
    description: Annotated[str, typer.Option("--description")] = "",
    urgency: Annotated[str, typer.Option("--urgency", help="high or low.")] = "high",
) -> Any:
    """Open an alert by hand: somebody saw it first. Pages the service's policy like any other."""
    return api.post("alerts", title=title, service=service, description=description, urgency=urgency)


plain_verbs(
    alert,
    "alerts",
    "ALERT",
    _alert,
    {
        "acknowledge": "Acknowledge: you answer, escalation stops.",
        "escalate": "Page the next step of the policy now.",
        "resolve": "Resolve by hand.",
    },
)


@verb(page, "list", table("id", "status", "person", "card.key", "card.title", "urgency", "created_at"))
def list_pages(
    api: Remote,
    status: Annotated[str, typer.Option("--status", help="waiting, sent, acknowledged, cancelled, failed or undelivered.")] = "",
    person: Annotated[str, typer.Option("--person", help="Mail address, id, or me.")] = "",
    limit: Limit = 50,
) -> Any:
    """List pages, newest first."""
    return api.listed("pages", limit=limit, status=status, person=person)


@verb(page, "show", fields)
def show_page(api: Remote, wanted: PageName) -> Any:
    """Show one page."""
    return api.get("pages", wanted)


plain_verbs(
    page,
    "pages",
    "PAGE",
    _page,
    {
        "acknowledge": "Acknowledge: you answer.",
        "pass-on": "You cannot: the next step is taken now.",
        "escalate": "Page the next step as well, now.",
    },
)


def _rows(answer: Any) -> None:
    rows = [[row["schedule"], _people(row), row["until"] or ""] for row in answer["items"]]
    show_table(("schedule", "on call", "until"), rows)


def _cover(answer: Any) -> None:
    say(_people(answer) + (f" (until {answer['until']})" if answer["until"] else ""))
    if answer["gap"]:
        raise typer.Exit(NO)


def _people(answer: Any) -> str:
    return ", ".join(person["name"] for person in answer["people"]) or "nobody"


@verb(oncall, "now", _rows)
def now(api: Remote, at: At = "") -> Any:
    """Who is on call in every schedule, now or at an instant."""
    moment = instant(at, "--at")
    schedules = api.listed("schedules", limit=1000)["items"]
    return {"items": [{"schedule": one["slug"], **api.get("schedules", one["id"], "on-call", at=moment)} for one in schedules]}


@verb(oncall, "who", _cover)
def who(
    api: Remote,
    wanted: Annotated[str, typer.Argument(metavar="SCHEDULE", help="Slug or id of a schedule, or the slug of a team.")],
    at: At = "",
) -> Any:
    """Who is on call in one schedule, now or at an instant. Leaves with 1 when nobody is."""
    schedules = api.listed("schedules", limit=1000)["items"]
    own = [one for one in schedules if wanted in (one["slug"], one["id"])] or [one for one in schedules if one["team"] == wanted]
    return api.get("schedules", own[0]["id"] if own else wanted, "on-call", at=instant(at, "--at"))


def _proof(answer: Any) -> None:
    for one in answer["findings"]:
        say(("FAILS  " if one["fails"] else "warning") + f" {one['words']} ({' and '.join(one['urgencies'])} urgency)")
    failing = len({one["service"] for one in answer["findings"] if one["fails"]})
    services = f"{answer['services']} service{'' if answer['services'] == 1 else 's'}"
    verdict = f"{failing} of them page nobody at some time" if failing else "every alert ends at somebody"
    say(f"{services}, {answer['days']} days: {verdict}.")


@verb(oncall, "prove", _proof, refuses=lambda answer: not answer["proven"])
def prove(api: Remote, service: Annotated[str, typer.Option("--service", help="Slug of one service; left out: all.")] = "") -> Any:
    """Prove that every alert of the next 400 days ends at somebody. Leaves with 1 when one does not."""
    return api.get("on-call", "proof", service=service)


def _places(answer: Any) -> None:
    rows = [
        [place["at"], f"step {place['step']}" if place["step"] else "last resort", _asks(place), _pages(place)]
        for place in answer["places"]
    ]
    show_table(("at", "step", "asks", "pages"), rows)


def _asks(place: Any) -> str:
    return ", ".join([*place["targets"], *(f"webhook {name}" for name in place.get("webhooks", ()))])


def _pages(place: Any) -> str:
    """`Ana by mail, sms after 5 min`."""
    if not place["people"]:
        return "nobody" if place["counts"] else "not at this hour"
    return "; ".join(f"{one['person']['name']} by {', '.join(_way(way) for way in one['ways'])}" for one in place["people"])


def _way(way: Any) -> str:
    after = f" after {way['delay_minutes']} min" if way["delay_minutes"] else ""
    return f"{way['name']}{after}" if way["proven"] else f"{way['name']} only"


@verb(oncall, "at", _places)
def foresee(
    api: Remote,
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="Slug or id.", show_default=False)],
    at: At = "",
    urgency: Annotated[str, typer.Option("--urgency", help="high or low.")] = "high",
) -> Any:
    """Who would be paged for a service at an instant, when and how, until the last resort."""
    return api.get("services", service, "would-page", at=instant(at, "--at"), urgency=urgency)


def _loads(answer: Any) -> None:
    rows = [[one["person"]["name"], *(f"{one[name]:.1f}" for name in ("hours", "night_hours", "weekend_hours"))] for one in answer]
    show_table(("person", "hours", "at night", "on weekends"), rows)


@verb(oncall, "load", _loads)
def load(
    api: Remote,
    since: Annotated[str, typer.Option("--since", help="An instant, or a distance from now such as -28d.")] = "",
    until: Annotated[str, typer.Option("--until", help="Likewise; left out: now.")] = "",
    schedule: Annotated[str, typer.Option("--schedule", help="Slug or id of one schedule; left out: all.")] = "",
) -> Any:
    """Who is on call how much: hours, nights and weekends of each person."""
    given = {"since": instant(since, "--since"), "until": instant(until, "--until")}
    return api.get("on-call", "load", **given, schedule=schedule)
