"""Who works at Larkfield and what they run. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DOMAIN = "larkfield.example"
ADMINISTRATOR = ("Robin Adler", "robin")


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team: its zone, the weekday and wall time of its hand-over, and its people (mail names), managers first."""

    name: str
    zone: str
    handover: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service: its team, the products it is part of, and the host that its alerts name."""

    name: str
    team: str
    products: tuple[str, ...]
    description: str
    host: str


PEOPLE = {
    "ana": ("Ana Ruiz", "Europe/Vienna"),
    "jonas": ("Jonas Lindqvist", "Europe/Stockholm"),
    "lena": ("Lena Vogel", "Europe/Vienna"),
    "diego": ("Diego Morales", "America/New_York"),
    "grace": ("Grace Kim", "America/New_York"),
    "noah": ("Noah Becker", "America/New_York"),
    "mei": ("Mei Tanaka", "Asia/Tokyo"),
    "hana": ("Hana Sato", "Asia/Tokyo"),
    "tomasz": ("Tomasz Zieliński", "Europe/Warsaw"),
    "ben": ("Ben Okafor", "Europe/London"),
    "sara": ("Sara Haddad", "Europe/London"),
    "priya": ("Priya Raman", "Asia/Kolkata"),
}
STAKEHOLDERS = {"olga": ("Olga Petrova", "Europe/Vienna")}

TEAMS = (
    TeamLine("Payments", "Europe/Vienna", "09:00", ("ana", "jonas", "lena")),
    TeamLine("Booking", "America/New_York", "09:00", ("diego", "grace", "noah")),
    TeamLine("Data", "Asia/Tokyo", "10:00", ("mei", "hana", "tomasz")),
    TeamLine("Developer tools", "Europe/London", "09:30", ("priya", "noah", "jonas")),
    TeamLine("Incident managers", "Europe/London", "08:00", ("ben", "sara", "priya")),
)
MANAGERS_TEAM = "Incident managers"
WITH_WEEKENDS = ("Payments", "Booking")
"""Teams that hand the weekends on by themselves, in a layer above the weeks."""
WEEKENDS = ({"days": [5, 6], "from": "00:00", "to": "00:00"},)

QUALIFICATIONS = {
    "ben": (("incident manager trained", 14, 24), ("network", 30, 0)),
    "sara": (("incident manager trained", 9, 24), ("communications", 20, 0)),
    "priya": (("incident manager trained", 40, 24), ("builds", 12, 0)),
    "ana": (("database", 18, 0), ("payments ledger", 18, 0)),
    "jonas": (("database", 6, 0), ("builds", 6, 0)),
    "diego": (("search index", 22, 0),),
    "mei": (("database", 15, 0), ("event streams", 15, 0)),
    "hana": (("event streams", 8, 0),),
}
"""By mail name: what somebody can do, how many months ago they were trained, and for how many months it counts (0: for good)."""

VENDORS = (
    (
        "Stratus Cloud",
        "+43 1 5550 140",
        "https://support.stratus.example",
        "Business support, contract LF-2291. Open a case at severity *production down*, then call and say its number.",
    ),
    (
        "Nordpay",
        "+46 8 555 0175",
        "https://status.nordpay.example",
        "Card acquirer. Give the merchant number 40177 and one failing authorisation. After 15 minutes ask for the duty manager.",
    ),
)
"""Name, telephone, support page, and what to do."""

REPORTED = (
    "Stratus Cloud",
    "https://status.stratus.example/",
    "Packet loss between two halls in Zürich",
    "One of two links drops packets. Traffic moves to the other one.",
)
"""A vendor, its status feed, and what that reports."""

PRODUCTS = ("Tickets", "Wallet", "Partner API", "Station screens")

PARTNERS_PAGE: Mapping[str, Any] = {
    "name": "Larkfield für Partner",
    "slug": "partner",
    "language": "de",
    "zone": "Europe/Vienna",
    "theme": {"accent": "#7a1fa2", "accent_dark": "#cf9be6"},
}
PARTNERS_PARTS = (
    ("Fahrkarten", "Tickets", ""),
    ("Partner-API", "Partner API", "Schnittstellen"),
    ("Anzeigen am Bahnsteig", "Station screens", "Schnittstellen"),
)
"""Name, product, and the heading under which it stands."""

SERVICES = (
    ServiceLine("Checkout", "Payments", ("Tickets", "Wallet"), "Takes card and wallet payments.", "checkout-api"),
    ServiceLine("Ledger", "Payments", ("Wallet",), "Books every payment once.", "ledger-db"),
    ServiceLine("Payouts", "Payments", ("Partner API",), "Sends money to partners each night.", "payouts"),
    ServiceLine("Search", "Booking", ("Tickets", "Partner API"), "Finds connections and prices.", "search"),
    ServiceLine("Seat maps", "Booking", ("Tickets",), "Shows and reserves seats.", "seatmap"),
    ServiceLine("Screens", "Booking", ("Station screens",), "Departures on 412 station screens.", "screens"),
    ServiceLine("Event stream", "Data", ("Tickets", "Partner API"), "Carries bookings between services.", "stream"),
    ServiceLine("Warehouse", "Data", (), "Reports for finance and operations.", "warehouse"),
    ServiceLine("Code hosting", "Developer tools", (), "Repositories and builds of all teams.", "git"),
)

OWNERS = {
    "Checkout": "ana",
    "Ledger": "jonas",
    "Payouts": "lena",
    "Search": "diego",
    "Seat maps": "grace",
    "Screens": "noah",
    "Event stream": "mei",
    "Warehouse": "tomasz",
    "Code hosting": "priya",
}
NEEDS = {
    "Checkout": ("Ledger", "Event stream"),
    "Payouts": ("Ledger",),
    "Search": ("Event stream",),
    "Screens": ("Search",),
    "Warehouse": ("Event stream",),
}
USES = {
    "Checkout": ("Nordpay",),
    "Payouts": ("Nordpay",),
    "Ledger": ("Stratus Cloud",),
    "Event stream": ("Stratus Cloud",),
    "Seat maps": ("Stratus Cloud",),
    "Code hosting": ("Stratus Cloud",),
}
"""Of services by name: who answers for them, the services and the vendors that they cannot do without."""

NOT_WATCHED = ("Code hosting",)
"""Services that no monitoring speaks for yet, so that the coverage report has something to say."""

OWN_MANAGER_ROSTER = {"Code hosting": "Developer tools"}
"""Services whose incident managers come from their own team's schedule instead of the company's roster."""

OFFICE_HOURS = {"Warehouse": ({"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "18:00"},)}
"""Services whose team is paged in these hours of its own zone only: at other times the last resort answers alone."""

ORGANISATION = "Larkfield"
SECURITY_TEAM = "Developer tools"
BACKUPS = {
    "chat": ("Matrix room", "https://matrix.larkfield.example/#/room/emergency", "Sign in with the card in your wallet", 34),
    "video": ("Telephone bridge", "https://bridge.larkfield.example/912", "Or call +43 1 5550 912, code 4417", 34),
    "documents": ("Files at the second site", "https://files2.larkfield.example", "A copy of each night", 92),
    "state_document": ("Shared pad", "https://pad.larkfield.example/p/incident", "Copy it back afterwards", 213),
}
"""By kind: name, link, how, and how many days ago it was tried. Nobody has named one for the ticket yet."""

CHANGES = (
    (3, "Checkout", "Release 412: new rules for wallet refunds"),
    (26, "Event stream", "Broker settings: retention from 3 to 5 days"),
    (51, "Search", "Index rebuilt with prices of the winter timetable"),
    (120, "Ledger", "Database moved to the larger machine"),
)
"""How many hours ago, which service, what."""

GUIDANCE = {
    "Checkout": "Sev 1 from one refused payment in twenty, or when nobody can pay by card. Below that, Sev 2.",
    "Seat maps": "Sev 1 when no train shows seats, or seats are sold twice. Some trains without seats are Sev 2.",
}
"""What tells a Sev 1 from a Sev 2, by service."""
SIGNED = ("Payments", "Booking")
"""Teams that agree to what the severities mean."""

CASES = (("CS-2201", "Nordbahn travel desk"), ("CS-2204", "Alpine school trips"), ("CS-2209", ""))
CALLED_IN, NOT_NEEDED = "Data", "Payments"
TAKERS = ("ben", "sara", "priya")
"""Cases and teams of the incident that is open, and who may take it over."""

DRILL = (
    (9, "Some of you cannot log in. We are looking into it and speak again in 30 minutes.", "Short and clear. Say since when."),
    (31, "Since 14:05 log-in fails for about half of you. Tickets you hold stay valid.", "Good: I know what still works."),
)
"""Minutes after the start, what was drafted for customers, and what was thought of it."""

TICKED = ("connect", "communications", "escalate")
"""Sections of the cheat sheet whose lines are ticked on incidents that are being fixed."""

ELSEWHERE: dict[str, Any] = {
    "facts": {
        "reference": "EMG-7",
        "url": "https://spare.larkfield.example/EMG-7",
        "summary": "The whole office network is away, and Tocsin with it",
        "severity": 3,
        "service": "code-hosting",
        "manager": "priya@larkfield.example",
    },
    "times": {
        "impact_started_at": 0,
        "detected_at": 2,
        "reported_at": 6,
        "fixing_at": 9,
        "impact_ended_at": 74,
        "resolved_at": 90,
    },
    "timeline": [
        {"at": 9, "kind": "communication", "text": "We meet on the telephone bridge.", "who": "Priya"},
        {"at": 31, "kind": "observation", "text": "The line to the provider is cut; they have sent somebody.", "who": "Noah"},
        {"at": 74, "kind": "change", "text": "The second line takes all traffic.", "who": "Noah"},
    ],
}
"""An incident that was run without us; times in minutes after its start."""

TEMPLATES: tuple[dict[str, Any], ...] = (
    {
        "team": "Payments",
        "name": "Cards are refused",
        "service": "Checkout",
        "summary": "Card payments fail at checkout",
        "severity": 1,
        "description": "Since when? All cards or one scheme? Does the acquirer say anything?",
        "products": ("Tickets", "Wallet"),
        "pages": ("Data",),
        "offers": (("incident_manager", "Incident managers"), ("communications_manager", "sara")),
        "told": ("olga", "lena"),
        "internal": "Card payments fail. We look at the acquirer first. Vouchers and invoices work.",
        "external": "Paying by card may fail at the moment. Vouchers work. We are looking into it.",
    },
    {
        "team": "Booking",
        "name": "Search is slow",
        "service": "Search",
        "summary": "Connections take more than ten seconds to find",
        "severity": 2,
        "products": ("Tickets", "Partner API"),
        "offers": (("tech_lead", "Booking"),),
        "told": ("olga",),
        "audiences": ("internal",),
    },
    {
        "team": "Developer tools",
        "name": "Somebody was in our systems",
        "summary": "",
        "severity": 1,
        "private": True,
        "description": "Do not write names of customers here. Who saw what, when, and on which machine?",
        "pages": ("Developer tools",),
        "offers": (("incident_manager", "priya"),),
        "internal": "",
        "audiences": (),
    },
)
"""What teams have prepared: teams, schedules (by their team) and people (by mail name) are names of this house."""

DASHBOARDS: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
    ("Customer support", "support", "Incident managers", {"severities": (1, 2)}, "https://wiki.larkfield.example"),
    ("Payments today", "payments", "Payments", {"teams": ("Payments",)}, ""),
    ("Station screens", "screens", "Booking", {"products": ("Station screens",)}, ""),
)
"""Name, address below /dash/, the team that keeps it, what it shows, and whose pages may frame its list."""
