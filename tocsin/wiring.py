"""Who hears which event, which provider fills which port, what the engine runs. The one switchboard, one line each."""

from __future__ import annotations

from django.conf import settings

from tocsin.alerts import jobs as alerts_jobs
from tocsin.alerts import ports as alerts_ports
from tocsin.collab import jobs as collab_jobs
from tocsin.collab.documents import jobs as document_jobs
from tocsin.core import ports as core_ports
from tocsin.core.eventlog import events, sealing
from tocsin.core.store import once
from tocsin.core.work import engine, outbox
from tocsin.core.work.engine import Module
from tocsin.directory import jobs as directory_jobs
from tocsin.directory import ports as directory_ports
from tocsin.directory.vendor_status import ports as vendor_ports
from tocsin.incidents import handlers as incident_handlers
from tocsin.incidents import jobs as incident_jobs
from tocsin.incidents import outgoing
from tocsin.incidents import permissions as incident_permissions
from tocsin.incidents import ports as incident_ports
from tocsin.incidents.attention import jobs as mention_jobs
from tocsin.incidents.iterating import handlers as pace
from tocsin.incidents.iterating.models import Prompt
from tocsin.integrations import transport
from tocsin.integrations.alertmanager import parse as alertmanager
from tocsin.integrations.chat_hooks import channels as chat_hooks
from tocsin.integrations.generic import parse as generic
from tocsin.integrations.http_call import send as http_call
from tocsin.integrations.icalendar import Format
from tocsin.integrations.mirror_call import send as mirror_call
from tocsin.integrations.smtp import page as mail_page
from tocsin.integrations.statuspage import send as statuspage
from tocsin.integrations.subscriber_webhook import channel as subscriber_webhook
from tocsin.integrations.vendor_status import Feeds
from tocsin.integrations.video.address import Rooms
from tocsin.integrations.webhook import send as webhook
from tocsin.oncall import jobs as oncall_jobs
from tocsin.oncall import ports as oncall_ports
from tocsin.oncall import reactions as oncall
from tocsin.oncall.calendars import jobs as calendar_jobs
from tocsin.paging import jobs as paging_jobs
from tocsin.paging import ports as paging_ports
from tocsin.paging import reactions as paging
from tocsin.postmortems import handlers as postmortem_handlers
from tocsin.postmortems import linking
from tocsin.postmortems.communication import jobs as review_jobs
from tocsin.readiness import jobs as readiness_jobs
from tocsin.readiness import ports as readiness_ports
from tocsin.statuspages import events as status_events
from tocsin.statuspages import handlers as status_handlers
from tocsin.statuspages.arriving import jobs as arriving_jobs
from tocsin.statuspages.blog import jobs as blog_jobs
from tocsin.statuspages.clocks import handlers as clocks
from tocsin.statuspages.clocks import reminding
from tocsin.statuspages.held import jobs as held_jobs
from tocsin.statuspages.lists import handlers as list_handlers
from tocsin.statuspages.lists import queries as lists
from tocsin.statuspages.maintenance import jobs as maintenance_jobs
from tocsin.statuspages.mirrors import handlers as mirrors
from tocsin.statuspages.mirrors import jobs as mirror_jobs
from tocsin.statuspages.mirrors import ports as mirror_ports
from tocsin.statuspages.mirrors.models import Mirror
from tocsin.statuspages.questions import jobs as question_jobs
from tocsin.statuspages.subscribers import ports as subscriber_ports
from tocsin.statuspages.subscribers.commands import asking
from tocsin.statuspages.subscribers.jobs import delivering, fanning
from tocsin.web.frame import kit_page
from tocsin.web.public import export

MODULES: tuple[Module, ...] = (
    Module("clock", engine.synchronise, "clock", every=30.0),
    Module("seal", sealing.seal, "seal", alone=True),
    Module("checkpoint", engine.checkpoint, "checkpoint", every=2.0, alone=True),
    Module("forget", once.forget, "forget", every=60.0, alone=True),
    Module("sweep", collab_jobs.sweep, "sweep", every=600.0, alone=True),
    *outbox.MODULES,
    *directory_jobs.MODULES,
    *alerts_jobs.MODULES,
    *paging_jobs.MODULES,
    *oncall_jobs.MODULES,
    *calendar_jobs.MODULES,
    *readiness_jobs.MODULES,
    *incident_jobs.MODULES,
    *mention_jobs.MODULES,
    *document_jobs.MODULES,
    *held_jobs.MODULES,
    *blog_jobs.MODULES,
    *review_jobs.MODULES,
    *maintenance_jobs.MODULES,
    *arriving_jobs.MODULES,
    *question_jobs.MODULES,
    *asking.MODULES,
    *fanning.MODULES,
    *delivering.MODULES,
    *mirror_jobs.MODULES,
    Module("status_export", export.nightly, "status_export", every=600.0, alone=True),
)
"""What the engine runs, each in a thread of its own."""

HANDLERS: tuple[tuple[str, events.Handler], ...] = (
    ("alert.triggered", paging.alert_triggered),
    ("alert.raised", paging.alert_raised),
    ("alert.acknowledged", paging.alert_acknowledged),
    ("alert.resolved", paging.alert_resolved),
    ("person.deactivated", oncall.person_left_or_came_back),
    ("person.reactivated", oncall.person_left_or_came_back),
    ("person.deactivated", paging.person_deactivated),
    ("page.created", incident_handlers.let_paged_person_in),
    ("incident.declared", clocks.incident_changed),
    ("incident.severity_changed", clocks.incident_changed),
    ("incident.field_changed", clocks.incident_changed),
    ("incident.state_changed", pace.state_changed),
    ("incident.severity_changed", pace.looked_again),
    ("incident.severity_confirmed", pace.looked_again),
    ("incident.assessed", pace.looked_again),
    ("incident.role_taken", pace.role_changed_hands),
    ("incident.role_released", pace.role_changed_hands),
    ("incident.evidence_lost", postmortem_handlers.measure_what_was_lost),
    ("incident.resolved", paging.alert_resolved),
    ("incident.resolved", postmortem_handlers.start_at_resolve),
    ("incident.resolved", status_handlers.close_at_resolve),
    ("mail.failed", list_handlers.mail_failed),
    ("update.published", incident_handlers.tell_followers),
    ("update.published", clocks.words_said),
    ("update.published", fanning.update_published),
    ("update.published", mirrors.words_said),
    *((name, fanning.work_said) for name in status_events.WORK_SAID),
    *((name, mirrors.work_said) for name in status_events.WORK_SAID),
    ("component.changed", mirrors.part_changed),
    *((name, outgoing.tell_webhooks) for name in outgoing.HEARD),
)
"""Who hears which event, in this order."""


def install() -> None:
    """Fill every port and wire every handler. Called once, when all rooms are loaded; calling it again changes nothing."""
    core_ports.mail.wire(transport.Post())
    directory_ports.fill_gateway_call(http_call.carry_code)
    vendor_ports.fill_reader(Feeds())
    oncall_ports.calendars.wire(Format())
    oncall_ports.fill_webhook_events(outgoing.KINDS)
    alerts_ports.wire({"alertmanager": alertmanager.parse, "generic": generic.parse})
    paging_ports.channels.update({paging_ports.EMAIL: mail_page.Channel(), paging_ports.GATEWAY: http_call.Channel()})
    subscriber_ports.channels.update(webhook=subscriber_webhook.Channel(), slack=chat_hooks.SLACK, teams=chat_hooks.TEAMS)
    subscriber_ports.channels.update(sms=transport.Texts())
    paging_ports.webhooks.wire(webhook.call, incident_permissions.is_private)
    mirror_ports.wire({Mirror.HOSTED: statuspage.send, Mirror.SIGNED: mirror_call.send})
    chosen = settings.TOCSIN
    incident_ports.fill_video(Rooms(chosen.video_url, app_id=chosen.video_app_id, secret=chosen.video_secret))
    readiness_ports.wire(kit_page.render)
    incident_ports.fill_things((linking.Things(),))
    incident_ports.fill_resolve_checks((postmortem_handlers.demand_owner, status_handlers.demand_last_words))
    incident_ports.fill_mailed(lists.told_addresses)
    incident_ports.fill_prompt_askers({Prompt.WORDS: reminding.remind})
    events.wire(HANDLERS)
