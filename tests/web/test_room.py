"""Speaking in the room with script off: files, marks, corrections, names, verbs; and what must never get out of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import company
from tests.api.caller import Api
from tests.hostile import GRAPH as PNG
from tests.hostile import NASTY
from tests.web.walk import World, signed_in, world
from tocsin.collab.models import Attachment, Message, Presence, StoredFile
from tocsin.core.models import Event
from tocsin.incidents import commands
from tocsin.incidents.models import Incident
from tocsin.web.frame import sheet
from tocsin.web.frame.prose import to_html

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> World:
    return world()


@pytest.fixture
def client(there: World) -> Client:
    return signed_in(there.ada)


@pytest.fixture
def incident(there: World, now: dt.datetime) -> Incident:
    made = commands.declare(company.actor(there.bo), summary="Cards fail", severity=2, service=there.checkout, now=now)
    return Incident.objects.get(pk=made.pk)


def file(name: str = "graph.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.mark.req("OPN-05", "ITR-06")
def test_pictures_are_shown_and_logs_are_downloads(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/say", {"text": "look", "files": [file(), file("a.log", b"line")]})
    picture, log = Attachment.objects.order_by("position")
    page = client.get("/HOT-1").content.decode()
    assert f'<img src="/HOT-1/files/{picture.id}" alt="graph.png" width="560" height="180" loading="lazy">' in page
    shown, fetched = client.get(f"/HOT-1/files/{picture.id}"), client.get(f"/HOT-1/files/{log.id}")
    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("image/png", 'inline; filename="graph.png"')
    assert b"".join(shown.streaming_content) == PNG
    assert (fetched["Content-Type"], fetched["Content-Disposition"]) == (
        "text/plain; charset=utf-8",
        'attachment; filename="a.log"',
    )
    for answer in (shown, fetched):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "private, no-cache"
    again = client.get(f"/HOT-1/files/{picture.id}", headers={"If-None-Match": shown["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["x.svg", "x.html", "x.png"])
def test_a_page_in_disguise_is_only_text_to_download(client: Client, incident: Incident, name: str) -> None:
    client.post("/HOT-1/say", {"files": [file(name, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]})
    answer = client.get(f"/HOT-1/files/{Attachment.objects.get().id}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "<img" not in client.get("/HOT-1").content.decode()


def test_a_name_of_a_file_breaks_neither_header_nor_page(client: Client, incident: Incident) -> None:
    client.post("/HOT-1/say", {"files": [file('<img src=x onerror=alert(1)>"zürich".png')]})
    kept = Attachment.objects.get()
    page = client.get("/HOT-1").content.decode()
    assert "<img src=x" not in page
    header = client.get(f"/HOT-1/files/{kept.id}")["Content-Disposition"]
    assert "\n" not in header
    assert header.isascii()


def test_files_of_a_private_incident_are_for_those_who_see_it(there: World, incident: Incident, now: dt.datetime) -> None:
    signed_in(there.bo).post("/HOT-1/say", {"files": [file()]})
    kept = Attachment.objects.get()
    commands.change_fields(company.actor(there.bo), incident, private=True, now=now)
    stranger = signed_in(company.person("Otto"))
    for path in (
        f"/HOT-1/files/{kept.id}",
        "/HOT-1/transcript",
        "/HOT-1/transcript.zip",
        "/HOT-1/verbs",
        f"/HOT-1/messages/{kept.message_id}",
    ):
        assert stranger.get(path).status_code == 404, path
    other = commands.declare(company.actor(company.person("Eve")), summary="Mine", severity=3, now=now)
    assert stranger.get(f"/{other.key}/files/{kept.id}").status_code == 404
    for path, data in (
        ("/HOT-1/say", {"text": "x"}),
        ("/HOT-1/mark", {"do": f"seen on {kept.message_id}"}),
        ("/HOT-1/here", {"read": "1"}),
    ):
        assert stranger.post(path, data).status_code == 404, path
    assert not Presence.objects.filter(person__name="Otto").exists()


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([file("a.log", b"")], "is empty"),
        ([file("a.log", b"x" * (10 * 1024 * 1024 + 1))], "larger than 10 MiB"),
        ([file()] * 9, "8 files"),
    ],
    ids=["empty", "large", "many"],
)
def test_files_that_cannot_be_kept_leave_the_words_in_the_form(client: Client, incident: Incident, files: list, why: str) -> None:
    answer = client.post("/HOT-1/say", {"text": "what I typed", "files": files})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert "what I typed</textarea>" in page
    assert not Message.objects.exists()
    assert not StoredFile.objects.filter(attachments__isnull=False).exists()


@pytest.mark.parametrize("text", ["/decission roll back", "@nobody look", "/page nowhere", "/sev 9"])
def test_what_is_refused_stays_in_the_form(client: Client, incident: Incident, text: str) -> None:
    answer = client.post("/HOT-1/say", {"text": text})
    assert answer.status_code == 422
    assert f"{text}</textarea>" in answer.content.decode()
    by_script = client.post("/HOT-1/say", {"text": text}, headers={"X-Live": "1"})
    assert (by_script.status_code, set(by_script.json())) == (422, {"detail"})


def test_sending_twice_is_one_message_also_with_files(client: Client, incident: Incident) -> None:
    for _ in range(2):
        assert client.post("/HOT-1/say", {"text": "x", "files": [file()], "client_key": "k"}).status_code == 302
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)


def test_an_answer_quotes_what_it_answers(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    first = commands.say(company.actor(there.bo), incident, "Is it <b>the cache</b>?", now=now)
    form = client.get(f"/HOT-1?reply={first.id}").content.decode()
    assert f'name="reply_to" value="{first.id}"' in form
    client.post("/HOT-1/say", {"text": "yes", "reply_to": first.id})
    page = client.get("/HOT-1").content.decode()
    assert f'<a href="#{first.id}">Bo</a> Is it &lt;b&gt;the cache&lt;/b&gt;?' in page


def test_marks_are_buttons(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    message = commands.say(company.actor(there.bo), incident, "rolled back", now=now)
    for do in ("seen on", "star on"):
        client.post("/HOT-1/mark", {"do": f"{do} {message.id}", "tab": "talk"})
    page = client.get("/HOT-1/key-events").content.decode()
    assert "Seen 1</button>" in page
    assert "starred" in page
    assert client.post("/HOT-1/mark", {"do": "seen off " + message.id}).status_code == 302
    assert "Seen 1" not in client.get("/HOT-1").content.decode()
    for odd in ("", "seen", "seen on", "<b> on " + message.id, "star on msg_x"):
        assert client.post("/HOT-1/mark", {"do": odd}).status_code in (404, 422), odd


def test_a_correction_in_a_stale_window_shows_both_texts(
    client: Client, incident: Incident, there: World, now: dt.datetime
) -> None:
    message = commands.say(company.actor(there.ada), incident, "host 3", now=now)
    path = f"/HOT-1/messages/{message.id}"
    assert client.post(path, {"text": "host 4", "version": "1"}).status_code == 302
    answer = client.post(path, {"text": "host 5", "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "host 5</textarea>" in page
    assert "It says now: “host 4”" in page
    assert 'name="version" value="2"' in page
    assert "edited" in client.get("/HOT-1").content.decode()


def test_a_removed_secret_is_read_by_nobody_else(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    message = commands.say(company.actor(there.ada), incident, "swordfish", now=now)
    client.post(f"/HOT-1/messages/{message.id}", {"do": "remove"})
    other = signed_in(there.bo)
    for path in (
        "/HOT-1",
        "/HOT-1/talk",
        "/HOT-1/text",
        "/HOT-1/catch-up",
        "/HOT-1/history",
        "/HOT-1/transcript.json",
        f"/HOT-1/messages/{message.id}",
    ):
        assert "swordfish" not in other.get(path).content.decode(), path
    assert "This message was removed." in other.get("/HOT-1").content.decode()
    assert signed_in(there.bo).post(f"/HOT-1/messages/{message.id}", {"do": "remove"}).status_code == 422


def test_the_page_is_looked_at_by_posting_not_by_reading(client: Client, incident: Incident) -> None:
    client.get("/HOT-1")
    assert not Presence.objects.exists()
    assert client.post("/HOT-1/here", {"read": "5"}, headers={"X-Live": "1"}).status_code == 204
    assert client.post("/HOT-1/here", {"read": "-1x"}).status_code == 302
    assert Presence.objects.count() == 1
    assert "here since" in client.get("/HOT-1").content.decode()


def test_home_says_who_asked_for_me_until_i_was_there(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    commands.say(company.actor(there.bo), incident, "@ada is it the cache?", now=now)
    assert "is it the cache?" in client.get("/").content.decode()
    client.post("/HOT-1/here", {"read": "1"})
    assert "Said to you" not in client.get("/").content.decode()


def test_verbs_that_need_a_form_lead_to_it(client: Client, incident: Incident) -> None:
    for line, path in (("/update", "/HOT-1/update"), ("/help", "/HOT-1/verbs"), ("/transcript", "/HOT-1/transcript")):
        assert client.post("/HOT-1/say", {"text": line})["Location"] == path
    assert "/observe TEXT" in client.get("/HOT-1/verbs").content.decode()


class _Reader(HTMLParser):
    """What a browser would make of it: tags, and every attribute with its value."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", NASTY)
def test_no_words_become_script_or_a_request(text: str) -> None:
    for tag, attributes in _Reader(to_html(text)).found:
        assert tag in {"p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "a"}
        assert set(attributes) <= {"href", "rel"}
        assert (attributes.get("href") or "/").startswith(("https://", "http://", "mailto:", "/"))


@pytest.mark.parametrize("text", NASTY)
def test_no_words_break_out_of_the_room(client: Client, incident: Incident, text: str) -> None:
    client.post("/HOT-1/say", {"text": text, "files": [file(text.replace("/", "-") + ".png")]})
    client.post("/HOT-1/say", {"text": f"/observe {text}"})
    clean = {path: _shape(client.get(path).content.decode()) for path in ("/HOT-1", "/HOT-1/catch-up", "/HOT-1/transcript.html")}
    for path, (tags, attributes, sources) in clean.items():
        assert not tags & {"iframe", "object", "embed", "base", "style"}, path
        assert not [name for name in attributes if name.startswith("on") or name == "style"], path
        assert all(source.startswith(("/static/", "/HOT-1/files/")) for source in sources), (path, sources)


def _shape(html: str) -> tuple[set[str], set[str], set[str]]:
    """Tags, names of attributes, and everything that is loaded without a click; of a page without the sheet that it carries."""
    found = _Reader(html.replace(f"<style>{sheet.whole()}</style>", "", 1)).found
    sources = {str(attributes["src"]) for _, attributes in found if "src" in attributes}
    return {tag for tag, _ in found}, {name for _, attributes in found for name in attributes}, sources


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see https://a.example/x?y=1&z=2, then", '<a href="https://a.example/x?y=1&amp;z=2" rel="noopener nofollow">'),
        ("(https://a.example/x)", '<a href="https://a.example/x" rel="noopener nofollow">https://a.example/x</a>)'),
        ("`https://a.example`", "<code>https://a.example</code>"),
        ("[graph](https://a.example)", '<a href="https://a.example" rel="noopener nofollow">graph</a>'),
        ("**b** *i* `c`", "<strong>b</strong> <em>i</em> <code>c</code>"),
        ("- one\n- two", "<li>one</li>"),
        ("one\ntwo", "one<br>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_the_subset_of_markdown(text: str, html: str) -> None:
    assert html in to_html(text)


def test_the_transcript_holds_everything_in_each_format(client: Client, incident: Incident, there: World, now: dt.datetime) -> None:
    client.post("/HOT-1/say", {"text": "look *here*", "files": [file(), file("../a|b.log", b"line")]})
    first = Message.objects.get()
    commands.say(company.actor(there.bo), incident, "seen", reply_to=first, now=now)
    digest = Attachment.objects.first().file_id
    for ending, kind in (("txt", "text/plain"), ("md", "text/markdown"), ("json", "application/json"), ("html", "text/html")):
        answer = client.get(f"/HOT-1/transcript.{ending}")
        assert answer["Content-Type"].startswith(kind)
        assert answer["Content-Disposition"] == f'attachment; filename="HOT-1-transcript.{ending}"'
        for words in ("look *here*", "graph.png", digest, "Cards fail"):
            assert words in answer.content.decode(), (ending, words)
        assert "UTC" in answer.content.decode() or "Z" in answer.content.decode()
    lines = json.loads(client.get("/HOT-1/transcript.json").content)["lines"]
    assert [line["reply_to"] for line in lines if line["text"] == "seen"] == [first.id]
    whole = zipfile.ZipFile(io.BytesIO(b"".join(client.get("/HOT-1/transcript.zip").streaming_content)))
    names = whole.namelist()
    assert {"HOT-1/transcript.txt", "HOT-1/transcript.md", "HOT-1/transcript.json", "HOT-1/transcript.html"} <= set(names)
    assert whole.read("HOT-1/files/001-graph.png") == PNG
    assert "HOT-1/files/002-a_b.log" in names
    assert client.get("/HOT-1/transcript.exe").status_code == 422


def test_reading_a_long_room_costs_a_fixed_number_of_questions(
    client: Client, incident: Incident, there: World, now: dt.datetime, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        message = commands.say(company.actor(there.bo), incident, f"line {number}", now=now)
        commands.react(company.actor(there.ada), incident, message.id, "seen", now=now)
    client.post("/HOT-1/here", {"read": "1"})
    with django_assert_max_num_queries(66):  # type: ignore[operator]
        client.get("/HOT-1")
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        client.get("/HOT-1/transcript.json")
    assert Event.objects.filter(name="message.reacted").count() == 30


_HEAD = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'


@pytest.mark.parametrize("body", [b"", b"x", b"--x\r\n\r\n", _HEAD + b"cut", _HEAD * 200])
@pytest.mark.parametrize("boundary", ["; boundary=x", "", "; boundary=" + "y" * 300])
def test_a_form_that_is_none_is_refused_not_a_fault(
    client: Client, incident: Incident, there: World, body: bytes, boundary: str
) -> None:
    kind = f"multipart/form-data{boundary}"
    assert client.generic("POST", "/HOT-1/say", body, content_type=kind).status_code in (302, 400, 422)
    headers = {"Authorization": f"Bearer {Api(there.ada).token}"}
    answer = client.generic("POST", "/api/v1/incidents/HOT-1/attach", body, content_type=kind, headers=headers)
    assert answer.status_code in (201, 400, 422), answer.content
