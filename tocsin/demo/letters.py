"""Who hears from Larkfield and who writes to it, the words kept for the next time, and what was said. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.demo.cast import DOMAIN


@dataclass(frozen=True, slots=True)
class ListLine:
    """A distribution list: people by mail name, other addresses with whose they are."""

    name: str
    purpose: str
    severities: tuple[int, ...]
    people: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class MessageLine:
    """Words that are written down before they are needed."""

    name: str
    audience: str
    stage: str
    body: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """What somebody asked by mail, and the answer if there is one."""

    person: str
    text: str
    answer: str = ""


LISTS = (
    ListLine(
        "Leadership", "Heads of engineering and the board", (1, 2), ("robin",), (("board", "Board"), ("cto", "Maya Lindgren"))
    ),
    ListLine("Major incident managers", "Whoever may have to take over", (1, 2), ("ben", "sara", "priya")),
    ListLine("Interested", "Whoever wants to know what is going on", (1, 2, 3), ("olga", "hana"), is_open=True),
)
MESSAGES = (
    MessageLine(
        "We are looking into it",
        "external",
        "first",
        "Since {{ started }} something is wrong with {{ products }}. We are looking into it and speak again by {{ next_update }}.",
        "Issues with {{ products }}",
    ),
    MessageLine(
        "Cause found",
        "external",
        "between",
        "We have found what fails with {{ products }} and are putting it right. The next update comes by {{ next_update }}.",
    ),
    MessageLine(
        "Over, with thanks",
        "external",
        "last",
        "{{ products }} work as they should again, after {{ duration }}. Thank you for your patience.",
    ),
    MessageLine(
        "Payments are hit",
        "internal",
        "between",
        "{{ service }} fails: {{ impact }}\n\nCurrent status:\n- Hit: {{ affected }}\n- Cases so far: {{ cases }}\n\n"
        "Next steps:\n- The desk answers with what the public page says\n- {{ manager }} decides about a rollback",
    ),
    MessageLine(
        "Everybody on the call",
        "team",
        "",
        "{{ key }} is {{ severity }} now. Whoever knows {{ service }}: please join the call, and say here what you look at.",
    ),
)
POSTS = (
    ("https://social.example/@nightowl/118204", "@nightowl", "Seat map of my night train is gone. Do I still have a bed?", 31),
    ("https://forum.rails.example/t/48213", "Rails & Routes", "Anyone else without seat maps on Larkfield tonight?", 22),
    ("https://social.example/@rita/118377", "@rita", "Larkfield says tickets stay valid. Good to know.", 8),
)
"""Address, who wrote it, what it says, minutes ago."""
REVIEW_NOTES = (
    "The desk had eleven calls before this went out. Nobody had told them that we knew.",
    "Customers asked how many are hit. We knew, and did not say.",
    "The best message of the evening: what works, what does not, when we speak again.",
)
REVIEW_ACTIONS = (
    ("people", "A second person on every shift can write to customers", "Sara asks who wants to learn it", "sara"),
    ("process", "The desk hears before the page says it", "Ben writes the call into the cheat sheet", "ben"),
    ("technology", "A template for seat maps and one for payments", "Priya drafts both", "priya"),
)
"""Kind, what changes, the first step, who owns it."""
DRAFT = "We have found why some seat maps are missing. They come back train by train within the hour. Tickets stay valid."
DRAFT_NOTE = "May we say within the hour?"
QUESTIONS = (
    QuestionLine(
        "olga",
        "Do travellers who have a ticket already notice anything? Two hotels ask me.",
        "No. Tickets that are sold stay valid, and seats that are reserved stay reserved.",
    ),
    QuestionLine("hana", "Shall the morning import be held back until this is over?"),
)
STRANGER = {
    "From": "Carla Neri <carla@alpenbus.example>",
    "Subject": "Re: Seat maps missing for night trains",
    "Message-ID": "<20261121.seats@alpenbus.example>",
    "text": "A colleague of yours forwarded this. Are the seats of our feeder buses shown?",
}
READERS = (
    "anna.lind",
    "bookings",
    "c.moreau",
    "desk",
    "elias.kern",
    "frontoffice",
    "g.rossi",
    "helpdesk",
    "it.team",
    "j.novak",
    "karin.holm",
    "l.dubois",
    "m.ferrari",
    "night.audit",
    "operations",
    "p.nagy",
    "quality",
    "reservations",
    "s.keller",
    "travel.desk",
    "u.berg",
    "v.costa",
    "w.huber",
    "yards",
)
"""Who outside hears of the status page, at one of `READERS_AT`."""
READERS_AT = ("hotel-lindenhof.example", "alpenbus.example", "nordtours.example")
TEXTS_GATEWAY = ("Texts", f"https://sms.{DOMAIN}/v1/messages", '{"to": "{{ to }}", "text": "{{ text }}"}')
"""Name, address and body: no such host is anywhere, so the built-in mailbox takes what it would carry."""
READERS_BY_TEXT = ("+43 660 5550141", "+43 660 5550142")
PARTNERS = ("leitstelle", "betrieb", "technik")
"""Who hears of the page for partners."""
READER_GONE, READER_WAITING = "r.weiss", "k.brandt"
