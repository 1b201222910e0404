"""One of every kind of thing, so that every address of the house can be asked for; and who asks."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests import company
from tests.conftest import NOW
from tocsin.alerts import commands as alerts
from tocsin.collab import commands as collab
from tocsin.collab.documents import commands as writing
from tocsin.collab.documents import queries as documents
from tocsin.core.actor import SYSTEM
from tocsin.directory import commands as directory
from tocsin.directory.models import Person
from tocsin.incidents import commands as incidents
from tocsin.incidents import queries as sheet
from tocsin.incidents.attention.models import Mention
from tocsin.incidents.commands import attending
from tocsin.oncall import commands as oncall
from tocsin.paging.jobs import advance as pages
from tocsin.paging.models import Page
from tocsin.postmortems import commands as postmortems
from tocsin.readiness import commands as readiness
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages import parts as status_parts
from tocsin.statuspages.arriving import commands as arriving
from tocsin.statuspages.backfilled import commands as backfilled
from tocsin.statuspages.blog import commands as blog
from tocsin.statuspages.lists import commands as lists
from tocsin.statuspages.maintenance import commands as maintenance
from tocsin.statuspages.messages import commands as messages
from tocsin.statuspages.mirrors import commands as mirrors
from tocsin.statuspages.pages.commands import grouping
from tocsin.statuspages.questions.commands import Asked, ask
from tocsin.statuspages.second_reading import commands as second_reading
from tocsin.statuspages.subscribers import commands as subscribers

SLOT = re.compile(r"<(?:\w+:)?(\w+)>")
ROLES = ("signed-out", "stakeholder", "responder", "member", "manager", "administrator")
"""`responder` belongs to another team, `member` to the team that owns everything here, `manager` manages that team."""


@dataclass
class House:
    """People by role, and what stands for each placeholder of an address."""

    people: dict[str, Person] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)

    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """The browser of somebody in this role; made once, since every new one loads the middleware again."""
        if role not in self.clients:
            self.clients[role] = Client()
            if role in self.people:
                self.clients[role].force_login(self.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return self.clients[role]

    def path(self, template: str, *, private: bool = False) -> str:
        """A real address for a route. Raises KeyError with the place of a placeholder that nothing stands for."""
        table = {**self.values, **(self.private if private else {})}

        def fill(match: re.Match[str]) -> str:
            before = template[: match.start()]
            for name in (f"{before}{match.group(1)}", match.group(1)):
                if name in table:
                    return table[name]
            raise KeyError(f"{before}<{match.group(1)}>: give tests/web/objects.py something that stands for it")

        return "/" + SLOT.sub(fill, template)


def build() -> House:
    house = House()
    people = house.people
    people["administrator"] = company.administrator("Root")
    people["stakeholder"] = company.stakeholder("Sven")
    people["responder"] = company.person("Otto")
    people["member"] = company.person("Ada")
    people["manager"] = company.person("Mia")
    team = company.team("Payments", people["member"], manager=people["manager"])
    company.team("Search", people["responder"], manager=people["responder"])
    service = company.service("Checkout API", team, company.product())
    schedule = company.schedule(team, people["member"])
    company.last_resort()
    company.cover(service, policy=company.policy(team, schedule), roster=schedule)
    key, _ = alerts.create_key(SYSTEM, service, kind="generic", name="tests", now=NOW)
    alert = alerts.open_by_hand(SYSTEM, service, "Checkout answers 500", now=NOW)
    pages.tick(NOW)
    page = Page.objects.filter(subject=alert.id).first()
    assert page is not None
    here = company.actor(people["manager"])
    override = oncall.add_override(
        here, schedule, person=people["manager"], starts_at=NOW, ends_at=NOW + dt.timedelta(hours=4), reason="swap", now=NOW
    )
    cover = oncall.ask_cover(
        company.actor(people["member"]),
        schedule,
        person=people["member"],
        starts_at=NOW + dt.timedelta(days=1),
        ends_at=NOW + dt.timedelta(days=2),
        now=NOW,
    )
    gateway = directory.create_gateway(SYSTEM, name="ntfy", url="https://ntfy.example.com/x", now=NOW)
    webhook, _ = oncall.create_webhook(SYSTEM, team=team, name="Chat", address="https://chat.example.com/x", now=NOW)
    of_stakeholder, _ = directory.create_token(SYSTEM, people["stakeholder"], name="mine", scopes=["read"], now=NOW)
    feed, _ = oncall.create_feed(SYSTEM, people["stakeholder"], now=NOW)
    leave = oncall.add_away_calendar(SYSTEM, people["stakeholder"], url="https://example.com/leave.ics", now=NOW)
    dashboard = incidents.create_dashboard(SYSTEM, team=team, name="Support", now=NOW)
    embed, _ = incidents.create_embed(SYSTEM, dashboard, now=NOW)
    template = incidents.create_template(SYSTEM, team=team, name="Cards fail", told=[people["stakeholder"]], now=NOW)
    vendor = directory.create_vendor(SYSTEM, name="Stratus Cloud", now=NOW)
    able = directory.set_qualification(SYSTEM, people["stakeholder"], "database", now=NOW)
    rotation = schedule.rotations.first()
    assert rotation is not None
    mirror, _ = mirrors.create_mirror(
        SYSTEM, name="Own site", kind="signed", audience="external", address="https://own.example.com/hook", now=NOW
    )
    told = lists.create_list(SYSTEM, name="Leadership", severities=[1, 2], now=NOW)
    reader = lists.add_member(SYSTEM, told, address="board@example.com", now=NOW)
    words = messages.create_template(SYSTEM, name="Cause found", audience="external", body="We know why.", now=NOW)
    arrived = arriving.keep(b"Subject: x\r\n\r\nx", envelope_from="", envelope_to=["incidents@example.com"], now=NOW)
    part = statuspages.create_component(SYSTEM, status_parts.page("external"), name="Paying", now=NOW)
    heard = Mention.objects.create(uid="1", url="https://social.example.com/1", title="Is it down?", said_at=NOW)
    group = grouping.create_group(SYSTEM, status_parts.page("external"), name="Money", now=NOW)
    outside = subscribers.add(SYSTEM, address="rita@example.net", now=NOW)
    work = maintenance.plan(
        SYSTEM,
        status_parts.page("external"),
        title="New database",
        body="Short pauses.",
        starts_at=NOW + dt.timedelta(days=2),
        ends_at=NOW + dt.timedelta(days=2, hours=1),
        now=NOW,
    )
    again = maintenance.plan_series(
        SYSTEM,
        status_parts.page("external"),
        title="Patches",
        body="Short pauses.",
        starts_at=NOW + dt.timedelta(days=1),
        ends_at=NOW + dt.timedelta(days=1, hours=1),
        rule="FREQ=WEEKLY;BYDAY=SA;COUNT=2",
        zone="UTC",
        now=NOW,
    )
    past = backfilled.backfill(
        SYSTEM,
        status_parts.page("external"),
        title="Slow",
        body="A queue was full.",
        started_at=NOW - dt.timedelta(days=2),
        resolved_at=NOW - dt.timedelta(days=1),
        now=NOW,
    )
    house.values = {
        "maintenance_id": work.id,
        "api/v1/maintenances/wanted": work.id,
        "series_id": again.id,
        "api/v1/maintenance-series/wanted": again.id,
        "entry_id": past.id,
        "api/v1/backfilled-entries/wanted": past.id,
        "pk": "1",
        "public_entry": "000000000000",
        "page_slug": "external",
        "part_id": part.id,
        "group_id": group.id,
        "group": group.id,
        "address": "x" * 26,
        "subscriber_id": outside.id,
        "api/v1/subscribers/wanted": outside.id,
        "lists/slug": told.slug,
        "api/v1/lists/wanted": told.slug,
        "member_id": reader.id,
        "mail_in_id": arrived.id,
        "api/v1/mail-in/wanted": arrived.id,
        "component": part.id,
        "admin/mirrors/slug": mirror.slug,
        "api/v1/mirrors/wanted": mirror.slug,
        "copy_id": "mrc_00000000000000000000000000",
        "there_id": "mre_00000000000000000000000000",
        "token": "x" * 43,
        "mail_id": "mbx_00000000000000000000000000",
        "api/v1/alerts/wanted": alert.id,
        "a/number": str(alert.number),
        "api/v1/services/wanted": service.id,
        "api/v1/people/wanted": people["stakeholder"].id,
        "api/v1/teams/wanted": team.id,
        "api/v1/schedules/wanted": schedule.id,
        "api/v1/policies/wanted": f"{team.slug}-policy",
        "api/v1/products/wanted": service.products.first().slug,
        "api/v1/gateways/wanted": gateway.id,
        "api/v1/webhooks/wanted": webhook.slug,
        "webhooks/slug": webhook.slug,
        "dash/slug": dashboard.slug,
        "api/v1/dashboards/wanted": dashboard.slug,
        "embed_id": embed.id,
        "call_id": "whc_00000000000000000000000000",
        "link_id": "lnk_00000000000000000000000000",
        "templates/slug": template.slug,
        "message-templates/slug": words.slug,
        "template": words.slug,
        "api/v1/message-templates/wanted": words.slug,
        "api/v1/incident-templates/wanted": template.slug,
        "api/v1/severities/number": "2",
        "key_id": key.id,
        "person_id": people["stakeholder"].id,
        "team_id": team.id,
        "service_id": service.id,
        "schedule_id": schedule.id,
        "s/slug": service.slug,
        "t/slug": team.slug,
        "products/slug": service.products.first().slug,
        "policies/slug": f"{team.slug}-policy",
        "schedules/slug": schedule.slug,
        "oncall/slug": schedule.slug,
        "rotation_id": rotation.id,
        "cover_id": cover.id,
        "rotation": rotation.id,
        "override": override.id,
        "cover": cover.id,
        "verb": "withdraw",
        "override_id": override.id,
        "gateway_id": gateway.id,
        "method_id": people["stakeholder"].contact_methods.first().id,
        "token_id": of_stakeholder.id,
        "feed_id": feed.id,
        "away_id": leave.id,
        "calendar_id": leave.id,
        "urgency": "high",
        "page_id": page.id,
        "api/v1/status-pages/wanted": "external",
        "go/name": "runbook",
        "admin/links/name": "runbook",
        "api/v1/short-links/name": "runbook",
        "v/slug": vendor.slug,
        "api/v1/vendors/wanted": vendor.slug,
        "qualification_id": able.id,
        "qualification": able.id,
        "kind": "chat",
        "stage": "learn",
        "item": sheet.sheet()[0].items.all()[0].id,
        "section": "connect",
        "api/v1/incidents/<wanted>/document/sections/section": "we_know",
        "api/v1/incidents/<wanted>/drill-drafts/draft": "drf_00000000000000000000000000",
        "draft": "drf_00000000000000000000000000",
        "draft_id": "drf_00000000000000000000000000",
        "held": "hld_00000000000000000000000000",
        "held_id": "hld_00000000000000000000000000",
        "mention": heard.id,
        "mention_id": heard.id,
        "review_id": "crv_00000000000000000000000000",
        "api/v1/communications-reviews/wanted": "crv_00000000000000000000000000",
    }
    readiness.make_kit(SYSTEM, now=NOW)
    _incident(house, service)
    _blog(house)
    return house


def _blog(house: House) -> None:
    post = blog.draft(SYSTEM, title="Post", text="Words.", authors=[house.people["manager"]], now=NOW)
    blog.publish(SYSTEM, post, now=NOW)
    feed, _ = blog.create_feed(company.actor(house.people["stakeholder"]), now=NOW)
    house.values.update({"blog/slug": post.slug, "api/v1/blog-posts/wanted": post.slug})
    house.values.update({"blog/feeds/feed_id": feed.id, "api/v1/blog-posts/feeds/feed_id": feed.id})


def _incident(house: House, service: Any) -> None:
    reporter = company.actor(house.people["manager"])
    collab.create_short_link(SYSTEM, "runbook", "/oncall", now=NOW)
    open_one = incidents.declare(reporter, summary="Payments fail", severity=3, service=service, now=NOW)
    hidden = incidents.declare(reporter, summary="Breach", severity=3, service=service, private=True, now=NOW)
    for incident, table in ((open_one, house.values), (hidden, house.private)):
        incidents.set_up(SYSTEM, incident, now=NOW)
        row = writing.add_row(SYSTEM, documents.document(incident.id), "timeline", {"what": "rollback"}, now=NOW)
        table.update({"row_id": row.id})
        postmortem = postmortems.start(SYSTEM, incident, owner=house.people["manager"], now=NOW)
        action = postmortems.add_action(
            SYSTEM,
            incident,
            postmortem=postmortem,
            title="Add an alert",
            category="detect",
            link_type="priority",
            owner=house.people["manager"],
            due_on=NOW.date(),
            now=NOW,
        )
        table.update({"key": incident.key, "api/v1/incidents/wanted": incident.id, "x/number": str(action.number)})
        table.update({"api/v1/postmortems/wanted": postmortem.id, "api/v1/actions/wanted": action.id})
        table.update({"<incident:key>/doc/slug": "impact", "<incident:key>/tables/name": "timeline"})
        table.update({"<incident:key>/postmortem/field": "summary"})
        incidents.add_finding(SYSTEM, incident, "theory", "the cache", now=NOW)
        incidents.open_stream(SYSTEM, incident, "Rollback", now=NOW)
        incidents.log_change(SYSTEM, incident, "rolled back", now=NOW)
        table.update({"finding_number": "1", "stream_number": "1", "change_number": "1"})
        asked = Asked("Sven", "sven@example.com", f"Is {incident.key} over?", "Re: it", f"<{incident.key}@x>", ())
        table.update({"question": ask(incident, asked, now=NOW)[0].id})
        post = attending.add_post(SYSTEM, incident, f"https://social.example.com/{incident.key}", now=NOW)
        table.update({"post": post.id, "post_id": post.id})
        case = incidents.label_case(SYSTEM, incident, f"CS-{incident.key}", now=NOW)
        offer = incidents.offer_role(reporter, incident, "Scribe", house.people["administrator"], now=NOW)
        table.update({"offer_id": offer.id, "offer": offer.id})
        task = incidents.link_task(SYSTEM, incident, f"https://tracker.example.com/{incident.key}", title="Tidy up", now=NOW)
        table.update({"task_id": task.id, "task": task.id})
        table.update({"case_id": case.id, "case": case.reference})
        draft = {"status": "investigating", "internal": {"body": "x"}, "next_update_at": NOW + dt.timedelta(hours=1)}
        reading = second_reading.ask_reader(reporter, incident, house.people["administrator"], **draft, confirmation="1", now=NOW)
        table.update({"reading": reading.id, "reading_id": reading.id})
        graph = collab.keep_file(io.BytesIO(f"log of {incident.key}".encode()), "error.log", limit=1000, now=NOW)
        message = incidents.say(reporter, incident, "look", files=[graph], now=NOW)
        table.update({"message_id": message.id, "file_id": message.attachments.get().id, "ending": "txt"})


def tokens(house: House, *scopes: str) -> dict[str, str]:
    """A token with these scopes for everybody."""
    return {
        role: directory.create_token(SYSTEM, person, name="tests", scopes=scopes, now=NOW)[1]
        for role, person in house.people.items()
    }
