"""Several people in one document: whatever order their changes arrive in, all text is there, and who wrote it is known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

from tests import company
from tests.conftest import NOW
from tocsin.collab.documents import commands, jobs, queries
from tocsin.collab.documents.commands import Typed, writing
from tocsin.collab.documents.models import Document, RefusedUpdate, Snapshot, Update
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import NotFound, Stale
from tocsin.core.models import Event

pytestmark = pytest.mark.django_db
SUBJECT = "inc_01k9zzzzzzzzzzzzzzzzzzzzzz"
SLUGS = ("customers_see", "we_know", "we_try", "decisions", "open_questions")


class Client:
    """A program with the same library: it types, and is connected or not."""

    def __init__(self, author: str | None = None) -> None:
        self.author = author
        self.doc = Doc()
        self.texts = {slug: self.doc.get(slug, type=Text) for slug in SLUGS}
        self.waiting: list[bytes] = []
        self._watch = self.doc.observe(lambda event: self.waiting.append(event.update))

    def type(self, slug: str, place: int, words: str) -> None:
        text = self.texts[slug]
        text.insert(_boundary(str(text), place), words)

    def wipe(self, slug: str, place: int, length: int) -> None:
        text = str(self.texts[slug])
        start, end = _boundary(text, place), _boundary(text, min(place + length, len(text)))
        if end > start:
            del self.texts[slug][start:end]

    def meet(self, held: queries.Held) -> None:
        """Connect: hand over what the other side lacks, take what this side lacks."""
        lacking = self.doc.get_update(held.replica.state())
        commands.write(held, [Typed(self.author, lacking)], now=NOW)
        self.doc.apply_update(held.replica.since(self.doc.get_state()))
        self.waiting.clear()

    def say(self, slug: str) -> str:
        return str(self.texts[slug])


def _boundary(text: str, place: int) -> int:
    return len(text[: min(place, len(text))].encode())


def opened():
    person = company.person("Ana")
    actor = company.actor(person)
    return actor, commands.open_document(actor, SUBJECT, "HOT-12 Card payments fail", now=NOW)


def typed(held, slug: str, words: str, *, author: str | None, now: dt.datetime = NOW):
    """Somebody types at the end of a section, in an editor that is up to date."""
    client = Client(author)
    client.doc.apply_update(held.replica.since())
    client.waiting.clear()
    client.type(slug, 10**6, words)
    return commands.write(held, [Typed(author, client.waiting[-1])], now=now)


@pytest.mark.req("OPN-08")
@settings(max_examples=25)
@given(data=st.data())
def test_clients_that_lose_the_connection_at_random_converge_and_lose_nothing(data):
    Document.objects.filter(subject=SUBJECT).delete()
    document = commands.open_document(SYSTEM, SUBJECT, "HOT-12", now=NOW)
    nodes = [queries.load(document.pk), queries.load(document.pk)]
    clients = [Client() for _ in range(3)]
    kept = []
    for step in range(data.draw(st.integers(5, 30))):
        client = clients[data.draw(st.integers(0, 2))]
        slug = data.draw(st.sampled_from(SLUGS[:2]))
        act = data.draw(st.sampled_from(["type", "type", "wipe", "meet"]))
        if act == "type":
            words = f"<{step}>" + data.draw(st.sampled_from(["é", "😀", "two\nlines", "x"]))
            client.type(slug, data.draw(st.integers(0, 60)), words)
            kept.append(words)
        elif act == "wipe" and data.draw(st.booleans()):
            client.wipe(slug, data.draw(st.integers(0, 60)), 3)
            kept.clear()
        else:
            client.meet(nodes[data.draw(st.integers(0, 1))])
    for client in clients:
        client.meet(nodes[0])
    for client in clients:
        client.meet(nodes[1])
    anew = queries.load(document.pk)
    for slug in SLUGS:
        said = (
            {client.say(slug) for client in clients} | {anew.replica.text(slug)} | {node.replica.text(slug) for node in nodes[1:]}
        )
        assert len(said) == 1
        assert queries.section(SUBJECT, slug).text == said.pop()
    assert not RefusedUpdate.objects.exists()
    numbers = list(Update.objects.filter(document=document).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.req("OPN-08")
def test_what_is_typed_is_there_for_every_other_reader_at_once():
    actor, document = opened()
    held = queries.load(document.pk)
    written = typed(held, "we_know", "Started 02:14 ", author=actor.id)
    assert written.refused == [""]
    assert queries.section(SUBJECT, "we_know").text == "Started 02:14 "
    assert queries.section(SUBJECT, "we_know").updated_by_id == actor.id


@pytest.mark.req("OPN-08")
def test_two_processes_see_each_others_text():
    actor, document = opened()
    here, there = queries.load(document.pk), queries.load(document.pk)
    typed(here, "we_know", "from here ", author=actor.id)
    written = typed(there, "we_know", "from there ", author=actor.id)
    assert len(written.caught_up) == 1
    commands.write(here, [], now=NOW)
    assert sorted(here.replica.text("we_know").split()) == ["from", "from", "here", "there"]
    assert here.replica.text("we_know") == there.replica.text("we_know")


def other(kind: str) -> bytes:
    doc = Doc()
    if kind == "a map":
        doc["we_know"] = Map({"a": "b"})
    elif kind == "an unknown section":
        doc.get("secrets", type=Text).insert(0, "x")
    elif kind == "a gap":
        seen: list[bytes] = []
        watch = doc.observe(lambda event: seen.append(event.update))
        doc.get("we_know", type=Text).insert(0, "first")
        doc.get("we_know", type=Text).insert(5, "second")
        assert watch
        return seen[1]
    return doc.get_update()


@pytest.mark.req("OPN-08")
@pytest.mark.parametrize("kind", ["nothing", "noise", "words", "a map", "an unknown section", "a gap"])
def test_an_update_that_cannot_be_applied_is_kept_for_repair_and_the_others_go_on(kind):
    plain = {"nothing": b"", "noise": b"\xff" * 30, "words": b"garbage"}
    bad = plain[kind] if kind in plain else other(kind)
    actor, document = opened()
    held = queries.load(document.pk)
    good = Doc()
    good.get("we_know", type=Text).insert(0, "good")
    written = commands.write(held, [Typed(actor.id, bad), Typed(actor.id, good.get_update())], now=NOW)
    assert written.refused[0]
    assert not written.refused[1]
    kept = RefusedUpdate.objects.get()
    assert bytes(kept.data) == bad
    assert kept.author_id == actor.id
    assert kept.reason
    assert queries.section(SUBJECT, "we_know").text == "good"


def test_a_section_that_is_full_takes_no_more_and_stays_as_it_is():
    actor, document = opened()
    held = queries.load(document.pk)
    typed(held, "we_know", "x" * 59_990, author=actor.id)
    assert "60,000" in typed(held, "we_know", "y" * 20, author=actor.id).refused[0]
    assert typed(held, "we_know", "z", author=actor.id).refused == [""]
    assert queries.section(SUBJECT, "we_know").text.endswith("xz")


def test_a_stored_update_that_no_library_can_read_does_not_keep_the_rest_away():
    actor, document = opened()
    held = queries.load(document.pk)
    typed(held, "we_know", "before ", author=actor.id)
    Update.objects.create(document=document, number=2, data=b"\xff\xff", sections=",we_know,", at=NOW)
    Document.objects.filter(pk=document.pk).update(number=2)
    anew = queries.load(document.pk)
    assert (anew.number, anew.replica.text("we_know")) == (2, "before ")
    typed(anew, "we_know", "after", author=actor.id)
    assert queries.section(SUBJECT, "we_know").text == "before after"


def test_characters_that_no_store_keeps_become_spaces():
    actor, document = opened()
    held = queries.load(document.pk)
    typed(held, "we_know", "a\x00b\x1bc", author=actor.id)
    assert queries.section(SUBJECT, "we_know").text == "a b c"
    typed(held, "we_know", "d", author=actor.id)
    assert queries.section(SUBJECT, "we_know").text == "a b cd"


def test_text_from_before_there_were_updates_is_taken_in():
    actor, document = opened()
    document.sections.filter(slug="we_know").update(text="Written by an older release")
    held = queries.load(document.pk)
    written = commands.write(held, [], now=NOW)
    assert len(written.caught_up) == 1
    typed(held, "we_know", "!", author=actor.id)
    assert queries.section(SUBJECT, "we_know").text == "Written by an older release!"


@pytest.mark.req("OPN-08")
def test_a_form_keeps_what_others_typed_meanwhile_elsewhere_in_the_section():
    actor, document = opened()
    held = queries.load(document.pk)
    typed(held, "we_know", "one\ntwo\nthree\n", author=actor.id)
    seen = queries.document(SUBJECT).number
    typed(held, "we_know", "four, live", author=actor.id)
    section = queries.section(SUBJECT, "we_know")
    saved = commands.save_section(actor, section, "ONE\ntwo\nthree", version=section.version, seen=seen, now=NOW)
    assert saved.text == "ONE\ntwo\nthree\nfour, live"
    commands.write(held, [], now=NOW)
    assert held.replica.text("we_know") == saved.text


def test_a_form_and_a_typist_in_one_line_are_shown_both_texts():
    actor, document = opened()
    held = queries.load(document.pk)
    typed(held, "we_know", "one line", author=actor.id)
    seen = queries.document(SUBJECT).number
    typed(held, "we_know", ", typed live", author=actor.id)
    section = queries.section(SUBJECT, "we_know")
    with pytest.raises(Stale) as refused:
        commands.save_section(actor, section, "another line", version=section.version, seen=seen, now=NOW)
    assert refused.value.current.text == "one line, typed live"
    now_seen = queries.document(SUBJECT).number
    saved = commands.save_section(actor, section, "another line", version=section.version, seen=now_seen, now=NOW)
    assert saved.text == "another line"
    assert [one.text for one in queries.revisions(saved)] == ["another line"]


@pytest.mark.req("OPN-08")
def test_a_pause_makes_a_revision_that_names_all_who_wrote():
    actor, document = opened()
    bea = company.person("Bea")
    held = queries.load(document.pk)
    typed(held, "we_know", "from Ana, ", author=actor.id)
    typed(held, "we_know", "from Bea", author=bea.id)
    assert jobs.revise(NOW + dt.timedelta(seconds=1)) == 0
    assert jobs.revise(NOW + jobs.PAUSE) == 1
    assert jobs.revise(NOW + jobs.PAUSE) == 0
    section = queries.section(SUBJECT, "we_know")
    assert section.version == 2
    revision = queries.revisions(section)[0]
    assert (revision.text, revision.author.name) == ("from Ana, from Bea", "Bea")
    assert {one.name for one in revision.writers.all()} == {"Ana", "Bea"}
    assert Event.objects.get(name="document.section_saved").actor == bea.id


def test_whoever_types_without_a_pause_is_revised_every_minute():
    actor, document = opened()
    held = queries.load(document.pk)
    made = 0
    for second in range(0, 130, 2):
        typed(held, "we_know", "x", author=actor.id, now=NOW + dt.timedelta(seconds=second))
        made += jobs.revise(NOW + dt.timedelta(seconds=second))
    assert made == 2


@pytest.mark.req("OPN-08")
def test_a_version_is_restored_and_nothing_is_lost_by_it():
    actor, document = opened()
    section = queries.section(SUBJECT, "we_know")
    section = commands.save_section(actor, section, "first", version=1, now=NOW)
    section = commands.save_section(actor, section, "second", version=2, now=NOW)
    held = queries.load(document.pk)
    typed(held, "we_know", " and typed", author=actor.id)
    restored = commands.restore(actor, section, 2, now=NOW)
    assert restored.text == "first"
    assert [one.text for one in queries.revisions(restored)] == ["first", "second and typed", "second", "first"]
    commands.write(held, [], now=NOW)
    assert held.replica.text("we_know") == "first"
    with pytest.raises(NotFound):
        commands.restore(actor, section, 99, now=NOW)


def test_a_long_document_opens_from_a_snapshot(monkeypatch):
    monkeypatch.setattr(writing, "SNAPSHOT_EVERY", 5)
    actor, document = opened()
    held = queries.load(document.pk)
    for number in range(23):
        typed(held, "we_know", f"{number} ", author=actor.id)
    assert list(Snapshot.objects.values_list("number", flat=True)) == [15, 20]
    assert queries.load(document.pk).replica.text("we_know") == "".join(f"{number} " for number in range(23))
    assert queries.load(document.pk, upto=12).replica.text("we_know") == "".join(f"{number} " for number in range(12))
    assert Update.objects.count() == 23
