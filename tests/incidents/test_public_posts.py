"""Public posts: added by hand or from a feed, counted in the assessment and in the postmortem."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from tests.api.caller import Api, refusal
from tests.conftest import NOW
from tests.hostile import NASTY
from tests.incidents.given import at, fixing, house, later, resolved
from tests.integrations.test_vendor_status import Vendor, vendor
from tests.web.walk import signed_in
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.directory.vendor_status import ports
from tocsin.incidents import catalogue
from tocsin.incidents import commands as incidents
from tocsin.incidents.attention import jobs, queries
from tocsin.incidents.attention.models import Mention
from tocsin.incidents.commands import attending
from tocsin.integrations.vendor_status import Feeds
from tocsin.postmortems.models import Postmortem

__all__ = ("vendor",)
pytestmark = pytest.mark.django_db
FIVE = dt.timedelta(minutes=5)


def entry(number: int, said_at: dt.datetime, title: str = "No seats on the map?") -> str:
    link = f"https://social.example/{number}"
    return (
        f"<entry><id>tag:{number}</id><title>{title}</title><updated>{said_at.isoformat()}</updated><link href='{link}'/></entry>"
    )


def feed_of(*entries: str) -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>".encode()


@pytest.fixture
def outside(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """A feed of mentions that is set, read through the guarded client."""
    before = list(ports._reader)
    ports.fill_reader(Feeds(vendor.guard))
    chosen = settings.TOCSIN.model_copy(update={"mentions_feed": vendor.url + "/mentions"})
    monkeypatch.setattr(settings, "TOCSIN", chosen)
    yield vendor
    ports._reader[:] = before


@pytest.mark.req("SYS-16")
def test_three_posts_are_counted_in_the_assessment_and_in_the_postmortem():
    there = house()
    incident = fixing(there)
    for number in (1, 2, 3):
        url = f"https://social.example/{number}"
        attending.add_post(there.actor("sven"), incident, url, text="No seats?", author="@rita", now=later(number))
    attending.add_post(there.actor("ben"), incident, "https://social.example/3", now=later(4))
    told = [catalogue.describe(one.name, one.data).text for one in Event.objects.filter(name="incident.post_added").order_by("id")]
    assert told[-1] == "social.example, the third that is known"
    page = signed_in(there.ben).get(f"/{incident.key}/assess").content.decode()
    assert "Three public posts</a> are known" in page
    assert Api(there.ben).get(f"incidents/{incident.key}/assessment").json()["public_posts"] == 3
    incident.refresh_from_db()
    resolved(there, incident)
    text = Postmortem.objects.get(incident=incident)
    assert "- Public posts: 3" in text.impact
    assert "- [Public post on social.example](https://social.example/2)" in text.references
    assert (
        f'<dd><a href="/{incident.key}/posts">3</a></dd>'
        in signed_in(there.ben).get(f"/{incident.key}/postmortem").content.decode()
    )


def test_what_is_no_public_post_is_refused_with_its_field():
    there = house()
    incident = fixing(there)
    for url in ("", "javascript:alert(1)", "/HOT-1", "ftp://x.example/1"):
        with pytest.raises(Invalid) as refused:
            attending.add_post(there.actor("ben"), incident, url, now=later(5))
        assert refused.value.field == "url"
    with pytest.raises(Invalid, match="before it is counted"):
        attending.add_post(there.actor("ben"), incident, "https://x.example/1", said_at=later(9), now=later(5))
    post = attending.add_post(there.actor("sven"), incident, "https://x.example/1", now=later(5))
    with pytest.raises(NotAllowed):
        attending.remove_post(there.actor("sven"), post, now=later(6))
    attending.remove_post(there.actor("ben"), post, now=later(6))
    with pytest.raises(NotFound):
        attending.remove_post(there.actor("ben"), post, now=later(7))


def test_the_feed_offers_and_a_person_counts(outside: Vendor):
    there = house()
    incident = fixing(there)
    outside.pages["/mentions"] = feed_of(
        entry(1, later(3)), entry(2, NOW - dt.timedelta(hours=3)), entry(3, later(4), "Down again")
    )
    assert jobs.read_mentions(later(5)) == 1
    assert jobs.read_mentions(later(6)) == 0
    offered = queries.mentions(there.actor("ben"), incident)
    assert [one.title for one in offered] == ["Down again", "No seats on the map?"]
    post = attending.count_mention(there.actor("ben"), incident, offered[0], now=later(7))
    assert (post.url, post.text, post.said_at) == ("https://social.example/3", "Down again", later(4))
    assert [one.title for one in queries.mentions(there.actor("ben"), incident)] == ["No seats on the map?"]
    outside.pages["/mentions"] = feed_of()
    assert jobs.read_mentions(later(11)) == 1
    assert Mention.objects.count() == 3


def test_a_feed_that_cannot_be_read_says_so_and_keeps_what_it_listed(outside: Vendor):
    there = house()
    incident = fixing(there)
    outside.pages["/mentions"] = feed_of(entry(1, later(3)))
    jobs.read_mentions(later(5))
    outside.pages["/mentions"] = b"<feed"
    jobs.read_mentions(later(5) + FIVE)
    assert (queries.feed().fault, queries.feed().good_at) == ("the feed is broken XML", later(5))
    page = signed_in(there.ben).get(f"/{incident.key}/posts").content.decode()
    assert "not read: the feed is broken XML" in page
    assert "No seats on the map?" in page


def test_without_a_feed_nothing_is_asked(vendor: Vendor):
    assert jobs.read_mentions(NOW) == 0
    assert queries.feed() is None
    assert vendor.asked == []


def test_hostile_words_do_nothing(outside: Vendor):
    there = house()
    incident = fixing(there)
    title = "&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;"
    bad = entry(1, later(3), title).replace("https://social.example/1", "javascript:alert(1)")
    outside.pages["/mentions"] = feed_of(bad, entry(2, later(3), title))
    jobs.read_mentions(later(5))
    assert [one.url for one in Mention.objects.all()] == ["https://social.example/2"]
    ben = signed_in(there.ben)
    place = f"/{incident.key}/posts"
    ben.post(f"{place}/add", {"url": 'https://x.example/"onmouseover="alert(1)', "text": NASTY[0], "author": NASTY[1]})
    assert ben.post(f"{place}/add", {"url": NASTY[2]}).status_code == 422
    ben.post(f"{place}/mentions/{Mention.objects.get().pk}")
    page = ben.get(place).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"onmouseover=' not in page
    assert incident.posts.count() == 2


def test_the_api_adds_lists_and_removes():
    there = house()
    incident = fixing(there)
    api = Api(there.ben)
    place = f"incidents/{incident.key}"
    made = api.post(f"{place}/add-post", {"url": "https://social.example/1", "said_at": "2026-11-20T09:00:00Z"}).json()
    assert (made["where"], made["added_by"]["name"]) == ("social.example", "Ben")
    assert [one["id"] for one in api.get(f"{place}/posts").json()["items"]] == [made["id"]]
    assert refusal(api.post(f"{place}/add-post", {"url": "no"}), 422)["field"] == "url"
    assert api.post(f"{place}/posts/{made['id']}/remove").status_code == 204
    refusal(api.post(f"{place}/posts/{made['id']}/remove"), 404)
    assert api.get(f"{place}/mentions").json()["items"] == []


def test_a_private_incident_shows_its_posts_to_those_who_may_know():
    there = house()
    incident = incidents.declare(there.actor("ben"), summary="Breach", severity=3, private=True, now=later(0))
    attending.add_post(there.actor("ben"), incident, "https://x.example/1", now=at(10))
    with pytest.raises(NotFound):
        queries.posts(there.actor("ana"), incident)
    with pytest.raises(NotFound):
        attending.add_post(there.actor("ana"), incident, "https://x.example/2", now=at(10))


def test_there_are_not_more_than_somebody_could_read(monkeypatch: pytest.MonkeyPatch):
    there = house()
    incident = fixing(there)
    monkeypatch.setattr(attending, "_MOST_POSTS", 1)
    attending.add_post(there.actor("ben"), incident, "https://x.example/1", now=later(5))
    with pytest.raises(Conflict, match="enough"):
        attending.add_post(there.actor("ben"), incident, "https://x.example/2", now=later(5))
