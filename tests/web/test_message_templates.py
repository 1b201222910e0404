"""Message templates in the browser: written down by administrators, filled into the form of an update, changed before it goes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from tests import company
from tests.hostile import NASTY
from tests.web.walk import World, signed_in, world
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.statuspages import commands as pages
from tocsin.statuspages.messages import commands as templates
from tocsin.statuspages.messages.models import MessageTemplate
from tocsin.statuspages.models import Update

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    return commands.declare(
        company.actor(there.ada), summary="Cards fail", severity=1, service=there.checkout, products=[there.tickets], now=now
    )


def written(**fields: str) -> MessageTemplate:
    given = {"name": "Looking", "audience": "external", "body": "{{ products }} fail. Words by {{ next_update }}.", **fields}
    return templates.create_template(SYSTEM, **given, now=clock.now())


@pytest.mark.req("ICO-11")
def test_a_template_fills_the_form_and_is_changed_before_it_goes(there: World, incident: Incident) -> None:
    written(title="{{ products }} again")
    client = signed_in(there.ada)
    page = client.get("/HOT-1/update")
    assert [one.name for one in page.context["ready"]["external"]] == ["Looking"]
    form = {name: value for name, value in page.context["form"].values.items() if isinstance(value, str)}
    filled = client.post("/HOT-1/update", form | {"template_external": "looking", "do": "fill", "next": "18:00"})
    values = filled.context["form"].values
    assert (filled.status_code, values["external_title"], values["to_external"]) == (200, "Tickets again", True)
    assert values["external_body"].startswith("Tickets fail. Words by ")
    assert "unknown" not in values["external_body"]
    assert values["internal_body"] == form["internal_body"]
    again = {name: value for name, value in values.items() if isinstance(value, str)} | {"to_external": "1"}
    review = client.post("/HOT-1/update", again | {"external_body": "Tickets fail for some.", "do": "review"})
    assert "Tickets fail for some." in review.content.decode()
    assert not Update.objects.exists()


def test_what_is_not_known_is_named_and_a_template_of_others_is_refused(there: World, incident: Incident) -> None:
    written(name="Long", body="After {{ duration }}.")
    written(name="Join", audience="team", body="{{ key }}: join the call & look.")
    client = signed_in(there.ada)
    page = client.post("/HOT-1/update", {"status": "investigating", "template_external": "long", "do": "fill"}).content.decode()
    assert "Not known yet: duration." in page
    assert "After currently unknown." in page
    assert "say=HOT-1%3A+join+the+call+%26+look." in page
    wrong = client.post("/HOT-1/update", {"status": "investigating", "template_external": "join", "do": "fill"})
    assert wrong.context["form"].errors["template_external"] == "Join is for others."
    gone = client.post("/HOT-1/update", {"status": "investigating", "template_internal": "gone", "do": "fill"})
    assert "no such message template" in gone.context["form"].errors["template_internal"]


def test_a_follow_up_takes_the_parts_of_a_template(there: World, incident: Incident) -> None:
    actor = company.actor(there.ada)
    from_then = clock.now() + dt.timedelta(hours=1)
    pages.post_update(
        actor, incident, status="investigating", internal={"body": "x"}, next_update_at=from_then, confirmation="1", now=clock.now()
    )
    written(name="Hit", audience="internal", body="{{ key }} goes on.\n\nCurrent status:\n- One\n- Two\n\nNext steps:\n- Three")
    client = signed_in(there.ada)
    page = client.post("/HOT-1/update", {"status": "identified", "template_internal": "hit", "do": "fill", "opening": "x"})
    values = page.context["form"].values
    assert (values["opening"], values["current_status"], values["next_steps"]) == ("HOT-1 goes on.", "One\nTwo", "Three")


def test_an_administrator_keeps_them_and_hostile_words_do_nothing(there: World) -> None:
    root: Client = signed_in(company.administrator("Root"))
    form = {"name": "Nasty", "audience": "internal", "stage": "first", "title": "", "body": "\n".join(NASTY)}
    assert root.post("/message-templates/new", form)["Location"] == "/message-templates"
    page = root.get("/message-templates").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    refused = root.post("/message-templates/nasty", form | {"body": "{{ cause }}"})
    assert (refused.status_code, "There is no slot" in refused.content.decode()) == (422, True)
    assert root.post("/message-templates/nasty", {"do": "remove"})["Location"] == "/message-templates"
    assert not MessageTemplate.objects.exists()
    assert signed_in(there.ada).get("/message-templates/new").status_code == 403
