"""Fills an empty installation with a small company: `python -m tests.acceptance.seed`, a description on standard input.

    {"people": [{"name": "Ada", "by": [["mail", 0], ["call", 2]], "low": [["mail", 0]]}],
     "gateway": "http://127.0.0.1:9/sms",
     "services": [{"name": "Checkout API", "steps": [["Ada"], ["Bo"]], "wait": 5, "repeats": 1, "roster": ["Imogen"]}],
     "webhooks": {"Chat": "/chat"}, "outside": "http://127.0.0.1:9",
     "last_resort": ["Imogen"]}

A step may name webhooks beside people, or alone. It prints tokens, sessions, keys and secrets: `{"tokens": {"Ada": "…"}, "keys":
{"checkout-api": {"generic": "…", "alertmanager": "…"}}, "secrets": {"Chat": "whsec_…"}}`.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib import auth  # noqa: E402

from tests import company  # noqa: E402  (models exist only after the set-up)
from tocsin.alerts import commands as alerts  # noqa: E402
from tocsin.cli.inside import schema  # noqa: E402
from tocsin.core.actor import SYSTEM  # noqa: E402
from tocsin.core.clock import now  # noqa: E402
from tocsin.directory import commands as directory  # noqa: E402
from tocsin.directory.models import Gateway, Person  # noqa: E402
from tocsin.directory.rules import SCOPES  # noqa: E402
from tocsin.oncall import commands as oncall  # noqa: E402

Ways = list[tuple[str, int]]


def make(description: dict[str, Any]) -> dict[str, Any]:
    gateway = _gateway(description["gateway"])
    people = {one["name"]: _person(one, gateway) for one in description["people"]}
    responders = [someone for someone in people.values() if someone.role == Person.RESPONDER]
    team = company.team("Payments", *responders, manager=responders[0])
    company.last_resort(*[people[name] for name in description["last_resort"]])
    outside, wanted = description.get("outside", ""), description.get("webhooks", {})
    hooks = {name: _webhook(team, name, f"{outside}{path}") for name, path in wanted.items()}
    targets = people | {name: webhook for name, (webhook, _) in hooks.items()}
    keys = {company.slug(one["name"]): _service(one, team, targets) for one in description["services"]}
    tokens = {name: directory.create_token(SYSTEM, one, name="tests", scopes=SCOPES, now=now())[1] for name, one in people.items()}
    secrets = {name: secret for name, (_, secret) in hooks.items()}
    sessions = {name: _session(one) for name, one in people.items()}
    ids = {name: one.id for name, one in people.items()}
    return {"tokens": tokens, "keys": keys, "people": ids, "secrets": secrets, "sessions": sessions}


def _session(someone: Person) -> str:
    """The cookie of a browser in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[auth.SESSION_KEY] = someone.pk
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = someone.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def number_of(someone: Person) -> str:
    """A telephone number that says whose it is: `+43-ada`."""
    return f"+43-{company.slug(someone.name)}"


def _gateway(url: str) -> Gateway:
    body = '{"to": "{{ to }}", "text": "{{ text }}", "link": "{{ link }}"}'
    return directory.create_gateway(
        SYSTEM, name="Text messages", method="POST", url=url, headers={"X-Key": "k7"}, body=body, now=now()
    )


def _webhook(team: Any, name: str, url: str) -> tuple[Any, str]:
    return oncall.create_webhook(SYSTEM, team=team, name=name, address=url, now=now())


def _person(one: dict[str, Any], gateway: Gateway) -> Person:
    made = company.person(one["name"], one.get("role", Person.RESPONDER), reach=False)
    ways = {"mail": company.method(made), "call": company.method(made, number_of(made), gateway=gateway)}
    for urgency, chosen in (("high", one.get("by")), ("low", one.get("low"))):
        plan: Ways = chosen or [("mail", 0)]
        company.notify(made, *[ways[way] for way, _ in plan], urgency=urgency, delays=tuple(delay for _, delay in plan))
    return made


def _service(one: dict[str, Any], team: Any, people: dict[str, Person]) -> dict[str, str]:
    made = company.service(one["name"], team)
    targets = [_target(one["name"], position, names, team, people) for position, names in enumerate(one["steps"])]
    policy = company.policy(team, *targets, wait=one.get("wait", 5), repeats=one.get("repeats", 1), name=f"{one['name']} policy")
    roster = company.schedule(team, *[people[name] for name in one.get("roster", [])], name=f"{one['name']} managers")
    company.cover(made, policy=policy, roster=roster if one.get("roster") else None)
    doors = ("generic", "alertmanager")
    return {kind: alerts.create_key(SYSTEM, made, kind=kind, name=kind, now=now())[1] for kind in doors}


def _target(service: str, position: int, names: list[str], team: Any, people: dict[str, Person]) -> Any:
    if len(names) == 1:
        return people[names[0]]
    return company.schedule(team, *[people[name] for name in names], name=f"{service} step {position}")


if __name__ == "__main__":
    schema.bring_up_to_date()
    json.dump(make(json.load(sys.stdin)), sys.stdout)
