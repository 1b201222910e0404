"""The company blog in the browser, without a script: written, published, taken back, read, found, and asked for by feed readers."""

from __future__ import annotations

import re

import feedparser
import pytest
from django.test import Client

from tests.incidents import given
from tests.web.walk import signed_in
from tocsin.statuspages.blog import commands
from tocsin.statuspages.blog.models import BlogPost
from tocsin.statuspages.lists.models import ListMember

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "What the queue taught us",
    "text": "A queue was **full**.\n\n<script>alert(1)</script>",
    "authors": "Ana, ben@example.com",
}


def text(answer) -> str:
    return answer.content.decode()


def held(settings) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"hold_seconds": 5})


@pytest.mark.req("APP-08")
def test_a_post_is_written_edited_and_published_and_everybody_reads_and_finds_it():
    there = given.house()
    incident = given.fixing(there)
    ana, ben, sven = signed_in(there.ana), signed_in(there.ben), signed_in(there.sven)
    for wrong in ({"title": ""}, {"text": ""}, {"authors": "Nobody"}, {"incident": "HOT-99"}):
        assert ana.post("/blog/new", WORDS | wrong).status_code == 422
    ana.post("/blog/new", WORDS | {"incident": incident.key.lower()})
    post = BlogPost.objects.get()
    place = f"/blog/{post.slug}"
    assert sven.get(place).status_code == 404
    assert "What the queue" not in text(sven.get("/blog"))
    assert "What the queue" in text(ben.get("/blog"))
    form = {"title": post.title, "text": "A queue was **full**.", "authors": "Ana, Ben", "revision": "1"}
    assert ben.post(f"{place}/edit", form).status_code == 302
    assert "Somebody has changed it" in text(ana.post(f"{place}/edit", form))
    assert "Somebody has changed it" in text(ana.post(f"{place}/publish", {"revision": "1"}, follow=True))
    assert "Published." in text(ana.post(f"{place}/publish", {"revision": "2"}, follow=True))
    shown = text(sven.get(place))
    assert "<strong>full</strong>" in shown
    assert "/publish" not in shown
    assert sven.get(f"{place}/revisions").status_code == 403
    assert "Version 2" in text(ana.get(f"{place}/revisions"))
    for address in ("/blog", "/search?q=queue", "/palette?q=queue"):
        assert place in text(sven.get(address)), address
    assert place in text(sven.get(f"/{incident.key}"))


def test_whoever_writes_for_others_alone_is_led_to_the_blog_and_not_to_a_page_that_they_may_not_see():
    there = given.house()
    answer = signed_in(there.ana).post("/blog/new", WORDS | {"authors": "Ben"}, follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0], "Kept as a draft" in text(answer)) == (200, "/blog", True)


def test_what_somebody_typed_is_never_mark_up_of_theirs():
    there = given.house()
    signed_in(there.ana).post("/blog/new", WORDS)
    assert "<script>alert" not in text(signed_in(there.ana).get("/blog/what-the-queue-taught-us"))


def test_a_confirmed_post_can_be_taken_back(settings):
    held(settings)
    there = given.house()
    ana = signed_in(there.ana)
    ana.post("/blog/new", WORDS)
    place = "/blog/what-the-queue-taught-us"
    assert "Take it back" in text(ana.post(f"{place}/publish", {"revision": "1"}, follow=True))
    assert "Nobody has read it" in text(ana.post(f"{place}/take-back", follow=True))
    assert "Not taken back" in text(ana.post(f"{place}/take-back", follow=True))


def test_anybody_gets_posts_by_mail_with_one_press_and_no_more_with_another():
    there = given.house()
    sven = signed_in(there.sven)
    assert "Each new post" in text(sven.post("/blog/mine", {"do": "subscribe"}, follow=True))
    assert ListMember.objects.get().is_self_subscribed
    listed = text(signed_in(there.root).get("/lists/company-blog"))
    assert ("/lists/company-blog/change" in listed, "What it was told" in listed) == (False, False)
    assert "No more posts" in text(sven.post("/blog/mine", {"do": "unsubscribe"}, follow=True))
    assert not ListMember.objects.exists()


def test_a_feed_reader_asks_by_a_secret_address_until_it_is_revoked():
    there = given.house()
    hidden = given.declared(there, private=True)
    for title, incident in (("Read me", None), ("Secret", hidden)):
        about = {"incident": incident, "now": given.later(0)}
        commands.publish(
            there.actor("ana"), commands.draft(there.actor("ana"), title=title, text="*Words*", **about), now=given.later(1)
        )
    sven, reader = signed_in(there.sven), Client()
    path = re.search(r"https?://[^/]+(/feeds/[\w-]+\.atom)", text(sven.post("/blog/feeds")))[1]
    answer = reader.get(path)
    (entry,) = feedparser.parse(answer.content).entries
    assert (entry.title, entry.author) == ("Read me", "Ana")
    assert "<em>Words</em>" in entry.content[0].value
    assert reader.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert path not in text(sven.get("/blog"))
    revoke = re.search(r'action="(/blog/feeds/\w+/revoke)"', text(sven.get("/blog")))[1]
    assert signed_in(there.ana).post(revoke).status_code == 404
    sven.post(revoke)
    assert reader.get(path).status_code == 404
