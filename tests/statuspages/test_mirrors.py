"""Every page elsewhere hears what ours say: in order, once, in one entry there; what failed is seen and tried again by a press."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.incidents import given
from tests.integrations.test_gateways import Phone
from tests.paging.world import AtOnce
from tests.statuspages import hosted
from tests.statuspages.hosted import Hosted
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tocsin.core.models import Event
from tocsin.core.net import outbound
from tocsin.core.net.addresses import parse_allow
from tocsin.core.work import leases
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as timeline
from tocsin.insights.follow_up import follow_up
from tocsin.integrations.mirror_call import send as signed
from tocsin.integrations.statuspage import send as statuspage
from tocsin.statuspages import commands, parts
from tocsin.statuspages.mirrors import commands as mirrors
from tocsin.statuspages.mirrors import ports, preparing, queries
from tocsin.statuspages.mirrors.jobs import Teller
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry
from tocsin.statuspages.mirrors.queueing import LANE

pytestmark = pytest.mark.django_db
INSIDE, OUTSIDE = {"title": "", "body": "We roll back."}, {"title": "Issues with Tickets", "body": "We look into it."}
LOOPBACK = outbound.Guard(parse_allow("127.0.0.1/32"), only_allowed=True)
Make = Callable[..., Hosted]


@pytest.fixture(autouse=True)
def loopback(monkeypatch) -> None:
    """Fakes are on loopback, where otherwise nothing may be called."""
    monkeypatch.setattr(outbound, "_guard", lambda: LOOPBACK)


@pytest.fixture
def carried(settings) -> Iterator[None]:
    before = dict(ports._carriers)
    ports.wire({Mirror.HOSTED: partial(statuspage.send, guard=LOOPBACK), Mirror.SIGNED: partial(signed.send, guard=LOOPBACK)})
    yield
    ports.wire(before)


@pytest.fixture
def page(carried) -> Iterator[Make]:
    """Makes hosted pages, each registered here as a mirror of the same name."""
    made: list[Hosted] = []

    def make(name: str, audience: str = "external", **more) -> Hosted:
        server = Hosted("API", "Tickets")
        made.append(server)
        mirrors.create_mirror(
            SYSTEM, name=name, kind="statuspage", audience=audience, address=server.url, remote_page=hosted.PAGE,
            key=hosted.KEY, now=given.NOW, **more,
        )  # fmt: skip
        return server

    yield make
    for server in made:
        server.stop()
        assert server.wrong == []


@pytest.fixture
def there() -> given.House:
    return given.house()


def say(there, incident, *, by="ben", status="investigating", at=10, external=OUTSIDE, internal=None, **more):
    promise = None if status == "resolved" else given.later(at + 30)
    return commands.post_update(
        there.actor(by), incident, status=status, external=external, internal=internal, next_update_at=promise,
        confirmation=f"c{at}", now=given.later(at), **more,
    )  # fmt: skip


def run(at: dt.datetime = given.NOW + dt.timedelta(minutes=20)) -> None:
    teller = Teller(LANE, width=1, pool=AtOnce)
    for step in range(60):
        if not teller.tick(at + step * dt.timedelta(milliseconds=1)):
            return


def states() -> dict[str, str]:
    return dict(MirrorCopy.objects.exclude(update=None).values_list("mirror__slug", "work_state"))


@pytest.mark.req("SYS-10")
def test_an_update_a_part_and_the_closing_reach_the_pages_of_each_audience_and_no_other(there, page):
    outside, inside = page("Hosted"), page("Inside", "internal")
    part = commands.create_component(SYSTEM, parts.page("external"), name="Tickets", now=given.NOW)
    incident = given.fixing(there)
    say(there, incident, internal=INSIDE, components={part.id: "major_outage"})
    run()
    assert outside.told == [("investigating", "We look into it.")]
    assert outside.incidents[0]["name"] == "Issues with Tickets"
    assert inside.told == [("investigating", "We roll back.")]
    assert incident.key in inside.incidents[0]["name"]
    assert (outside.state("Tickets"), inside.state("Tickets")) == ("major_outage", "operational")
    say(there, incident, at=15, status="identified", external={"body": "We know."})
    run(given.later(16))
    assert len(queries.there(incident)) == 2
    assert follow_up(there.actor("ben"), incident).mirrored == []
    given.resolved(there, incident, final={"external": {"body": "Over."}, "internal": {"body": "All over."}})
    left = follow_up(there.actor("ben"), incident)
    assert [one.mirror.name for one in left.mirrored] == ["Hosted", "Inside"]
    assert left.open >= 2
    run(given.at(9, 31))
    assert outside.told[1:] == [("identified", "We know."), ("resolved", "Over.")]
    assert [server.incidents[0]["status"] for server in (outside, inside)] == ["resolved", "resolved"]
    assert [len(server.incidents) for server in (outside, inside)] == [1, 1]
    assert outside.state("Tickets") == "operational"
    assert follow_up(there.actor("ben"), incident).mirrored == []


@pytest.mark.req("SYS-11")
def test_of_three_pages_two_are_done_and_one_is_retryable_and_after_a_press_three_are_done(there, page):
    one, two, broken = page("One"), page("Two"), page("Three")
    broken.key = "another-key"
    incident = given.fixing(there)
    say(there, incident)
    run()
    (told,) = queries.told(incident)
    assert (told.tally.words, states()) == ("2 done, 1 failed", {"one": "done", "two": "done", "three": "failed"})
    failed = next(copy for copy in told.copies if copy.work_state == "failed")
    assert failed.answer == "HTTP 401: Could not authenticate"
    assert Mirror.objects.get(slug="three").fault == failed.answer
    lines = [line.text for line in timeline.timeline(there.actor("ben"), incident)]
    assert "Three could not be told what the external page says: HTTP 401: Could not authenticate" in lines
    broken.key = hosted.KEY
    with pytest.raises(NotAllowed):
        mirrors.retry(there.actor("sven"), incident, failed, now=given.later(30))
    mirrors.retry(there.actor("ben"), incident, failed, now=given.later(30))
    with pytest.raises(Conflict):
        mirrors.retry(there.actor("ben"), incident, failed, now=given.later(30))
    run(given.later(30))
    assert queries.told(incident)[0].tally.words == "3 done"
    assert [len(server.incidents) for server in (one, two, broken)] == [1, 1, 1]
    assert Mirror.objects.get(slug="three").fault == ""


def test_a_crash_between_call_and_result_does_not_double(there, page):
    server = page("Hosted")
    incident = given.fixing(there)
    for at, status in ((10, "investigating"), (12, "identified")):
        say(there, incident, at=at, status=status)
        (row,) = leases.claim(MirrorCopy, lane=LANE, owner="dead", now=given.later(at), limit=1)
        (item,) = preparing.prepare([row])
        assert ports.carry(item.message, now=given.later(at)).ok
        run(given.later(at))
        assert MirrorCopy.objects.get(pk=row.pk).work_state == "leased"
        run(given.later(at + 1))
        assert MirrorCopy.objects.get(pk=row.pk).answer == "it is there already"
    assert (len(server.incidents), [status for status, _ in server.told]) == (1, ["investigating", "identified"])


def test_words_arrive_in_order_however_often_the_first_is_tried(there, page):
    server = page("Hosted")
    server.trouble = lambda method, path: (503, {}, b"")
    incident = given.fixing(there)
    say(there, incident)
    run(given.later(10))
    assert MirrorCopy.objects.get().work_state == "due"
    server.trouble = lambda method, path: None
    say(there, incident, at=10.05, status="identified")
    run(given.later(10.05))
    assert [status for status, _ in server.told] == ["investigating", "identified"]


def test_a_page_that_asks_for_a_pause_is_told_nothing_until_it_is_over(there, page):
    server, other = page("Hosted"), page("Other")
    server.trouble = lambda method, path: (429, {"Retry-After": "600"}, b"")
    incident = given.fixing(there)
    say(there, incident)
    run(given.later(10))
    server.trouble, asked = lambda method, path: None, len(server.asked)
    say(there, incident, at=12, status="identified")
    run(given.later(12))
    assert (len(server.asked), len(other.told)) == (asked, 2), "others are told meanwhile"
    run(given.later(20.2))
    assert [status for status, _ in server.told] == ["investigating", "identified"]


def test_what_was_given_up_does_not_undo_later_words(there, page):
    server = page("Hosted")
    server.key = "another-key"
    incident = given.fixing(there)
    say(there, incident)
    run(given.later(10))
    server.key = hosted.KEY
    say(there, incident, at=12, status="monitoring")
    run(given.later(12))
    old = MirrorCopy.objects.get(work_state="failed")
    mirrors.retry(there.actor("ben"), incident, old, now=given.later(13))
    run(given.later(13))
    old.refresh_from_db()
    assert (old.work_state, old.last_error) == ("cancelled", preparing.OVERTAKEN)
    assert server.told == [("monitoring", "We look into it.")]


def test_it_is_given_up_after_two_hours_and_said_once(there, page):
    server = page("Hosted")
    server.trouble = lambda method, path: (500, {}, b"")
    incident = given.fixing(there)
    say(there, incident)
    run(given.later(10))
    assert not Event.objects.filter(name="mirror.failed").exists()
    run(given.later(131))
    assert MirrorCopy.objects.get().work_state == "failed"
    assert Event.objects.get(name="mirror.failed").context == incident.id


def test_private_incidents_and_drills_never_go(there, page):
    inside, outside = page("Inside", "internal"), page("Hosted")
    say(there, given.declared(there, private=True), by="ana", external=None, internal=INSIDE, lists=[])
    assert not MirrorCopy.objects.exists()
    open_one = given.fixing(there)
    say(there, open_one)
    run(given.later(10))
    say(there, open_one, at=12, status="identified")
    incidents.change_fields(there.actor("ben"), open_one, private=True, now=given.later(13))
    run(given.later(14))
    assert [status for status, _ in outside.told] == ["investigating"]
    assert MirrorCopy.objects.latest("created_at").last_error == "the incident is private"
    assert inside.incidents == []
    open_one.refresh_from_db()
    (left,) = queries.left_open(open_one)
    mirrors.say_closed(there.actor("ben"), open_one, left, now=given.later(15))
    assert queries.left_open(open_one) == []
    drill = given.fixing(there, drill=True)
    with pytest.raises(Conflict):
        say(there, drill)
    assert MirrorCopy.objects.filter(update__entry__incident=drill).count() == 0


def test_a_part_set_by_hand_is_told(there, page):
    server = page("Hosted")
    part = commands.create_component(SYSTEM, parts.page("external"), name="Ours", now=given.NOW)
    mirrors.change_mirror(SYSTEM, Mirror.objects.get(), parts={"ours": "API"}, now=given.NOW)
    commands.set_component_state(SYSTEM, part, "partial_outage", now=given.later(1))
    run(given.later(1))
    assert server.state("API") == "partial_outage"
    assert server.incidents == []


def test_what_is_switched_off_is_written_down_and_goes_by_a_press_once_it_is_on(there, page):
    server = page("Hosted")
    mirror = mirrors.pause_mirror(SYSTEM, Mirror.objects.get(), now=given.NOW)
    incident = given.fixing(there)
    say(there, incident)
    run()
    (copy,) = MirrorCopy.objects.all()
    assert (copy.work_state, copy.last_error, server.asked) == ("cancelled", "it is switched off", [])
    with pytest.raises(Conflict):
        mirrors.retry(there.actor("ben"), incident, copy, now=given.later(21))
    mirrors.try_mirror(SYSTEM, mirror, now=given.later(21))
    run(given.later(21))
    assert MirrorCopy.objects.get(update=None).answer == "It answers and has 2 parts."
    mirrors.resume_mirror(SYSTEM, mirror, now=given.later(22))
    mirrors.retry(there.actor("ben"), incident, copy, now=given.later(23))
    run(given.later(23))
    assert server.told == [("investigating", "We look into it.")]
    mirrors.remove_mirror(SYSTEM, mirror, now=given.later(24))
    say(there, incident, at=25, status="identified")
    assert len(queries.told(incident)) == 1
    assert queries.there(incident) == []


def test_a_signed_call_carries_the_whole_entry_in_the_shape_of_hosted_pages(there, carried):
    phone = Phone()
    try:
        mirror, secret = mirrors.create_mirror(
            SYSTEM, name="Own site", kind="signed", audience="external", address=f"{phone.url}/hook", now=given.NOW
        )
        incident = given.fixing(there)
        say(there, incident)
        run()
        say(there, incident, at=30, status="identified", external={"body": "We know."})
        run(given.later(30))
    finally:
        phone.shutdown()
        phone.server_close()
    assert secret.startswith("whsec_")
    assert secret not in mirror.key_encrypted
    (_, path, headers, _), (*_, raw) = phone.calls
    said = json.loads(raw)["incident"]
    assert (path, headers["webhook-id"]) == ("/hook", MirrorCopy.objects.earliest("created_at").id)
    assert [one["body"] for one in said["incident_updates"]] == ["We know.", "We look into it."]
    assert (said["name"], said["status"], said["impact"], said["resolved_at"]) == (
        "Issues with Tickets",
        "identified",
        "minor",
        None,
    )
    assert incident.key.encode() not in raw
    assert MirroredEntry.objects.get().remote_id == said["id"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": ""}),
        ("kind", {"kind": "wall"}),
        ("audience", {"audience": "all"}),
        ("address", {"address": "http://10.0.0.1/v1"}),
        ("address", {"address": "ftp://x"}),
        ("remote_page", {"remote_page": "a/b"}),
        ("remote_page", {"remote_page": ""}),
        ("key", {"key": "short"}),
        ("key", {"key": "with a newline\nX: 1"}),
        ("key", {"kind": "signed", "remote_page": ""}),
        ("parts", {"parts": {"No such part": "API"}}),
    ],
)
def test_what_is_wrong_is_named(field, values):
    fields = {"name": "Hosted", "kind": "statuspage", "audience": "external", "address": "http://127.0.0.1:9/v1"}
    with pytest.raises(Invalid) as refusal:
        mirrors.create_mirror(SYSTEM, **{**fields, "remote_page": hosted.PAGE, "key": hosted.KEY, **values}, now=given.NOW)
    assert refusal.value.field == field
    assert not Mirror.objects.exists()


def test_a_key_goes_nowhere_but_to_the_host_it_was_entered_for(there, page):
    page("Hosted")
    mirror = Mirror.objects.get()
    assert hosted.KEY not in mirror.key_encrypted
    with pytest.raises(Invalid) as refusal:
        mirrors.change_mirror(SYSTEM, mirror, address="http://127.0.0.1:9/v1", now=given.NOW)
    assert refusal.value.field == "key"
    mirrors.change_mirror(SYSTEM, mirror, address="http://127.0.0.1:9/v1", key=hosted.KEY, now=given.NOW)
    changed = Event.objects.filter(name="mirror.changed").latest("id")
    assert sorted(changed.data["fields"]) == ["address", "key"]
    assert hosted.KEY not in json.dumps(changed.data)
    with pytest.raises(NotAllowed):
        mirrors.change_mirror(there.actor("ben"), mirror, name="X", now=given.NOW)
    with pytest.raises(NotAllowed):
        queries.mirrors(there.actor("ben"))
    with pytest.raises(NotFound):
        queries.mirror(there.actor("root"), "nosuch")
