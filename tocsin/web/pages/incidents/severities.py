"""What the severities mean: the page behind the short link, where teams sign it, and where administrators write it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Invalid, Refused
from tocsin.directory import agreed, commands, permissions, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, MANAGER, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def scale(request: Request) -> HttpResponse:
    return _scale(request, Typed())


def _scale(request: Request, form: Typed) -> HttpResponse:
    matrix = agreed.matrix()
    mine = [team for team in matrix.waiting if permissions.is_manager(request.actor, team)]
    context = {"matrix": matrix, "mine": mine, "form": form, "here": "incidents"}
    return render(request, "severity.html", context, status=200 if form.ok else 422)


@allow(MANAGER)
@require_POST
def sign(request: Request) -> HttpResponse:
    """A team agrees to the version that was on the page."""
    form = Typed(request.POST)
    version = form.number("version", least=1)
    if not form.ok:
        return _scale(request, form)
    try:
        team = queries.teams(request.actor).filter(slug=form.text("team", longest=60)).first()
        if team is None:
            raise Invalid("Choose the team.", field="team")
        commands.sign_severities(request.actor, team, version=version, now=request.now)
    except Refused as refused:
        form.errors["form"] = refused.detail
        return _scale(request, form)
    messages.success(request, f"{team.name} agrees.")
    return redirect("severity")


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    if request.method == "POST":
        number = form.number("number", least=1, most=3)
        name, meaning, examples = form.text("name"), form.text("meaning"), form.text("examples", lines=True)
        try:
            commands.set_severity_meaning(request.actor, number, name=name, meaning=meaning, examples=examples, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Severity {number} is saved.")
            return redirect("severities")
    context = {"severities": queries.severities(), "form": form}
    return render(request, "admin/severities.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("severity", scale, name="severity"),
    path("severity/sign", sign, name="severity_sign"),
    path("admin/severities", keep, name="severities"),
]
