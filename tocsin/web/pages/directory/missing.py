"""What an installation still lacks before it can be trusted, in words. Shown at the end of the set-up and to administrators."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from tocsin.core.settings import is_loopback
from tocsin.directory import queries
from tocsin.directory.models import Gateway, Person, Product
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import RotationMember
from tocsin.paging.models import Page


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that should hold. `words` says what is so, or what is at risk; `link` leads to where it is mended."""

    done: bool
    words: str
    link: str = ""
    act: str = ""


def points(person: Person, now: dt.datetime) -> list[Point]:
    """Ten points, those not done first."""
    found = [*_reach(person), *_cover(), *_house(person)]
    return sorted(found, key=lambda point: point.done)


def _reach(person: Person) -> list[Point]:
    mails, gateways = bool(queries.mails()), Gateway.objects.exists()
    proven = queries.reachable(person)
    paged = Page.objects.filter(status=Page.ACKNOWLEDGED).exists()
    return [
        Point(mails, "Mail leaves the house.")
        if mails
        else Point(False, "No mail server: nobody can be paged by mail.", "/start/mail", "Enter one"),
        Point(proven, "Your address is proven.")
        if proven
        else Point(False, "Your address is not proven: a page might go nowhere.", "/start/mail", "Answer the test mail"),
        Point(True, "There is a second channel beside mail.")
        if mails and gateways
        else Point(False, "One channel only: when mail is down, nobody is told.", "/gateways/new", "Set up a gateway"),
        Point(True, "A real page was acknowledged.")
        if paged
        else Point(False, "No page was acknowledged yet: the whole way is unproven.", "/start/page", "Page me"),
    ]


def _cover() -> list[Point]:
    resort = oncall.last_resort()
    alone = RotationMember.objects.values("person").distinct().count() < 2
    return [
        Point(True, f"{resort.name} is the last resort.")
        if resort
        else Point(False, "No last resort: when nobody answers, administrators stand in.", "/oncall", "Choose a schedule"),
        Point(
            False, "You are on call alone: while you sleep through a page, nobody else is called.", "/people/new", "Invite somebody"
        )
        if alone
        else Point(True, "More than one person takes turns."),
        Point(True, "Customers find products on the status page.")
        if Product.objects.exists()
        else Point(False, "No product: the status page cannot say what is affected.", "/products", "Add a product"),
    ]


def _house(person: Person) -> list[Point]:
    host = settings.TOCSIN.base_url.partition("://")[2].partition(":")[0].partition("/")[0]
    outside = Point(
        False,
        "No outside watcher: if this machine dies, nobody is told. Let another machine ask /readyz every minute and call you.",
    )
    return [
        outside,
        Point(True, "The address is served over HTTPS.")
        if settings.TOCSIN.secure
        else Point(
            False,
            "Links in pages lead to this machine only: set TOCSIN_BASE_URL to the address people use."
            if is_loopback(host)
            else "Without HTTPS passwords can be read on the way: set TOCSIN_BASE_URL to an https address.",
        ),
        Point(True, "You sign in with a second factor.")
        if person.id in queries.second_factors()
        else Point(False, "Your password alone opens everything.", "/account/2fa/", "Set up a second factor"),
    ]
