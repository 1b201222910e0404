"""What a mail says: tables of what other people's programs write, and bytes that are nothing at all."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.statuspages.arriving import bounces, pages, quoting, reading, rules
from tocsin.statuspages.lists import rules as lists

HEAD = (
    "From: Zoe Ada <zoe@example.com>\r\nTo: incidents@example.com\r\n"
    "Subject: Re: HOT-1 - Sev 1 - Cards fail\r\nMessage-ID: <q1@mail>\r\n"
)


def mail(body: str = "Is Zurich hit?", *headers: str, kind: str = "text/plain; charset=utf-8", head: str = HEAD) -> bytes:
    lines = "".join(f"{one}\r\n" for one in headers)
    return f"{head}{lines}Content-Type: {kind}\r\n\r\n{body}".encode()


REPLIES = {
    "Gmail": (
        "Are refunds hit too?\n\nOn Sat, Nov 21, 2026 at 10:02 AM Tocsin <tocsin@example.com> wrote:\n\n"
        "> An incident is\n> under way.\n"
    ),
    "Gmail, broken over lines": (
        "Are refunds hit too?\n\nOn Sat, Nov 21, 2026 at 10:02 AM Tocsin <\nincidents+hot-1-abc@example.com> wrote:\n> An incident"
    ),
    "Apple Mail": (
        "Are refunds hit too?\n\nSent from my iPhone\n\n"
        "> On 21 Nov 2026, at 10:02, Tocsin <t@example.com> wrote:\n> \n> An incident"
    ),
    "Apple Mail on a desk": "Are refunds hit too?\n\n> On 21. Nov 2026, at 10:02, Tocsin <t@example.com> wrote:\n> An incident\n",
    "Outlook": (
        "Are refunds hit too?\n\n________________________________\nFrom: Tocsin <t@example.com>\n"
        "Sent: Saturday, November 21, 2026 10:02\nTo: Zoe\nSubject: HOT-1\n\nAn incident is under way."
    ),
    "Outlook without a line": (
        "Are refunds hit too?\n\nFrom: Tocsin <t@example.com>\nSent: Saturday, November 21, 2026 10:02 AM\n"
        "To: Zoe\nSubject: HOT-1\n\nAn incident"
    ),
    "Outlook in German": (
        "Are refunds hit too?\n\nVon: Tocsin <t@example.com>\nGesendet: Samstag, 21. November 2026 10:02\n"
        "An: Zoe\nBetreff: HOT-1\n\nAn incident"
    ),
    "Outlook, old": "Are refunds hit too?\n\n-----Original Message-----\nFrom: Tocsin\nAn incident",
    "Outlook on a phone": "Are refunds hit too?\n\nGet Outlook for Android\n________________________________\nFrom: Tocsin",
    "Thunderbird in German": "Are refunds hit too?\n\nAm 21.11.26 um 10:02 schrieb Tocsin:\n> An incident\n",
    "French": "Are refunds hit too?\n\nLe sam. 21 nov. 2026 à 10:02, Tocsin <t@example.com> a écrit :\n\n> An incident",
    "a signature": "Are refunds hit too?\n-- \nZoe Ada\nHead of refunds",
    "below what is quoted": (
        "On Sat, Nov 21, 2026 at 10:02 AM Tocsin <t@example.com> wrote:\n> An incident\n> is under way\n\nAre refunds hit too?\n"
    ),
    "between what is quoted": "> An incident is under way.\nAre refunds hit too?\n> Updates follow.\n",
    "nothing quoted": "Are refunds hit too?",
    "non-breaking spaces": "Are refunds\u00a0hit too?\n",
}


@pytest.mark.req("ICO-08")
@pytest.mark.parametrize("program", REPLIES)
def test_a_reply_is_what_its_sender_typed(program: str) -> None:
    assert reading.read(mail(REPLIES[program].replace("\n", "\r\n"))).text == "Are refunds hit too?"


@pytest.mark.parametrize(
    "text",
    ["On Friday we wrote the following to customers:\nis it right?", "From: here on it is slow?", "Date: unknown? Cause: unknown?"],
)
def test_words_that_look_like_a_quotation_stay(text: str) -> None:
    assert quoting.newly_written(text) == text


def test_who_only_quotes_has_said_nothing() -> None:
    assert quoting.newly_written("> An incident\n> is under way\n-- \nZoe") == ""


AUTOMATIC = {
    "Exchange, out of office": ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"),
    "vacation (RFC 3834)": ("Auto-Submitted: auto-replied (vacation)",),
    "an old responder": ("X-Autoreply: yes",),
    "cPanel": ("X-Autorespond: Re: HOT-1",),
    "bulk": ("Precedence: bulk",),
    "another list": ("List-Id: <all.example.com>",),
    "a loop": ("X-Loop: zoe@example.com",),
}


@pytest.mark.parametrize("what", AUTOMATIC)
def test_what_no_person_wrote_is_known(what: str) -> None:
    assert reading.read(mail("I am away", *AUTOMATIC[what])).automatic


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.example.com", "Postmaster <postmaster@example.com>", "no-reply@example.com"])
def test_robots_are_known_by_their_names(sender: str) -> None:
    assert reading.read(mail(head=f"From: {sender}\r\nSubject: x\r\n")).automatic


def test_an_empty_envelope_is_nobody_and_a_person_is_a_person() -> None:
    assert reading.read(mail(), envelope_from="").automatic
    assert not reading.read(mail("Hello", "Auto-Submitted: no"), envelope_from="zoe@example.com").automatic


def report(fields: str, *, returned: str = "Message-ID: <thr_1@tocsin.example.com>\r\nSubject: HOT-1") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n{fields}\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--B--\r\n"
    ).encode()


POSTFIX = (
    "Final-Recipient: rfc822; Gone@Example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <gone@example.com>: no such user\r\n"
)
EXCHANGE = (
    "Final-Recipient: rfc822;gone@example.com\r\nAction: failed\r\nStatus: 5.1.10\r\n"
    "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n"
)
FULL = (
    "Final-Recipient: rfc822; gone@example.com\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    "Diagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n"
)
DELAYED = "Final-Recipient: rfc822; gone@example.com\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
POLICY = (
    "Final-Recipient: rfc822; gone@example.com\r\nAction: failed\r\nStatus: 5.7.1\r\n"
    "Diagnostic-Code: smtp; 550 5.7.1 relaying denied\r\n"
)


@pytest.mark.parametrize(
    ("fields", "status", "delayed", "final"),
    [
        (POSTFIX, "5.1.1", False, True),
        (EXCHANGE, "5.1.10", False, True),
        (FULL, "5.2.2", False, False),
        (DELAYED, "4.4.1", True, False),
        (POLICY, "5.7.1", False, False),
    ],
)
def test_a_report_names_the_address_the_code_and_the_mail(fields: str, status: str, delayed: bool, final: bool) -> None:
    found = reading.read(report(fields)).bounce
    assert found is not None
    assert (found.address, found.status, found.delayed) == ("gone@example.com", status, delayed)
    assert found.of == "<thr_1@tocsin.example.com>"
    assert lists.is_final(found.said) is final


def test_a_returned_mail_in_whole_names_itself_and_success_is_no_bounce() -> None:
    whole = report(POSTFIX).replace(b"text/rfc822-headers", b"message/rfc822")
    assert reading.read(whole).bounce == bounces.Bounce(
        "gone@example.com", "5.1.1", "550 5.1.1 <gone@example.com>: no such user", "<thr_1@tocsin.example.com>", delayed=False
    )
    assert reading.read(report(POSTFIX.replace("failed", "delivered"))).bounce is None


@pytest.mark.parametrize(
    ("words", "final"),
    [
        ("550 no such user", True),
        ("551 gone", True),
        ("554 spam", False),
        ("421 4.7.0 later", False),
        ("550 5.7.26 unauthenticated", False),
        ("host 10.5.1.1 said 450", False),
        ("", False),
    ],
)
def test_only_an_address_that_takes_no_mail_is_final(words: str, final: bool) -> None:
    assert lists.is_final(words) is final


def test_html_alone_becomes_words_without_the_quoted_mail() -> None:
    page = (
        "<html><head><style>p{}</style><title>x</title></head><body><p>Are <b>refunds</b> hit?</p><script>alert(1)</script>"
        '<div class="gmail_quote"><div>On Sat</div><blockquote>An incident<blockquote>old</blockquote></blockquote>'
        "</div></body></html>"
    )
    assert reading.read(mail(page, kind="text/html")).text == "Are refunds hit?"
    outlook = '<p>Are refunds hit?</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: x</div><p>old</p>'
    assert pages.words(outlook) == "Are refunds hit?"


@pytest.mark.parametrize("charset", ["utf-8", "nonsense", "us-ascii", "utf-16", "idna", "base64"])
def test_a_charset_may_lie(charset: str) -> None:
    raw = f"{HEAD}Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + "Zürich?".encode()
    assert isinstance(reading.read(raw).text, str)


def test_headers_are_one_line_each_whatever_they_hold() -> None:
    head = "From: =?utf-8?q?Eve=0D=0ABcc=3A_x=40y=2Ez?= <eve@example.com>\r\nSubject: =?utf-8?q?HOT-1=0AX-Evil=3A_1=E2=80=AE?=\r\n"
    found = reading.read(mail(head=head))
    assert (found.name, found.subject) == ("Eve Bcc: x@y.z", "HOT-1 X-Evil: 1")


def test_ten_thousand_characters_of_subject_are_cut() -> None:
    assert len(reading.read(mail(head=f"From: a@example.com\r\nSubject: {'HOT-1 ' * 2_000}\r\n")).subject) == 300


@pytest.mark.parametrize(
    "senders", ["", "From: a@example.com\r\nFrom: b@example.com\r\n", "From: a@example.com, b@example.com\r\n", "From: nobody\r\n"]
)
def test_a_mail_of_nobody_or_of_two_has_no_sender(senders: str) -> None:
    assert reading.read(mail(head=f"{senders}Subject: x\r\n")).sender == ""


def test_parts_without_end_are_refused_or_read_but_never_raise() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(5_000))
    with contextlib.suppress(reading.Unreadable):
        reading.read((HEAD + deep).encode())


PIECES = st.sampled_from(
    [
        b"From: a@example.com\r\n",
        b"Subject: =?utf-8?b?////?=\r\n",
        b"Subject: =?x?q?=00?=\r\n",
        b"\r\n",
        b"--B\r\n",
        b"--B--\r\n",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n',
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: text/html; charset*=x''%ff\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Disposition: attachment; filename*0*=a\r\n",
        b"<div class=gmail_quote><![CDATA[",
        b"On x wrote:\r\n> y",
        b"\xff\xfe\x00",
        b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 x\r\n",
        b"Status: 5\r\nAction:\r\n",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=40)), max_size=30).map(b"".join))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise_anything_but_that_they_cannot_be_read(raw: bytes) -> None:
    try:
        found = reading.read(raw, envelope_from="")
    except reading.Unreadable:
        return
    assert "\n" not in found.subject + found.name + found.sender
    assert "\x00" not in found.text
    found.text.encode()


@pytest.mark.parametrize(
    ("subject", "keys", "reference"),
    [
        ("HOT-12 [#4711] Cards fail", ["HOT-12"], "4711"),
        ("Re: Fwd: [CS-4711] Cards fail (hot-12)", ["CS-4711", "HOT-12"], "CS-4711"),
        ("Ticket 4711: belongs to HOT-12", ["HOT-12"], "4711"),
        ("AW: HOT-12: Customer Blum cannot pay", ["HOT-12"], "Customer Blum cannot pay"),
        ("HOT-12", ["HOT-12"], ""),
        ("cards fail", [], "cards fail"),
    ],
)
def test_a_subject_names_an_incident_and_a_case(subject: str, keys: list[str], reference: str) -> None:
    assert rules.keys_in(subject) == keys
    assert rules.case_reference(subject, "HOT-12") == reference


@pytest.mark.parametrize(
    ("sender", "may"),
    [
        ("desk@help.example", True),
        ("x@vendor.example", True),
        ("x@evil-vendor.example", False),
        ("", False),
        ("desk@other.example", False),
    ],
)
def test_cases_are_labelled_from_named_addresses_and_domains(sender: str, may: bool) -> None:
    assert rules.may_label(sender, "desk@help.example, @vendor.example") is may
