"""Every screen there is, and where the demo shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.site import Site
from tests.waiting import until

Find = Callable[[Site], str]


@dataclass(frozen=True)
class Screen:
    """A name for the report, the path (or how to find one), and whether one must be signed in."""

    name: str
    where: str | Find
    signed_in: bool = True

    def path(self, site: Site) -> str:
        return self.where if isinstance(self.where, str) else self.where(site)


def _first(noun: str, query: str = "") -> Find:
    def find(site: Site) -> str:
        items = site.api("GET", f"/{noun}?limit=1{query}").json["items"]
        assert items, f"the demo has no {noun} with {query}"
        return str(items[0]["url"]).removeprefix(site.tocsin.environment["TOCSIN_BASE_URL"])

    return find


def _below(noun: str, rest: str, query: str = "") -> Find:
    return lambda site: _first(noun, query)(site) + rest


def _acknowledge(site: Site) -> str:
    """The link of a page that nobody has answered."""
    words = "Looks at the acknowledge page"
    site.send_alertmanager(words, "a0e0a0e0a0e0a0e0")
    return until(lambda: site.acknowledge_path(words), 15, "no page in the mailbox")


def _time_machine(site: Site) -> str:
    return f"/oncall/time-machine?service={site.api('GET', '/services?limit=1').json['items'][0]['slug']}"


def _page_one_person(site: Site) -> str:
    someone = site.api("GET", "/directory?q=ana").json["items"][0]["person"]["id"]
    return _below("incidents", f"/page?target={someone}", "&state=fixing")(site)


def _seat_maps(rest: str) -> Find:
    """A page of the incident that people talk about, assess and hand over."""

    def find(site: Site) -> str:
        items = site.api("GET", "/incidents?state=fixing").json["items"]
        return f"/{next(one['key'] for one in items if one['summary'].startswith('Seat maps'))}{rest}"

    return find


def _offer(site: Site) -> str:
    room = _seat_maps("")(site)
    return f"{room}/offers/{site.api('GET', f'/incidents{room}/offers').json['items'][0]['id']}"


def _reading(site: Site) -> str:
    room = _seat_maps("")(site)
    return f"{room}/readings/{site.api('GET', f'/incidents{room}/readings').json['items'][0]['id']}"


def _embedded(site: Site) -> str:
    """A secret address of a dashboard, which is told only where it is made."""
    address = site.api("POST", "/dashboards/support/embeds", {}).json["address"]
    return str(address).removeprefix(site.tocsin.environment["TOCSIN_BASE_URL"])


SCREENS = [
    Screen("sign-in", "/account/login/", signed_in=False),
    Screen("status-external", "/status", signed_in=False),
    Screen("planned-work", "/maintenance"),
    Screen("plan-work", "/maintenance/new"),
    Screen("one-planned-work", _first("maintenances", "&state=scheduled")),
    Screen("change-planned-work", _below("maintenances", "/change", "&state=scheduled")),
    Screen("past-incidents", "/backfilled"),
    Screen("write-down-a-past-incident", "/backfilled/new"),
    Screen("past-incident-external", _first("backfilled-entries"), signed_in=False),
    Screen("status-history", "/status/history", signed_in=False),
    Screen("status-widget", "/status/widget", signed_in=False),
    Screen("status-subscribe", "/status/subscribe", signed_in=False),
    Screen("status-code", "/status/subscribe/code", signed_in=False),
    Screen("status-further", "/status/p/partner", signed_in=False),
    Screen("status-further-subscribe", "/status/p/partner/subscribe", signed_in=False),
    Screen("acknowledge", _acknowledge, signed_in=False),
    Screen("home", "/"),
    Screen("alerts", "/alerts"),
    Screen("alert", _first("alerts")),
    Screen("declare", "/declare"),
    Screen("incidents", "/incidents"),
    Screen("templates", "/templates"),
    Screen("template", "/templates/cards-are-refused"),
    Screen("template-new", "/t/payments/templates/new"),
    Screen("template-change", "/templates/cards-are-refused/change"),
    Screen("message-templates", "/message-templates"),
    Screen("message-template-new", "/message-templates/new"),
    Screen("message-template-change", "/message-templates/cause-found"),
    Screen("second-reader", _reading),
    Screen("public-posts", _seat_maps("/posts")),
    Screen("public-posts-empty", "/DRILL-1/posts"),
    Screen("declare-from-template", "/declare?template=cards-are-refused"),
    Screen("dashboards", "/dash"),
    Screen("dashboard", "/dash/support"),
    Screen("dashboard-empty", "/dash/screens"),
    Screen("dashboard-new", "/t/payments/dashboards/new"),
    Screen("dashboard-change", "/dash/support/change"),
    Screen("dashboard-embedded", _embedded, signed_in=False),
    Screen("war-room", _first("incidents", "&state=fixing")),
    Screen("theories", _below("incidents", "/theories", "&state=fixing")),
    Screen("streams", _below("incidents", "/streams", "&state=fixing")),
    Screen("changes", _below("incidents", "/changes", "&state=fixing")),
    Screen("fix", _below("incidents", "/fix", "&state=fixing")),
    Screen("relief", _below("incidents", "/relief", "&state=fixing")),
    Screen("document", _below("incidents", "/doc", "&state=fixing")),
    Screen("document-section", _below("incidents", "/doc/we_know", "&state=fixing")),
    Screen("document-table", _below("incidents", "/tables/timeline", "&state=resolved")),
    Screen("document-import", _below("incidents", "/doc-import", "&state=fixing")),
    Screen("assess", _seat_maps("/assess")),
    Screen("assess-empty", "/DRILL-1/assess"),
    Screen("cases", _seat_maps("/cases")),
    Screen("cases-empty", "/DRILL-1/cases"),
    Screen("roles", _seat_maps("/roles")),
    Screen("hand-over", _seat_maps("/hand-over")),
    Screen("responders", _seat_maps("/responders")),
    Screen("responders-empty", "/DRILL-1/responders"),
    Screen("offer", _offer),
    Screen("severity-of-an-incident", _seat_maps("/severity")),
    Screen("severities", "/severity"),
    Screen("severities-kept", "/admin/severities"),
    Screen("page-a-team", _below("incidents", "/page?q=database", "&state=fixing")),
    Screen("page-one-person", _page_one_person),
    Screen("incident-resolved", _first("incidents", "&state=resolved")),
    Screen("on-call", "/oncall"),
    Screen("schedule", "/schedules/payments"),
    Screen("schedule-month", "/schedules/booking?show=month&zone=utc"),
    Screen("layer-new", "/schedules/payments/layers/new"),
    Screen("swaps", "/oncall/swaps"),
    Screen("policy", "/policies/payments"),
    Screen("policy-change", "/policies/payments/change"),
    Screen("my-shifts", "/oncall/mine"),
    Screen("on-call-proof", "/oncall/proof"),
    Screen("time-machine", _time_machine),
    Screen("on-call-load", "/oncall/load"),
    Screen("status-internal", "/status/internal"),
    Screen("status-parts", "/admin/status-pages"),
    Screen("status-page-new", "/admin/status-pages/new"),
    Screen("status-page", "/admin/status-pages/partner"),
    Screen("postmortem", _first("postmortems")),
    Screen("postmortems", "/postmortems"),
    Screen("communications-reviews", "/communications-reviews"),
    Screen("communications-review", _first("communications-reviews")),
    Screen("actions", "/actions"),
    Screen("insights", "/insights"),
    Screen("insights-truth", "/insights/truth"),
    Screen("people", "/people"),
    Screen("person", _first("people", "&q=priya")),
    Screen("people-found", "/people?q=database"),
    Screen("teams", "/teams"),
    Screen("team", _first("teams")),
    Screen("services", "/services"),
    Screen("service", _first("services")),
    Screen("service-change", _below("services", "/change")),
    Screen("coverage", "/services/coverage"),
    Screen("lists", "/lists"),
    Screen("list", "/lists/leadership"),
    Screen("list-change", "/lists/interested/change"),
    Screen("list-of-the-blog", "/lists/company-blog"),
    Screen("blog", "/blog"),
    Screen("blog-post", _first("blog-posts")),
    Screen("blog-draft", _first("blog-posts", "&state=draft")),
    Screen("blog-new", "/blog/new"),
    Screen("blog-edit", _below("blog-posts", "/edit", "&state=draft")),
    Screen("blog-versions", _below("blog-posts", "/revisions")),
    Screen("questions", _seat_maps("/questions")),
    Screen("mirrored", _seat_maps("/mirrored")),
    Screen("mirrors", "/admin/mirrors"),
    Screen("mirror", "/admin/mirrors/hosted-status"),
    Screen("mirror-new", "/admin/mirrors/new"),
    Screen("mirror-change", "/admin/mirrors/hosted-status/change"),
    Screen("mail-in", "/admin/mail-in"),
    Screen("subscribers", "/admin/subscribers"),
    Screen("subscribers-import", "/admin/subscribers/import"),
    Screen("mail-in-all", "/admin/mail-in?view=all"),
    Screen("vendors", "/vendors"),
    Screen("vendor", _first("vendors")),
    Screen("vendor-new", "/vendors/new"),
    Screen("short-links", "/go"),
    Screen("short-links-kept", "/admin/links"),
    Screen("short-link", "/admin/links/oncall"),
    Screen("cheat-sheet", "/cheatsheet"),
    Screen("cheat-sheet-kept", "/admin/cheatsheet"),
    Screen("checklist", _below("incidents", "/checklist", "&state=fixing")),
    Screen("drill", "/DRILL-1"),
    Screen("drill-drafts", "/DRILL-1/drafts"),
    Screen("backups", "/backups"),
    Screen("backup", "/backups/chat"),
    Screen("values", "/values"),
    Screen("values-kept", "/admin/values"),
    Screen("organisation", "/admin/organisation"),
    Screen("glossary", "/glossary"),
    Screen("glossary-found", "/glossary?q=IMOC"),
    Screen("readiness", "/readiness"),
    Screen("changes", "/changes?days=90"),
    Screen("page-security", "/page-security"),
    Screen("update-chooser", "/updates"),
    Screen("kit", "/kit"),
    Screen("import", "/incidents/import"),
    Screen("profile", "/me"),
    Screen("mailbox", "/mailbox"),
    Screen("style", "/style"),
]
