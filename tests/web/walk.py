"""Signing in and a small world for the tests of pages."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from django.test import Client

from tests import company
from tocsin.directory.models import Person, Product, Service


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


@dataclass(frozen=True, slots=True)
class World:
    """Ada and Bo answer for checkout; Imogen is the last resort."""

    ada: Person
    bo: Person
    imogen: Person
    checkout: Service
    tickets: Product
    wallet: Product


def world() -> World:
    ada, bo, imogen = company.person("Ada"), company.person("Bo", zone="Asia/Tokyo"), company.person("Imogen")
    payments = company.team("Payments", ada, bo)
    tickets, wallet = company.product("Tickets"), company.product("Wallet")
    checkout = company.service("Checkout API", payments, tickets, wallet)
    roster = company.schedule(payments, ada)
    company.cover(checkout, policy=company.policy(payments, roster, bo))
    company.last_resort(imogen)
    return World(ada, bo, imogen, checkout, tickets, wallet)


def filled(page: str, word: str) -> dict[str, list[str]]:
    """What a browser sends of the form whose markup has this word, as the page came."""
    form = next(one for one in re.findall(r"<form\b.*?</form>", page, re.DOTALL) if word in one)
    pairs = [_typed(tag) for tag in re.findall(r"<input\b[^>]*>", form)]
    pairs += [
        (_part(opening, "name"), _chosen(inner))
        for opening, inner in re.findall(r"(<select\b[^>]*>)(.*?)</select>", form, re.DOTALL)
    ]
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if name and value is not None:
            found.setdefault(name, []).append(value)
    return found


def _typed(tag: str) -> tuple[str, str | None]:
    ticks = 'type="checkbox"' in tag or 'type="radio"' in tag
    return _part(tag, "name"), None if ticks and " checked" not in tag else _part(tag, "value")


def _chosen(options: str) -> str:
    every = re.findall(r"<option\b[^>]*>[^<]*", options)
    tag, _, words = next((one for one in every if " selected" in one), every[0]).partition(">")
    return _part(tag, "value") if "value=" in tag else html.unescape(words)


def _part(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""
