"""The company blog: who writes, who reads, what publishing tells whom, and what never leaves the house."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests import company
from tests.incidents import given
from tests.statuspages import post as letters
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from tocsin.core.models import Event, OutboxMail
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as timeline
from tocsin.statuspages.blog import commands, jobs, queries
from tocsin.statuspages.blog.models import BlogPost
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.lists import queries as known

pytestmark = pytest.mark.django_db
SECOND = 1 / 60
TEXT = "A queue was **full** and nobody saw it."


def drafted(there, by: str = "ana", title: str = "What the queue taught us", **fields) -> BlogPost:
    return commands.draft(there.actor(by), title=title, text=TEXT, **fields, now=given.later(0))


def published(there, by: str = "ana", at: float = 1, **fields) -> BlogPost:
    return commands.publish(there.actor(by), drafted(there, by, **fields), now=given.later(at))


@pytest.fixture
def five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"hold_seconds": 5}))


def test_a_draft_is_its_authors_and_a_published_post_everybodys():
    there = given.house()
    post = drafted(there, authors=[there.ana, there.ben])
    for name in ("ana", "ben", "root"):
        assert queries.post(there.actor(name), post.slug) == post
    for name in ("imogen", "sven"):
        with pytest.raises(NotFound):
            queries.post(there.actor(name), post.slug)
        assert not queries.drafts(there.actor(name)).exists()
    commands.publish(there.actor("ben"), post, now=given.later(1))
    assert list(queries.posts(there.actor("sven"))) == [post]
    assert list(queries.posts(there.actor("sven"), "full")) == [post]
    assert not queries.posts(there.actor("sven"), "empty").exists()


def test_only_responders_write_and_only_authors_edit_publish_and_look_back():
    there = given.house()
    with pytest.raises(NotAllowed):
        drafted(there, "sven")
    with pytest.raises(Invalid, match="cannot write"):
        drafted(there, authors=[there.sven])
    post = published(there)
    for act in (commands.publish, commands.edit, commands.take_back):
        with pytest.raises(NotAllowed):
            act(there.actor("imogen"), post, now=given.later(2))
    with pytest.raises(NotAllowed):
        queries.revisions(there.actor("imogen"), post)
    with pytest.raises(NotFound):
        commands.publish(there.actor("imogen"), drafted(there), now=given.later(2))


def test_every_edit_is_kept_with_who_and_when_and_nobody_overwrites_unread_words():
    there = given.house()
    post = published(there, authors=[there.ana, there.ben])
    assert queries.edited(post) is None
    commands.edit(there.actor("ben"), post, text="Better words.", revision=1, now=given.later(5))
    with pytest.raises(Stale):
        commands.edit(there.actor("ana"), post, text="Older words.", revision=1, now=given.later(6))
    commands.edit(there.actor("ana"), post, text="Better words.", revision=2, now=given.later(7))
    versions = queries.revisions(there.actor("ana"), post)
    assert [(one.number, one.by, one.text) for one in versions] == [(2, there.ben, "Better words."), (1, there.ana, TEXT)]
    last = queries.edited(queries.post(there.actor("sven"), post.slug))
    assert (last.by, last.at) == (there.ben, given.later(5))
    assert list(Event.objects.filter(name__startswith="blog.").order_by("id").values_list("name", flat=True)) == [
        "blog.drafted",
        "blog.published",
        "blog.edited",
    ]


@pytest.mark.parametrize(("field", "values"), [("title", {"title": " "}), ("text", {"text": ""}), ("title", {"title": "x" * 201})])
def test_words_that_are_missing_or_too_long_are_refused_by_their_field(field: str, values: dict[str, str]):
    there = given.house()
    with pytest.raises(Invalid) as caught:
        commands.draft(there.actor("ana"), **{"title": "T", "text": "x", **values}, now=given.later(0))
    assert caught.value.field == field


def test_posts_of_one_title_have_addresses_of_their_own():
    there = given.house()
    assert [drafted(there, title=title).slug for title in ("A queue", "A queue", "A queue!", "New", "日本")] == [
        "a-queue",
        "a-queue-2",
        "a-queue-3",
        "new-post",
        "post",
    ]


@pytest.mark.req("APP-08")
def test_each_subscriber_gets_each_post_once_and_leaves_with_one_press(settings):
    letters.arrives(settings)
    there = given.house()
    for name in ("sven", "ben"):
        commands.subscribe(there.actor(name), now=given.later(0))
    commands.subscribe(there.actor("sven"), now=given.later(0))
    first = published(there)
    assert commands.publish(there.actor("ana"), first, now=given.later(2)).number == first.number
    copies = letters.going_out()
    assert sorted(one.to for one in copies) == ["ben@example.com", "sven@example.com"]
    assert {one.subject for one in copies} == {"[Company blog] What the queue taught us"}
    assert copies[0].body.startswith(f"{TEXT}\n\n-- \nBy Ana, on the company blog:\nhttps://tocsin.example.com/blog/what-the-queue")
    leave = letters.going_out("sven@example.com")[0].headers
    assert leave["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    lists.leave(leave["List-Unsubscribe"].strip("<>").rpartition("/")[2], now=given.later(3))
    assert not queries.is_subscribed(there.actor("sven"))
    published(there, title="Another", at=4)
    assert [one.to for one in letters.going_out()[2:]] == ["ben@example.com"]
    assert queries.mailed(first) == {"sent": 0, "waiting": 2, "refused": 0}


def test_the_newest_published_stands_first_however_old_its_draft_is():
    there = given.house()
    old = drafted(there, title="Old")
    new = published(there, title="New words")
    commands.publish(there.actor("ana"), old, now=given.later(9))
    assert list(queries.posts(there.actor("sven"))) == [old, new]


def test_many_posts_take_as_few_queries_as_one(django_assert_num_queries):
    there = given.house()
    for number in range(4):
        published(there, title=f"Post {number}", authors=[there.ana, there.ben])
    reader = there.actor("sven")
    with django_assert_num_queries(2):
        shown = [[one.name for one in post.authors.all()] for post in queries.posts(reader, "full")]
    assert shown == [["Ana", "Ben"]] * 4


@pytest.mark.usefixtures("five_seconds")
def test_nobody_reads_it_while_it_can_be_taken_back_and_it_cannot_be_edited():
    there = given.house()
    post = published(there)
    assert post.state == BlogPost.ON_ITS_WAY
    assert not queries.posts(there.actor("sven")).exists()
    with pytest.raises(Conflict, match="Take it back"):
        commands.edit(there.actor("ana"), post, text="x", now=given.later(1))
    assert commands.take_back(there.actor("ana"), post, now=given.later(1)).state == BlogPost.DRAFT
    assert jobs.publish_due(given.later(60)) == 0
    with pytest.raises(Conflict, match="not on its way"):
        commands.take_back(there.actor("ana"), post, now=given.later(2))


@pytest.mark.usefixtures("five_seconds")
def test_a_process_that_ended_with_it_in_hand_leaves_it_to_the_next_and_nobody_is_mailed_twice():
    there = given.house()
    commands.subscribe(there.actor("sven"), now=given.later(0))
    post = published(there)
    assert jobs.publish_due(given.later(1 + 4.9 * SECOND)) == 0
    BlogPost.objects.filter(pk=post.pk).update(work_state="leased", lease_owner="gone", lease_until=given.later(1.5), fence=1)
    assert jobs.publish_due(given.later(1.4)) == 0
    assert jobs.publish_due(given.later(1.6)) == 1
    assert jobs.publish_due(given.later(60)) == 0
    post.refresh_from_db()
    assert (post.state, post.published_at) == (BlogPost.PUBLISHED, given.later(1))
    assert len(letters.going_out()) == 1
    with pytest.raises(Conflict, match="published"):
        commands.take_back(there.actor("ana"), post, now=given.later(2))


@pytest.mark.usefixtures("five_seconds")
def test_what_somebody_confirmed_who_left_stays_a_draft_and_says_why():
    there = given.house()
    post = published(there)
    type(there.ana).objects.filter(pk=there.ana.pk).update(is_active=False)
    jobs.publish_due(given.later(2))
    post.refresh_from_db()
    assert (post.state, "has left since" in post.why) == (BlogPost.DRAFT, True)
    assert OutboxMail.objects.filter(subject__startswith="Not published").count() == 1
    again = commands.publish(there.actor("root"), post, now=given.later(3))
    assert (again.state, again.why) == (BlogPost.ON_ITS_WAY, "")


def test_a_post_about_a_private_incident_is_its_members_and_goes_nowhere_else():
    there = given.house()
    hidden = given.declared(there, private=True)
    commands.subscribe(there.actor("ana"), now=given.later(0))
    with pytest.raises(NotFound):
        drafted(there, "imogen", incident=hidden)
    with pytest.raises(Invalid, match="Let them in"):
        drafted(there, incident=hidden, authors=[there.ana, there.imogen])
    post = published(there, incident=hidden)
    for name in ("ana", "root"):
        assert list(queries.posts(there.actor(name))) == [post]
    for name in ("ben", "sven"):
        assert not queries.posts(there.actor(name), "queue").exists()
        with pytest.raises(NotFound):
            queries.post(there.actor(name), post.id)
    assert (letters.going_out(), queries.in_feed()) == ([], [])


def test_an_incident_that_turns_private_takes_its_posts_with_it():
    there = given.house()
    incident = given.fixing(there)
    post = published(there, incident=incident)
    assert queries.in_feed() == [post]
    incidents.change_fields(there.actor("ben"), incident, private=True, now=given.later(10))
    assert queries.in_feed() == []
    assert not queries.posts(there.actor("sven")).exists()


def test_a_drill_is_told_in_the_house_and_leaves_it_nowhere():
    there = given.house()
    drill = incidents.declare(
        there.actor("ana"), summary="Drill", severity=3, service=there.service, drill=True, now=given.later(0)
    )
    commands.subscribe(there.actor("sven"), now=given.later(0))
    post = published(there, incident=drill)
    assert list(queries.posts(there.actor("sven"))) == [post]
    assert (letters.going_out(), queries.in_feed()) == ([], [])


def test_publishing_is_told_on_the_timeline_of_its_incident_and_a_draft_is_not():
    there = given.house()
    incident = given.fixing(there)
    post = drafted(there, incident=incident)
    assert not [one for one in timeline.timeline(there.actor("sven"), incident) if one.kind == "Blog post"]
    commands.publish(there.actor("ana"), post, now=given.later(2))
    (line,) = [one for one in timeline.timeline(there.actor("sven"), incident) if one.kind == "Blog post"]
    assert (line.text, line.path) == ("What the queue taught us", "/blog/what-the-queue-taught-us")


def test_the_house_may_draft_for_somebody():
    there = given.house()
    with pytest.raises(Invalid) as caught:
        commands.draft(SYSTEM, title="T", text="x", now=given.later(0))
    assert caught.value.field == "authors"
    post = commands.draft(SYSTEM, title="T", text="x", authors=[there.ana], now=given.later(0))
    assert list(queries.drafts(there.actor("ana"))) == [post]


def test_the_list_of_the_blog_is_the_houses_and_hears_of_no_incident(settings):
    letters.arrives(settings)
    there = given.house()
    letters.a_list("Company blog", there.root, severities=(1, 2))
    commands.subscribe(there.actor("sven"), now=given.later(0))
    (kept,) = [one for one in known.lists() if one.stands_for]
    root = there.actor("root")
    for act in (lists.remove_list, lists.change_list):
        with pytest.raises(Conflict, match="keeps"):
            act(root, kept, now=given.later(1))
    incident = given.fixing(there)
    with pytest.raises(Invalid):
        letters.published(there, incident, lists=[kept.slug])
    letters.published(there, incident)
    assert [one.to for one in letters.going_out()] == ["root@example.com"]


def test_feeds_are_of_one_person_shown_once_and_revocable():
    there = given.house()
    feed, path = commands.create_feed(there.actor("sven"), now=given.later(0))
    token = path.removeprefix("/feeds/").removesuffix(".atom")
    assert queries.feed_by_token(token) == feed
    with pytest.raises(NotFound):
        queries.feed(there.actor("ana"), feed.pk)
    with pytest.raises(NotAllowed):
        commands.revoke_feed(there.actor("ana"), feed, now=given.later(1))
    commands.revoke_feed(there.actor("sven"), feed, now=given.later(1))
    with pytest.raises(NotFound):
        queries.feed_by_token(token)
    _, other = commands.create_feed(company.actor(there.ben), now=given.later(0))
    type(there.ben).objects.filter(pk=there.ben.pk).update(is_active=False)
    with pytest.raises(NotFound):
        queries.feed_by_token(other.removeprefix("/feeds/").removesuffix(".atom"))
