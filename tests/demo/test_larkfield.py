"""The demo company: made once, refreshed when asked again, removed without touching what is not its own."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import company as builders
from tocsin.alerts.models import Alert, ChangeEvent
from tocsin.core.actor import SYSTEM
from tocsin.core.errors import Conflict
from tocsin.core.models import Event, MailboxMessage
from tocsin.core.store import facts
from tocsin.core.work import leases
from tocsin.demo import commands as demo
from tocsin.directory import agreed, finding
from tocsin.directory.models import ApiToken, Person, Service, Team
from tocsin.directory.vendor_status.models import VendorReport
from tocsin.incidents.cleanup.models import RemoteTask
from tocsin.incidents.models import Incident, ItemMark
from tocsin.insights.coverage import coverage
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import ServiceCover, Webhook
from tocsin.paging import auditing
from tocsin.paging.models import Escalation, Page, WebhookCall
from tocsin.postmortems.models import Action, Postmortem
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.statuspages.blog.models import BlogPost
from tocsin.statuspages.lists.models import DistributionList
from tocsin.statuspages.maintenance.models import Maintenance, MaintenanceSeries
from tocsin.statuspages.models import Component, Entry, StatusPage
from tocsin.statuspages.questions.models import Question
from tocsin.statuspages.subscribers import queries as outside
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.jobs import delivering
from tocsin.statuspages.subscribers.models import TEXTS, Notice

pytestmark = pytest.mark.django_db


@pytest.mark.req("SYS-24")
def test_the_company_has_something_for_every_screen_and_goes_without_a_trace(now: dt.datetime) -> None:
    given = demo.ensure(now)
    assert {"base_url", "admin", "api_token", "service", "keys", "status_pages"} == set(given)
    _has_a_history()
    _pages_nobody(now)
    _calls_nothing_outside()
    _keeps_texts_in_its_mailbox(now)
    _every_service_is_covered(now)
    _asking_again_gives_only_new_credentials(now, given)
    _removing_spares_what_is_not_its_own(now)


def _has_a_history() -> None:
    assert 1300 <= Alert.objects.count() <= 1500
    assert Incident.objects.filter(is_drill=False, outside=None).count() == 40
    assert Incident.objects.filter(is_drill=True).exclude(drill_drafts=None).exists()
    assert Incident.objects.filter(outside__reference="EMG-7").exists()
    assert ChangeEvent.objects.count() == 6
    _knows_the_impact(Incident.objects.get(state=Incident.FIXING, is_drill=False))
    assert ItemMark.objects.exclude(reason="").exists()
    assert agreed.organisation().name == "Larkfield"
    assert VendorReport.objects.exists()
    assert DistributionList.objects.count() == 4
    assert [(one.state, one.incident is not None) for one in BlogPost.objects.order_by("id")] == [
        ("published", True),
        ("published", True),
        ("draft", False),
    ]
    assert set(Question.objects.values_list("state", flat=True)) == {"open", "answered"}
    assert IncomingMail.objects.get().outcome == "held"
    assert set(Maintenance.objects.values_list("state", flat=True)) == {"completed", "scheduled"}
    assert MaintenanceSeries.objects.get().maintenances.exists()
    assert Entry.objects.filter(incident=None).count() == 1
    assert outside.counts() == {"confirmed": 29, "waiting": 1, "stopped": 1}
    partners = StatusPage.objects.get(slug="partner")
    assert (partners.language, partners.zone, partners.groups.count()) == ("de", "Europe/Vienna", 1)
    assert partners.entries.filter(resolved_at=None).count() == 1
    assert all(one.is_over and one.told for one in outside.progress(outside.fan_outs()))
    assert set(RemoteTask.objects.values_list("state", flat=True)) == {"open", "done"}
    assert Incident.objects.exclude(state=Incident.RESOLVED).count() == 2
    assert Postmortem.objects.filter(state=Postmortem.PUBLISHED).count() >= 10
    assert Action.objects.filter(state=Action.OPEN).exists()
    assert Action.objects.filter(state=Action.DONE).exists()
    assert Page.objects.filter(status=Page.ACKNOWLEDGED).exists()
    assert len(set(Team.objects.values_list("zone", flat=True))) >= 3


def _knows_the_impact(incident: Incident) -> None:
    """The open incident is assessed, with cases, a suspected cause, a role that was accepted and one that waits."""
    assert incident.assessment.coincides == "yes"
    assert incident.suspected_causes.get().rollback
    assert incident.support_cases == incident.cases.count() == 3
    assert set(incident.offers.values_list("state", flat=True)) == {"accepted", "offered"}
    assert incident.releases.exists()
    assert agreed.matrix().signed


def _pages_nobody(now: dt.datetime) -> None:
    assert not Escalation.objects.filter(state=Escalation.RUNNING).exists()
    assert not Alert.objects.filter(status=Alert.TRIGGERED).exists()
    assert auditing.problems(now) == []
    assert not Event.objects.filter(position=None).exists()


def _calls_nothing_outside() -> None:
    """There are webhooks to look at: the policy of one belongs to no service, and the one that hears of incidents is paused."""
    automation, chat = Webhook.objects.all()
    assert automation.host.endswith(".example")
    assert chat.host.endswith(".example")
    assert not ServiceCover.objects.filter(policy__steps__targets__webhook=chat).exists()
    assert (bool(automation.hears), automation.paused_at is not None, chat.hears) == (True, True, [])
    assert not WebhookCall.objects.filter(work_state__in=("due", "leased")).exists()
    assert sorted(automation.calls.values_list("work_state", flat=True)) == ["cancelled", "done", "failed"]


def _keeps_texts_in_its_mailbox(now: dt.datetime) -> None:
    page = StatusPage.objects.get(slug="external")
    asking.ask("sms", "+43 660 5550149", page=page, now=now)
    asking.answer(now)
    rows = leases.claim(Notice, lane=TEXTS, owner="test", now=now, limit=1)
    delivering.settle(rows, delivering.by_call(rows, now), now)
    assert "is your code" in MailboxMessage.objects.get(to="+436605550149").body


def _every_service_is_covered(now: dt.datetime) -> None:
    """As a sample catalogue: each service maps to a policy and a roster, one of them to a manager of its own."""
    rosters = {service.name: oncall.roster_for(service) for service in Service.objects.all()}
    assert all(oncall.policy_for(service) for service in Service.objects.all())
    last_resort = oncall.last_resort()
    assert rosters["Checkout"] == last_resort
    assert rosters["Code hosting"] != last_resort
    assert all(oncall.people_on_call(roster, now) for roster in rosters.values() if roster)
    assert [(line.service.name, len(line.missing)) for line in coverage(SYSTEM, now).missing] == [("Code hosting", 1)]
    assert all(service.owner for service in Service.objects.all())
    assert finding.find(SYSTEM, now, qualification="incident manager trained").count() == 2


def _asking_again_gives_only_new_credentials(now: dt.datetime, given: dict[str, object]) -> None:
    before = (Person.objects.count(), Alert.objects.count(), Incident.objects.count(), Page.objects.count())
    again = demo.ensure(now + dt.timedelta(hours=1))
    assert (Person.objects.count(), Alert.objects.count(), Incident.objects.count(), Page.objects.count()) == before
    assert again["admin"] != given["admin"]
    assert again["api_token"] != given["api_token"]
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


def _removing_spares_what_is_not_its_own(now: dt.datetime) -> None:
    mine = builders.person("Mine")
    alert = builders.alert(Service.objects.get(name="Ledger"), title="mine")
    demo.remove(now)
    assert list(Person.objects.filter(pk=mine.pk)) == [mine]
    assert Alert.objects.get() == alert
    assert Service.objects.get().name == "Ledger"
    assert not Incident.objects.exists()
    assert StatusPage.objects.filter(text_gateway=None).count() == 2
    assert not Component.objects.exists()
    assert facts.get("demo") is None
    assert agreed.organisation().name == ""
    assert len(agreed.backup_systems()) == 5
    assert not any(backup.link for backup in agreed.backup_systems())


def test_an_installation_with_other_data_is_left_alone(now: dt.datetime) -> None:
    builders.person()
    with pytest.raises(Conflict, match="other data"):
        demo.ensure(now)
    with pytest.raises(Conflict, match="no demo company"):
        demo.remove(now)
