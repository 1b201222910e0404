"""Mail that arrived: what became of each, and what waits for a person."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from tocsin.core.errors import NotFound, Refused
from tocsin.statuspages.arriving import commands, queries
from tocsin.statuspages.arriving.models import IncomingMail
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, allow

SHOWN = 50
OUTCOMES = (
    (IncomingMail.HELD, "Waiting"),
    (IncomingMail.QUESTION, "Questions"),
    (IncomingMail.CASE, "Cases"),
    (IncomingMail.BOUNCE, "Refusals"),
    (IncomingMail.IGNORED, "Nothing"),
    ("all", "All"),
)


@allow(ADMINISTRATOR)
@require_GET
def listing(request: Request) -> HttpResponse:
    """`?view=`: those that wait unless another outcome is named."""
    return _page(request, Typed())


@allow(ADMINISTRATOR)
@require_POST
def settle(request: Request, mail_in_id: str) -> HttpResponse:
    """A held mail is a question or a case of the incident `key`, or nothing."""
    mail, form = queries.mail(request.actor, mail_in_id), Typed(request.POST)
    form.values["mail"] = mail.pk
    verb = form.choice("do", ["question", "case", "discard"], wrong="Choose what it is.")
    try:
        if form.ok and verb == "discard":
            commands.discard(request.actor, mail, now=request.now)
            messages.success(request, "Discarded.")
            return redirect("mail_in")
        key = form.text("key", required="Write the key of the incident, such as HOT-12.", longest=24)
        if form.ok:
            incident = queries.incident_called(request.actor, key)
            admit = commands.admit_case if verb == "case" else commands.admit_question
            admit(request.actor, mail, incident, now=request.now)
            messages.success(request, f"It is a {verb} of {incident.key}.")
            return redirect("mail_in")
    except NotFound as missing:
        form.errors["key"] = missing.detail
    except Refused as refused:
        form.refuse(refused, mail="form", reference="form")
    return _page(request, form)


def _page(request: Request, form: Typed) -> HttpResponse:
    view = request.GET.get("view", IncomingMail.HELD)
    view = view if view in dict(OUTCOMES) else IncomingMail.HELD
    rows = list(queries.mails(request.actor, outcome="" if view == "all" else view)[: SHOWN + 1])
    whole = [queries.mail(request.actor, one.pk) if view == IncomingMail.HELD else one for one in rows[:SHOWN]]
    context = {
        "rows": [(one, queries.text_of(one)[:1_000] if view == IncomingMail.HELD else "") for one in whole],
        "more": len(rows) > SHOWN,
        "view": view,
        "views": OUTCOMES,
        "waiting": queries.waiting_for_a_person(),
        "place": settings.TOCSIN.mail_in,
        "address": settings.TOCSIN.mail_address,
        "form": form,
    }
    return render(request, "admin/mail_in.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("admin/mail-in", listing, name="mail_in"),
    path("admin/mail-in/<str:mail_in_id>", settle, name="mail_in_settle"),
]
