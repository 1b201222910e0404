"""What stands in a body beside the words that are planted, so that nothing else is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from tests.planted.ground import LEAVE, RESOLVE, Body, Ground, ahead, anew, first_words, following_words, someone


def new(**fixed: Any) -> Callable[[Ground], Body]:
    return lambda _: dict(fixed)


def _rotation(ground: Ground) -> Body:
    day = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat()
    return {"starts_on": day, "handover_time": "09:00", "members": [someone(ground)]}


def _policy(ground: Ground) -> Body:
    return {"team": "payments", "steps": [{"wait_minutes": 5, "targets": [{"person": someone(ground)}]}]}


def _override(ground: Ground) -> Body:
    day = anew()
    return {"person": someone(ground), "starts_at": ahead(days=day), "ends_at": ahead(days=day, hours=1)}


def _cover(ground: Ground) -> Body:
    """Somebody's own time on call, another hour each time."""
    shift = [one for one in ground.items("/schedules/payments/shifts") if one["people"]][-1]
    begins = max(dt.datetime.fromisoformat(shift["start"]), dt.datetime.now(dt.UTC)) + dt.timedelta(minutes=10 * (anew() % 40))
    return {
        "person": shift["people"][0]["id"],
        "starts_at": begins.isoformat(),
        "ends_at": (begins + dt.timedelta(minutes=9)).isoformat(),
    }


def _imported(_: Ground) -> Body:
    return {
        "reference": f"OLD-{anew()}",
        "summary": "Words",
        "severity": 2,
        "reported_at": ahead(days=-3),
        "resolved_at": ahead(days=-2),
        "timeline": [{"at": ahead(days=-3), "text": "Words"}],
    }


def _finding(ground: Ground) -> Body:
    theory = ground.made(f"/incidents/{ground.incident}/add-finding", {"kind": "theory", "text": "Words"})
    return {"kind": "experiment", "about": theory["number"]}


def _suspect(ground: Ground) -> Body:
    return {"change": next(one["id"] for one in ground.items("/changes") if not one["incident"])}


def _by_gateway(ground: Ground) -> Body:
    gateway = ground.made("/gateways", {"name": f"Way {anew()}", "url": "https://ntfy.example.com/x"})
    return {"kind": "gateway", "gateway": gateway["id"], "address": f"Words {anew()}"}


def _subscribers(_: Ground) -> Body:
    return {"consent": True, "dry_run": False}


def _last_words(_: Ground) -> Body:
    letter = {"title": "Words", "body": "Words"}
    return {"final": {"internal": letter, "external": letter}}


def _last_item(ground: Ground) -> str:
    parts = ground.site.api("GET", f"/incidents/{ground.incident}/checklist").json["parts"]
    lines = [line["item"] for part in parts for line in part["lines"] if line["state"] == "open"]
    return str(lines[anew() % len(lines)])


BODIES: dict[str, Callable[[Ground], Body]] = {
    "POST /alerts": new(service="checkout"),
    "POST /incidents": new(severity=3),
    "POST /incidents/import": _imported,
    "POST /incidents/{wanted}/skip": lambda ground: {"item": _last_item(ground)},
    "POST /incidents/{wanted}/keep-draft": new(
        internal={"title": "Words", "body": "Words"}, external={"title": "W", "body": "Words"}
    ),
    "POST /incidents/{wanted}/links": lambda _: {"kind": "problem_record", "target": f"https://problems.example.com/{anew()}"},
    "POST /incidents/{wanted}/label-case": lambda _: {"reference": f"CS-{anew()}"},
    "POST /incidents/{wanted}/add-post": lambda _: {"url": f"https://social.example/{anew()}"},
    "POST /incidents/{wanted}/assign-role": lambda ground: {"role": f"Runner {anew()}", "person": someone(ground)},
    "POST /incidents/{wanted}/hand-over": lambda ground: {"role": f"Runner {anew()}", "person": someone(ground)},
    "POST /incidents/{wanted}/release-role": new(role="Scribe"),
    "POST /incidents/{wanted}/offer-role": lambda ground: {
        "role": f"Walker {anew()}",
        "person": someone(ground),
        "brief": {"called": True, "roles": "Words", "work": "Words", "next_at": ahead(hours=1), "next_to": "Words"},
    },
    "POST /incidents/{wanted}/note": new(kind="change"),
    "POST /incidents/{wanted}/call-vendor": lambda ground: {"vendor": ground.one("/vendors", "slug")},
    "POST /incidents/{wanted}/suspect-change": _suspect,
    "POST /incidents/{wanted}/add-finding": _finding,
    "POST /incidents/{wanted}/findings/{finding_number}/conclude": new(result="supports"),
    "POST /incidents/{wanted}/messages/{message_id}/edit": new(version=1),
    "POST /incidents/{wanted}/document/rows": new(cells={"what": "Words", "who": "Words", "when": "Words"}),
    "PATCH /incidents/{wanted}/document/rows/{row_id}": new(cells={"what": "Words", "who": "Words"}),
    "POST /incidents/{wanted}/post-update (first)": lambda _: first_words(),
    "POST /incidents/{wanted}/post-update": lambda _: following_words(),
    "POST /incidents/{wanted}/hold-update (first)": lambda _: first_words(),
    "POST /incidents/{wanted}/hold-update": lambda _: following_words(),
    "POST /incidents/{wanted}/ask-reader (first)": lambda ground: {**first_words(), "reader": someone(ground)},
    "POST /incidents/{wanted}/ask-reader": lambda ground: {**following_words(), "reader": someone(ground)},
    "POST /incidents/{wanted}/readings/{reading}/answer": new(verdict="commented"),
    "POST /incidents/{wanted}/resolve": lambda ground: {**RESOLVE, **_last_words(ground)},
    "POST /incidents/{wanted}/close-updates": _last_words,
    "POST /incidents/{wanted}/link-task": lambda _: {"address": f"https://tracker.example.com/{anew()}"},
    "POST /lists": new(severities=[1]),
    "POST /mirrors": new(kind="signed", audience="external", address="https://own.example.com/hook"),
    "POST /subscribers/import": _subscribers,
    "POST /dashboards": new(team="payments"),
    "POST /incident-templates": new(team="payments"),
    "POST /message-templates": new(audience="external"),
    "POST /services": new(team="payments"),
    "POST /services/{wanted}/keys": new(kind="generic"),
    "POST /people": lambda _: {"email": f"planted{anew()}@larkfield.example"},
    "POST /people/{wanted}/contact-methods": _by_gateway,
    "POST /lists/{wanted}/add-member": lambda _: {"address": f"reader{anew()}@example.com"},
    "POST /people/{wanted}/tokens": new(scopes=["read"]),
    "POST /people/{wanted}/away-calendars": lambda ground: {"file": LEAVE},
    "POST /teams/{wanted}/away-calendars": lambda ground: {"file": LEAVE},
    "POST /short-links": lambda _: {"name": f"planted{anew()}", "target": "/oncall"},
    "POST /schedules": new(team="payments"),
    "POST /schedules/{wanted}/add-rotation": _rotation,
    "POST /schedules/{wanted}/rotations/{rotation}/change": _rotation,
    "POST /schedules/{wanted}/add-override": _override,
    "POST /schedules/{wanted}/ask-cover": _cover,
    "POST /actions": new(incident="HOT-38", category="detect"),
    "POST /communications-reviews/{wanted}/note": lambda _: {"at": ahead(days=-1)},
    "POST /communications-reviews/{wanted}/add-action": new(kind="people"),
    "POST /maintenances": lambda _: {"starts_at": ahead(days=2), "ends_at": ahead(days=3)},
    "POST /maintenance-series": lambda _: {
        "starts_at": ahead(days=2),
        "ends_at": ahead(days=2, hours=1),
        "rule": "FREQ=WEEKLY;BYDAY=SU;COUNT=2",
        "zone": "UTC",
    },
    "POST /maintenances/{wanted}/move": lambda _: {"starts_at": ahead(days=4), "ends_at": ahead(days=5)},
    "POST /backfilled-entries": lambda _: {"started_at": ahead(days=-3), "resolved_at": ahead(days=-2)},
    "POST /policies": _policy,
    "PATCH /policies/{wanted}": lambda ground: {"steps": _policy(ground)["steps"]},
    "POST /webhooks": new(team="payments", address="https://chat.example.com/hook"),
    "POST /cheat-sheet/items": new(section="connect"),
    "POST /gateways": new(url="https://ntfy.example.com/x", headers={"X-Words": "Words"}),
}
"""By operation; one that needs nothing else is not listed."""
