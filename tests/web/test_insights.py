"""The report: a claim, a distribution, and the same as a table."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.incidents import commands

pytestmark = pytest.mark.django_db


def over(there: World, began: dt.datetime, *, found: int, restored: int, severity: int = 2) -> None:
    """An incident of so many minutes until it was found, and restored."""
    actor = company.actor(there.ada)
    seen = began + dt.timedelta(minutes=found)
    made = commands.declare(actor, summary="Cards fail", severity=severity, service=there.checkout, source="monitoring", now=seen)
    commands.take_command(actor, made, now=seen)
    ended = began + dt.timedelta(minutes=restored)
    commands.resolve(
        actor,
        made,
        impact_over=True,
        none_about_to_follow=True,
        impact_started_at=began,
        impact_ended_at=ended,
        postmortem_owner=there.bo,
        now=ended,
    )


@pytest.mark.req("MET-01", "MET-02", "MET-03")
def test_the_figures_stand_in_the_plot_and_in_the_table() -> None:
    there, now = world(), clock.now()
    for number, minutes in enumerate((20, 30, 60, 90, 120), start=1):
        over(there, now - dt.timedelta(days=number), found=2, restored=minutes)
    page = signed_in(company.stakeholder()).get("/insights").content.decode()
    assert "<svg" in page
    assert "Time to recover as a table" in page
    assert "<b>1 h</b>" in page
    assert "<b>2 min</b>" in page
    assert not re.search(r'd="[^"]*(?:nan|inf|,)', page)


@pytest.mark.req("MET-03")
def test_filters_change_the_figures() -> None:
    there, now = world(), clock.now()
    over(there, now - dt.timedelta(days=3), found=2, restored=30)
    over(there, now - dt.timedelta(days=100), found=2, restored=50, severity=1)
    client = signed_in(there.ada)
    assert len(client.get("/insights?days=30").context["report"].rows) == 1
    assert len(client.get("/insights?days=365").context["report"].rows) == 2
    assert len(client.get("/insights?days=365&severity=1").context["report"].rows) == 1
    assert not client.get("/insights?days=365&severity=3").context["report"].rows
    assert client.get("/insights?days=-1&severity=x&service=%00").status_code == 200


def test_nothing_to_report_is_said_in_words() -> None:
    page = signed_in(company.person()).get("/insights").content.decode()
    assert "nothing to report in this period" in page
    assert "No incident in this period." in page
