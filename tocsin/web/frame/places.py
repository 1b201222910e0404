"""Where one may go and what one may do from anywhere: one table for the page of everything else, the palette and the search."""

from __future__ import annotations

from typing import NamedTuple

from tocsin.core.actor import Actor
from tocsin.directory import permissions
from tocsin.web.gate.policy import ADMINISTRATOR, MANAGER, RESPONDER, SIGNED_IN, Who


class Place(NamedTuple):
    """A page: its name, its address, what is there, and whom it is for."""

    name: str
    path: str
    words: str
    who: Who = SIGNED_IN

    def open_to(self, actor: Actor) -> bool:
        """Whether this reader gets through its door."""
        return _may(actor, self.who)


class Act(NamedTuple):
    """Something to do that needs no object first. `verb` is what the command line calls it, `path` where its form is."""

    verb: str
    name: str
    path: str
    who: Who = SIGNED_IN

    def open_to(self, actor: Actor) -> bool:
        """Whether this reader may do it at all; the command behind the form decides about the object."""
        return _may(actor, self.who)


def _may(actor: Actor, who: Who) -> bool:
    if who is ADMINISTRATOR:
        return actor.is_administrator
    return who is SIGNED_IN or permissions.is_responder(actor)


GROUPS: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "Work",
        (
            Place("Home", "/", "Whether you must act"),
            Place("Incidents", "/incidents", "Open and past emergencies"),
            Place("Incident templates", "/templates", "What teams have prepared, to declare from"),
            Place("Message templates", "/message-templates", "Words to begin an update with"),
            Place("Dashboards", "/dash", "What is in progress, as one team needs to see it"),
            Place("Alerts", "/alerts", "What monitoring says"),
            Place("On call", "/oncall", "Who is called now"),
            Place("Swaps", "/oncall/swaps", "Shifts that somebody asks you to take", RESPONDER),
            Place("Load", "/oncall/load", "Who is on call how much: nights, weekends"),
            Place("Status", "/status/internal", "What colleagues see"),
            Place("Status for customers", "/status", "What customers see"),
            Place("Planned work", "/maintenance", "What readers are told before something is changed on purpose"),
            Place("Past incidents", "/backfilled", "What was written down for customers afterwards"),
            Place("Postmortems", "/postmortems", "What we learned"),
            Place("Company blog", "/blog", "What we write down for everybody here"),
            Place("Communications reviews", "/communications-reviews", "How we spoke in a finished incident, walked with a scribe"),
            Place("Actions", "/actions", "What we promised to change"),
            Place("Insights", "/insights", "How long detection and recovery take"),
            Place("Truth", "/insights/truth", "How soon and how truthfully we told staff and customers"),
            Place("Changes", "/changes", "What was changed lately, and by whom"),
        ),
    ),
    (
        "Prepared",
        (
            Place("Readiness", "/readiness", "What is set up, and what is missing"),
            Place("Cheat sheet", "/cheatsheet", "What an incident manager does; one page to print"),
            Place("Severities", "/severity", "What Sev 1, 2 and 3 mean, and who has agreed"),
            Place("Backup systems", "/backups", "Where we go on when a system is down"),
            Place("Offline kit", "/kit", "One file for when Tocsin itself is down", RESPONDER),
            Place("Values", "/values", "What we hold to at each stage"),
            Place("Glossary", "/glossary", "The words of this house"),
        ),
    ),
    (
        "Organisation",
        (
            Place("People", "/people", "How to reach them, where they are on call, what they can do"),
            Place("Teams", "/teams", "Members, schedules, policies"),
            Place("Services", "/services", "Who answers for what, and where alerts come in"),
            Place("Coverage", "/services/coverage", "Which services lack monitoring, on-call alerting or incident managers"),
            Place("Products", "/products", "What customers know by name"),
            Place("Vendors", "/vendors", "Whom outside to call, and what to say"),
            Place("Lists", "/lists", "Who hears of incidents by mail; put yourself on one"),
            Place("Short links", "/go", "Addresses to remember, such as go/oncall"),
            Place("Administration", "/admin", "Health, mail, audit, keys", ADMINISTRATOR),
            Place("Style", "/style", "The parts these pages are made of"),
        ),
    ),
    (
        "You",
        (
            Place("Profile", "/me", "How you are reached, in which order; zone, theme, keys"),
            Place("My shifts", "/oncall/mine", "When you are on call"),
            Place("Sign-in", "/account/2fa/", "Second factor, passkeys, recovery codes"),
            Place("Keyboard", "/keys", "Every key on one page"),
        ),
    ),
)

ADMINISTRATION: tuple[tuple[str, str], ...] = (
    ("Health", "/admin"),
    ("Messages", "/admin/messages"),
    ("Mail in", "/admin/mail-in"),
    ("Audit", "/admin/audit"),
    ("Tokens", "/admin/tokens"),
    ("Settings", "/admin/settings"),
    ("Gateways", "/gateways"),
    ("Status pages", "/admin/status-pages"),
    ("Pages elsewhere", "/admin/mirrors"),
    ("Subscribers", "/admin/subscribers"),
    ("Products", "/products"),
    ("Severities", "/admin/severities"),
    ("Short links", "/admin/links"),
    ("Cheat sheet", "/admin/cheatsheet"),
    ("Values", "/admin/values"),
    ("Organisation", "/admin/organisation"),
    ("People", "/people"),
    ("Set-up", "/start/summary"),
)
"""What stands beside each other on the pages of administrators."""


def stands_at(path: str, place: str) -> bool:
    """Whether a page is this place or below it; `/admin` has the others below it and is only itself."""
    return path == place or (place != "/admin" and path.startswith(f"{place}/"))


ACTS: tuple[Act, ...] = (
    Act("incident declare", "Declare an incident", "/declare"),
    Act("security page", "Page the security team", "/page-security"),
    Act("oncall at", "Ask who would be paged, and when", "/oncall/time-machine"),
    Act("oncall prove", "See the proof that somebody is always there", "/oncall/proof"),
    Act("incident import", "Import an incident that was run elsewhere", "/incidents/import", RESPONDER),
    Act("maintenance plan", "Plan work", "/maintenance/new", RESPONDER),
    Act("status backfill", "Write down a past incident", "/backfilled/new", RESPONDER),
    Act("blog draft", "Write a post for the company blog", "/blog/new", RESPONDER),
    Act("calendar add-away", "Add leave or holidays", "/oncall/mine", RESPONDER),
    Act("service create", "Add a service", "/services/new", MANAGER),
    Act("team create", "Add a team", "/teams/new", ADMINISTRATOR),
    Act("person create", "Add a person", "/people/new", ADMINISTRATOR),
    Act("product create", "Add a product", "/products", ADMINISTRATOR),
    Act("vendor create", "Add a vendor", "/vendors/new", ADMINISTRATOR),
    Act("gateway create", "Add a gateway", "/gateways/new", ADMINISTRATOR),
    Act("list create", "Make a list", "/lists/new", ADMINISTRATOR),
    Act("subscribers import", "Import subscribers of the status page", "/admin/subscribers/import", ADMINISTRATOR),
    Act("link create", "Add a short link", "/admin/links", ADMINISTRATOR),
    Act("event list", "Read the audit log", "/admin/audit", ADMINISTRATOR),
)


def acts(actor: Actor) -> list[Act]:
    """What this reader may do."""
    return [one for one in ACTS if one.open_to(actor)]


def groups(actor: Actor) -> list[tuple[str, list[Place]]]:
    """The places that are open to this reader, as the page of everything else shows them."""
    shown = [(name, [place for place in places if place.open_to(actor)]) for name, places in GROUPS]
    return [(name, places) for name, places in shown if places]
