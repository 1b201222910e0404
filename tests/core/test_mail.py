"""The mail builder: one message, no extra header, whatever somebody wrote."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import Invalid
from tocsin.core.net import mail

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
USUAL = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}


def build(**changes: object) -> EmailMessage:
    parts = {"sender": "Tocsin <tocsin@example.com>", "to": "ada@example.com", "subject": "Hello", "text": "Text\n"}
    return mail.build(now=NOW, **({"message_id": "<k@example.com>"} | parts | changes))  # type: ignore[arg-type]


def reread(message: EmailMessage) -> EmailMessage:
    return message_from_bytes(bytes(message), policy=policy.default)  # type: ignore[return-value]


def test_a_mail_says_who_what_when_and_carries_its_id() -> None:
    read = reread(build())
    assert read["Message-ID"] == "<k@example.com>"
    assert read["Date"] == "Fri, 20 Nov 2026 09:00:00 +0000"
    assert (read["From"], read["To"], read["Subject"]) == ("Tocsin <tocsin@example.com>", "ada@example.com", "Hello")
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "text/plain"


@pytest.mark.req("SYS-24")
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00", "\r\n "])
@pytest.mark.parametrize("part", ["subject", "to", "sender", "message_id", "header"])
def test_a_line_break_or_nul_in_a_header_is_refused(part: str, break_: str) -> None:
    evil = f"a{break_}Bcc: eve@example.com"
    changes: dict[str, object] = {"headers": {"X-Note": evil}} if part == "header" else {part: evil}
    with pytest.raises(Invalid):
        build(**changes)


@pytest.mark.parametrize("name", ["Bcc", "to", "Subject", "X Y", "X:Y", "X-Ü", "", "Content-Type", "X-A\r\nBcc"])
def test_headers_that_are_ours_or_malformed_cannot_be_added(name: str) -> None:
    with pytest.raises(Invalid):
        build(headers={name: "x"})


@pytest.mark.parametrize(
    "to", ["", "ada", "a@b@c", "a@b, c@d", "Ada <a@b>", "a b@c", "a@b>,<c@d", "x" * 255 + "@example.com", "%@[é"]
)
def test_only_one_plain_address_can_be_mailed(to: str) -> None:
    with pytest.raises(Invalid) as refused:
        build(to=to)
    assert refused.value.field == "to"


@given(st.text(alphabet=st.characters(codec=None), max_size=600), st.text(alphabet=st.characters(codec=None), max_size=600))
def test_any_text_of_the_world_becomes_one_mail_without_another_header(subject: str, text: str) -> None:
    raw = bytes(build(subject=mail.one_line(subject), text=text))
    read = message_from_bytes(raw, policy=policy.default)
    assert set(read.keys()) == USUAL
    assert read["To"] == "ada@example.com"
    assert len(read["Subject"]) <= mail.SUBJECT_LIMIT
    assert not read.is_multipart()


@given(st.text(alphabet=st.sampled_from("aZ .<\t\n\rFrom xä"), max_size=200))
def test_a_mail_is_what_the_library_would_make_of_it(text: str) -> None:
    """Headers that mails share are parsed once, ids not at all: nobody who reads the mail can tell."""
    ours, theirs = build(text=text), EmailMessage(policy=policy.SMTP.clone(max_line_length=78))
    for name in ("Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted"):
        theirs[name] = str(ours[name])
    theirs.set_content(text, charset="utf-8")
    assert bytes(ours) == bytes(theirs)


_letters = st.text(alphabet="aZ9._+-'!é(", min_size=1, max_size=70)


@given(st.builds("{}@{}".format, _letters, _letters))
def test_an_address_is_written_as_the_library_would(to: str) -> None:
    """Plain ones are not taken apart."""
    theirs = EmailMessage(policy=policy.SMTP.clone(max_line_length=78))
    try:
        theirs["To"] = to
        ours = build(to=to)
    except (Invalid, IndexError):  # the second is the library's own stumble
        return
    assert (ours["To"], ours["To"].addresses) == (theirs["To"], theirs["To"].addresses)
    assert [one for one in bytes(ours).splitlines() if one.startswith(b"To:")] == bytes(theirs).splitlines()[:1]


def test_what_mails_share_stays_each_one_s_own() -> None:
    first, second = build(subject="One", text="é"), build(subject="One", text="é")
    del first["Subject"]
    first.set_param("charset", "latin-1")
    assert second["Subject"] == "One"
    assert second.get_content_charset() == "utf-8"
    assert build(text="é").get_content_charset() == "utf-8"


@pytest.mark.parametrize("break_", ["\u2028", "\u2029", "\x85"])
def test_line_breaks_that_only_python_knows_become_blanks(break_: str) -> None:
    assert reread(build(subject=f"Cards{break_}Bcc: x"))["Subject"] == "Cards Bcc: x"


def test_unicode_arrives_as_it_was_written() -> None:
    read = reread(build(subject="Störung – 支払い 🔥", text="Größe: 9 €\n🔥\n"))
    assert read["Subject"] == "Störung – 支払い 🔥"
    assert read.get_content().replace("\r\n", "\n") == "Größe: 9 €\n🔥\n"


def test_the_same_key_gives_the_same_message_id_and_odd_keys_stay_legal() -> None:
    assert mail.message_id("a" * 32) == mail.message_id("a" * 32)
    assert mail.message_id("x:y z\r\n<>@") == "<x.y.z@localhost>"
    assert len(mail.message_id("k" * 500)) < 100
    assert mail.message_id("k" * 500) != mail.message_id("k" * 501)


def test_ids_and_addresses_stay_whole_however_long_they_are() -> None:
    long = f"<{'a' * 150}@{'b' * 30}.example.com>"
    headers = {"In-Reply-To": long, "References": f"{long} {long}", "List-Unsubscribe": f"<https://{'c' * 90}.example.com/x>"}
    raw = bytes(build(message_id=long, headers=headers | {"Return-Path": f"{'d' * 60}@{'e' * 60}.example.com"}))
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.count(long.encode()) == 4
    assert b"=?" not in head
    assert b"d" * 60 + b"@" + b"e" * 60 + b".example.com" in head
