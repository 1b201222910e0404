"""What stands around every page, and the first screen."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests import company
from tests.web.walk import World, signed_in, world
from tocsin.alerts import commands as alerts
from tocsin.collab.models import ShortLink
from tocsin.core import clock
from tocsin.core.actor import SYSTEM
from tocsin.core.models import MailboxMessage
from tocsin.core.store import facts
from tocsin.directory.models import Person
from tocsin.incidents import commands as incidents
from tocsin.paging import auditing
from tocsin.paging.jobs import advance
from tocsin.paging.models import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


def words(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


def proved() -> None:
    facts.put(auditing.FACT, {"at": clock.rfc3339(clock.now()), "problems": []})


def test_the_theme_is_in_the_first_byte_and_stays_for_pages_before_sign_in(there: World) -> None:
    Person.objects.filter(pk=there.ada.pk).update(theme="night")
    client = signed_in(there.ada)
    assert client.get("/").content.decode().startswith('<!doctype html>\n<html lang="en" data-theme="night">')
    del client.cookies["sessionid"]
    assert 'data-theme="night"' in client.get("/account/login/").content.decode()[:80]


def test_following_the_system_writes_no_theme(there: World) -> None:
    assert '<html lang="en">' in signed_in(there.ada).get("/").content.decode()[:60]


def test_the_watch_line_says_whether_i_am_on_call_and_who_is(there: World) -> None:
    assert "You are on call: Payments on call" in words(signed_in(there.ada).get("/keys"))
    said = words(signed_in(there.bo).get("/keys"))
    assert "You are not on call. Ada is, for Payments on call." in said
    assert "in Tokyo" in said


def test_the_watch_line_counts_open_incidents_in_words_and_shapes(there: World) -> None:
    client = signed_in(there.bo)
    assert "No major incident" in words(client.get("/keys"))
    incidents.declare(SYSTEM, summary="Cards fail", severity=1, service=there.checkout, now=clock.now())
    assert "1 Sev 1" in words(client.get("/keys"))


def test_a_pager_that_cannot_prove_itself_says_so_on_every_page(there: World) -> None:
    facts.put(auditing.FACT, {"at": clock.rfc3339(clock.now()), "problems": ["#7: the next step is late."]})
    said = words(signed_in(there.bo).get("/keys"))
    assert "cannot prove that it would reach somebody" in said
    assert "#7: the next step is late." in said
    proved()
    assert "cannot prove" not in words(signed_in(there.bo).get("/keys"))


def test_a_held_installation_says_so_and_an_administrator_releases_it(there: World) -> None:
    facts.put("hold", True)
    assert "On hold: nobody is paged" in words(signed_in(there.bo).get("/"))
    assert "Release and page" not in words(signed_in(there.bo).get("/"))
    root = signed_in(company.administrator())
    assert "Release and page" in words(root.get("/"))
    assert "Released." in words(root.post("/hold/release", follow=True))
    assert not facts.on_hold()
    assert signed_in(there.bo).post("/hold/release").status_code == 403


def test_a_held_installation_shows_whom_it_would_page(there: World) -> None:
    facts.put("hold", True)
    alerts.open_by_hand(company.actor(there.bo), there.checkout, "Cards fail", now=clock.now())
    said = words(signed_in(there.bo).get("/"))
    assert "If it were released now, this would be paged" in said
    assert "Cards fail" in said
    assert "Ada" in said


def test_a_held_installation_does_not_tell_outsiders_of_a_private_incident(there: World) -> None:
    facts.put("hold", True)
    root = company.administrator()
    incidents.declare(company.actor(root), summary="Leaked", severity=1, service=there.checkout, private=True, now=clock.now())
    assert "Leaked" not in words(signed_in(there.bo).get("/"))
    assert "Leaked" in words(signed_in(root).get("/"))


def test_only_the_symbols_in_use_travel(there: World) -> None:
    html = signed_in(there.bo).get("/keys").content.decode()
    used = set(re.findall(r'<use href="#([^"]+)"', html))
    assert set(re.findall(r'<symbol id="([^"]+)"', html)) == used


def test_every_time_can_be_read_by_a_machine_and_names_utc(there: World) -> None:
    html = signed_in(there.ada).get("/oncall").content.decode()
    times = re.findall(r"<time ([^>]*)>", html)
    assert times
    assert all(re.match(r'datetime="[0-9T:.-]+Z" title="[^"]+ UTC"', one) for one in times)


def test_home_asks_for_an_answer_first(there: World) -> None:
    client = signed_in(there.ada)
    proved()
    assert "Nothing waits for you" in words(client.get("/"))
    alert = alerts.open_by_hand(company.actor(there.bo), there.checkout, "Cards fail", now=clock.now())
    advance.tick(clock.now())
    said = words(client.get("/"))
    assert "One page waits for you" in said
    assert "It goes to Bo" in said
    page = Page.objects.get(subject=alert.id)
    answer = client.post(f"/pages/{page.id}/acknowledge", follow=True)
    assert f"You have #{alert.number} now" in words(answer)
    assert "Nothing waits for you" in words(answer)


def test_answering_what_somebody_has_taken_already_says_so(there: World) -> None:
    alert = alerts.open_by_hand(company.actor(there.bo), there.checkout, "Cards fail", now=clock.now())
    advance.tick(clock.now())
    alerts.acknowledge(company.actor(there.bo), alert, now=clock.now())
    page = Page.objects.get(subject=alert.id)
    answer = signed_in(there.ada).post(f"/pages/{page.id}/acknowledge", follow=True)
    assert "Somebody was faster" in words(answer)


def test_the_page_of_somebody_else_is_not_answered_on_home(there: World) -> None:
    alerts.open_by_hand(company.actor(there.bo), there.checkout, "Cards fail", now=clock.now())
    advance.tick(clock.now())
    page = Page.objects.get(person=there.ada)
    assert signed_in(there.imogen).post(f"/pages/{page.id}/acknowledge").status_code == 404
    page.refresh_from_db()
    assert page.acknowledged_at is None


def test_home_lists_my_incidents_with_my_role_and_the_next_update(there: World) -> None:
    incident = incidents.declare(company.actor(there.bo), summary="Cards fail", severity=1, service=there.checkout, now=clock.now())
    incidents.take_command(company.actor(there.ada), incident, now=clock.now())
    said = words(signed_in(there.ada).get("/"))
    assert f"{incident.key} Cards fail" in said
    assert "Incident manager" in said
    assert "Reporter" in words(signed_in(there.bo).get("/"))
    assert incident.key not in words(signed_in(company.person("Otto")).get("/"))


def test_on_call_now_names_everybody_and_every_gap(there: World) -> None:
    company.schedule(company.team("Screens"), name="Screens")
    said = words(signed_in(there.bo).get("/oncall"))
    assert "One schedule has nobody on call" in said
    assert "Nobody: Screens" in said
    assert "Last resort" in said
    assert "Ada" in words(signed_in(there.bo).get("/oncall/print"))


def test_go_to_leads_straight_to_a_key_or_number(there: World) -> None:
    client = signed_in(there.ada)
    incident = incidents.declare(company.actor(there.ada), summary="Cards fail", severity=3, now=clock.now())
    alert = alerts.open_by_hand(company.actor(there.ada), there.checkout, "Disk full", now=clock.now())
    assert client.get(f"/search?q={incident.key.lower()}")["Location"] == f"/{incident.key}"
    assert client.get(f"/search?q=%23{alert.number}")["Location"] == f"/a/{alert.number}"
    said = words(client.get("/search?q=fail"))
    assert "Cards fail" in said
    assert "Checkout API" in words(client.get("/search?q=checkout"))
    assert "Nothing has" in words(client.get("/search?q=HOT-99999"))
    assert client.get("/search?q=%00").status_code == 200


def test_search_never_finds_a_private_incident_for_an_outsider(there: World) -> None:
    incident = incidents.declare(company.actor(there.ada), summary="Hush now", severity=3, private=True, now=clock.now())
    assert "Hush now" in words(signed_in(there.ada).get("/search?q=hush"))
    outsider = signed_in(company.person("Otto"))
    assert "Hush now" not in words(outsider.get("/search?q=hush"))
    assert outsider.get(f"/search?q={incident.key}").status_code == 200


def test_a_name_leads_where_somebody_pointed_it(there: World) -> None:
    ShortLink.objects.create(name="runbook", target="/oncall", created_at=clock.now(), updated_at=clock.now())
    client = signed_in(there.ada)
    assert client.get("/go/runbook")["Location"] == "/oncall"
    assert client.get("/go/nothing").status_code == 404


def test_the_mailbox_exists_only_where_mails_end_in_it(there: World) -> None:
    client = signed_in(there.ada)
    assert client.get("/mailbox").status_code == 404
    facts.put("demo", {"made": True})
    mail = MailboxMessage.objects.create(
        to="ada@example.com",
        subject="[SEV1 #1] Cards fail",
        body="See\nhttp://localhost/ack/abc.\n<b>",
        message_id="1",
        at=clock.now(),
    )
    assert "[SEV1 #1] Cards fail" in words(client.get("/mailbox"))
    html = client.get(f"/mailbox/{mail.id}").content.decode()
    assert '<a href="http://localhost/ack/abc">http://localhost/ack/abc</a>.' in html
    assert "&lt;b&gt;" in html
    assert client.get("/mailbox/mbx_x").status_code == 404


def test_the_mailbox_is_offered_to_those_for_whom_it_opens(there: World) -> None:
    facts.put("demo", {"made": True})
    for person, offered in ((there.ada, True), (company.stakeholder(), False)):
        reader = signed_in(person)
        assert (reader.get("/mailbox").status_code == 200) is offered
        for path in ("/", "/more"):
            assert ('href="/mailbox"' in reader.get(path).text) is offered, (person.name, path)


def test_the_style_page_shows_every_symbol_and_keys_are_on_one_page(there: World) -> None:
    client = signed_in(there.ada)
    assert client.get("/style").status_code == 200
    assert "Single keys are on" in words(client.get("/keys"))
    Person.objects.filter(pk=there.ada.pk).update(shortcuts=False)
    page = client.get("/keys")
    assert "Single keys are off" in words(page)
    assert 'data-shortcuts="off"' in page.content.decode()


def test_the_page_says_of_when_it_is(there: World) -> None:
    before = clock.now() - dt.timedelta(seconds=1)
    html = signed_in(there.ada).get("/").content.decode()
    said = re.search(r'id="as-of-time"><time datetime="([^"]+)"', html)
    assert said
    assert clock.parse(said.group(1)) >= before.replace(microsecond=0)


def test_no_link_of_the_frame_is_dead(there: World) -> None:
    client = signed_in(company.administrator())
    facts.put("demo", {"made": True})
    html = client.get("/").content.decode() + client.get("/more").content.decode() + client.get("/oncall").content.decode()
    for address in sorted(set(re.findall(r'href="(/[^"#?]*)', html))):
        if not address.startswith("/static/"):
            assert client.get(address).status_code in {200, 302}, address


def test_signed_out_pages_offer_sign_in() -> None:
    assert "Sign in" in words(Client().get("/no/such/page"))
