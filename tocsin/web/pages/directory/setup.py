"""The empty start: from a new folder to the first real page that is acknowledged. Screen 25.

The door `/setup/<token>` makes the administrator and is gone afterwards; the steps below `/start` are for administrators. No
step but the first blocks: each says what is at risk when it is skipped.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.alerts import commands as alert_commands
from tocsin.alerts import queries as alerts
from tocsin.alerts.models import Alert
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound, Refused
from tocsin.core.models import OutboxMail
from tocsin.directory import commands, queries
from tocsin.directory.models import Person, Service, Team
from tocsin.oncall import commands as oncall_commands
from tocsin.oncall import queries as oncall
from tocsin.oncall.models import Schedule
from tocsin.paging import queries as paging
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import ADMINISTRATOR, TOKEN, allow
from tocsin.web.pages.directory import missing
from tocsin.web.pages.directory.services import key_address

STEPS = (("mail", "Mail"), ("team", "Team"), ("service", "Service"), ("page", "First page"), ("summary", "What is missing"))
_BACKEND = settings.AUTHENTICATION_BACKENDS[0]
TEST_TITLE = "Test alert of the set-up"


@allow(TOKEN)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: Request, token: str) -> HttpResponse:
    """Step one: the administrator and their zone. 404 for a wrong token, and as soon as an administrator exists."""
    if not queries.setup_is_open(token, request.now):
        raise NotFound("There is nothing to set up here.")
    form = Typed(request.POST, initial={"zone": "UTC"})
    if request.method == "POST":
        fields = {name: form.text(name) for name in ("email", "name", "zone")}
        password = request.POST.get("password", "")
        try:
            person = commands.create_first_administrator(token, **fields, password=password, now=request.now)
        except NotFound:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            return _enter(request, person)
    return render(request, "setup/door.html", {"form": form, "zones": COMMON}, status=200 if form.ok else 422)


def _enter(request: Request, person: Person) -> HttpResponse:
    """Sign the new administrator in, and send the test mail at once where there is a way."""
    auth.login(request, person, backend=_BACKEND)
    if queries.mails():
        commands.send_test_mail(queries.actor_for(person), person, now=request.now)
    return redirect("start_mail")


@allow(ADMINISTRATOR)
@require_GET
def mail(request: Request) -> HttpResponse:
    return _mail_page(request, Typed())


def _mail_page(request: Request, form: Typed) -> HttpResponse:
    way = queries.mails()
    last = OutboxMail.objects.filter(to=request.user.email).order_by("-created_at").first()
    context = _step("mail") | {
        "form": form,
        "way": way,
        "server": _server() if way == "environment" else "",
        "last": last,
        "proven": queries.reachable(request.user),
    }
    return render(request, "setup/mail.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_POST
def set_mail_server(request: Request) -> HttpResponse:
    """A mail server for whoever did not set one in the environment; a test mail leaves at once."""
    form = Typed(request.POST)
    try:
        commands.set_mail_server(request.actor, form.text("smtp_url"), now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _mail_page(request, form)
    return send_mail(request)


@allow(ADMINISTRATOR)
@require_POST
def send_mail(request: Request) -> HttpResponse:
    commands.send_test_mail(request.actor, request.user, now=request.now)
    messages.success(request, f"A mail is on its way to {request.user.email}.")
    return redirect("start_mail")


@allow(TOKEN)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_mail(request: Request, token: str) -> HttpResponse:
    """The answer to the test mail. GET shows a button and changes nothing."""
    if request.method == "POST":
        person = commands.confirm_mail(token, now=request.now)
        return render(request, "setup/confirmed.html", {"person": person})
    link = queries.mail_test_by_token(token, request.now)
    if link is None:
        raise NotFound("This link is used up or out of date. Send another test mail.")
    return render(request, "setup/confirm.html", {"person": link.person})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: Request) -> HttpResponse:
    """First team, weekly rotation, policy and last resort, in one form whose defaults are good."""
    form = Typed(request.POST, initial={"name": "Operations", "handover_time": "09:00"})
    if request.method == "POST":
        try:
            made = commands.create_team(request.actor, name=form.text("name"), zone=request.user.zone, now=request.now)
            _staff(request, made, _at(form.text("handover_time")))
            return redirect("start_service")
        except Refused as refused:
            form.refuse(refused)
    context = _step("team") | {"form": form, "teams": list(queries.teams(request.actor))}
    return render(request, "setup/team.html", context, status=200 if form.ok else 422)


def _staff(request: Request, made: Team, handover: dt.time) -> None:
    """The installer alone, for now: they are told on the last page that one is not enough."""
    actor, now = request.actor, request.now
    commands.add_member(actor, made, request.user, is_manager=True, now=now)
    schedule = oncall_commands.create_schedule(actor, team=made, name=f"{made.name} on call", zone=made.zone, now=now)
    oncall_commands.add_rotation(
        actor,
        schedule,
        name="Weekly",
        turns=oncall_commands.Turns(made.zone, now.date() - dt.timedelta(days=now.weekday() + 7), handover),
        members=[request.user],
        now=now,
    )
    steps = [{"wait_minutes": 5, "targets": [schedule]}]
    oncall_commands.create_policy(actor, team=made, name=f"{made.name} policy", steps=steps, now=now)
    if oncall.last_resort() is None:
        _set_last_resort(request, actor, schedule)


def _set_last_resort(request: Request, actor: Actor, schedule: Schedule) -> None:
    try:
        oncall_commands.set_last_resort(actor, schedule, now=request.now)
    except Refused as refused:
        messages.warning(request, f"There is no last resort yet, administrators stand in. {refused.detail}")


def _at(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        return dt.time(9)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: Request) -> HttpResponse:
    """First service with its key for Alertmanager; the answer shows the snippet this once and offers the real page."""
    form = Typed(request.POST)
    owner = Team.objects.order_by("created_at").first()
    if request.method == "POST" and owner is not None:
        try:
            made = commands.create_service(request.actor, name=form.text("name"), team=owner, now=request.now)
            return _with_key(request, made, owner)
        except Refused as refused:
            form.refuse(refused)
    context = _step("service") | {"form": form, "owner": owner, "services": list(queries.services(request.actor)[:5])}
    return render(request, "setup/service.html", context, status=200 if form.ok else 422)


def _with_key(request: Request, made: Service, owner: Team) -> HttpResponse:
    policy = oncall.policies(request.actor).filter(team=owner).first()
    if policy is not None:
        oncall_commands.cover_service(request.actor, made, policy=policy, now=request.now)
    _, plain = alert_commands.create_key(request.actor, made, kind="alertmanager", name="Alertmanager", now=request.now)
    context = _step("page") | {"service": made, "kind": "alertmanager", "address": key_address(plain, "alertmanager")}
    return render(request, "setup/key.html", context)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse:
    """POST opens a real alert; GET shows how far its page got."""
    covered = queries.services(request.actor).order_by("created_at").first()
    if request.method == "POST" and covered is not None:
        if _test_alert(request.actor) is None:
            words = "Everything works when you acknowledge this."
            alert_commands.open_by_hand(request.actor, covered, TEST_TITLE, description=words, now=request.now)
        return redirect("start_page")
    alert = _test_alert(request.actor) or _latest_test(request.actor)
    pages = [one for walk in paging.ledger(alert.id) for one in walk.pages.all()] if alert else []
    took = alert.acknowledged_at - alert.started_at if alert and alert.acknowledged_at else None
    context = _step("page") | {"alert": alert, "took": took, "pages": pages, "service": covered, "way": queries.mails()}
    return render(request, "setup/page.html", context)


def _test_alert(actor: Actor) -> Alert | None:
    """The test alert that is open."""
    return alerts.alerts(actor, status="open").filter(title=TEST_TITLE).first()


def _latest_test(actor: Actor) -> Alert | None:
    return alerts.alerts(actor).filter(title=TEST_TITLE).first()


@allow(ADMINISTRATOR)
@require_POST
def finish(request: Request) -> HttpResponse:
    """The test alert is over."""
    alert = _test_alert(request.actor)
    if alert is not None:
        alert_commands.resolve(request.actor, alert, now=request.now)
    return redirect("start_summary")


@allow(ADMINISTRATOR)
@require_GET
def summary(request: Request) -> HttpResponse:
    """What is still missing, in words; each with the place where it is mended."""
    points = missing.points(request.user, request.now)
    done = sum(point.done for point in points)
    return render(request, "setup/summary.html", _step("summary") | {"points": points, "done": done})


def _step(name: str) -> dict[str, object]:
    return {"steps": STEPS, "step": name}


def _server() -> str:
    """The mail server of the environment without its password."""
    return settings.TOCSIN.smtp_url.rpartition("@")[2].removeprefix("smtp://").removeprefix("smtps://").partition("?")[0]


urlpatterns = [
    path("setup/<str:token>", door, name="setup"),
    path("start/mail", mail, name="start_mail"),
    path("start/mail/server", set_mail_server, name="start_mail_server"),
    path("start/mail/send", send_mail, name="start_mail_send"),
    path("start/mail/<str:token>", confirm_mail, name="start_mail_confirm"),
    path("start/team", team, name="start_team"),
    path("start/service", service, name="start_service"),
    path("start/page", page, name="start_page"),
    path("start/finish", finish, name="start_finish"),
    path("start/summary", summary, name="start_summary"),
]
