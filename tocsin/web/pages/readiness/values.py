"""What the house holds to, what it is called, and its words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.core.errors import Refused
from tocsin.directory import agreed, commands, glossary, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, clean
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def values(request: Request) -> HttpResponse:
    return render(request, "values.html", {"values": agreed.values(), "organisation": agreed.organisation()})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request) -> HttpResponse:
    form = Typed(request.POST)
    if request.method == "POST":
        try:
            value = agreed.value(form.text("stage", longest=20))
            name, company = form.text("name"), form.text("company_value")
            why = form.text("rationale", lines=True)
            commands.set_value(request.actor, value, name=name, company_value=company, rationale=why, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved. Every page of this stage shows it.")
            return redirect("values_keep")
    return render(request, "values_keep.html", {"values": agreed.values(), "form": form}, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: Request) -> HttpResponse:
    found = agreed.organisation()
    teams = list(queries.teams(request.actor))
    team = found.security_team
    form = Typed(request.POST, initial={"name": found.name, "security_team": team.pk if team else ""})
    if request.method == "POST":
        wanted = form.choice("security_team", ["", *(one.pk for one in teams)], wrong="Choose a team from the list.")
        chosen = next((one for one in teams if one.pk == wanted), "")
        name = form.text("name")
        if form.ok:
            try:
                commands.set_organisation(request.actor, name=name, security_team=chosen, now=request.now)
                messages.success(request, "Saved.")
                return redirect("organisation")
            except Refused as refused:
                form.refuse(refused)
    context = {"organisation": found, "teams": teams, "form": form}
    return render(request, "organisation.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_GET
def words(request: Request) -> HttpResponse:
    """The glossary, all of it or what a search finds, by name, alias or meaning."""
    q = clean(request.GET.get("q", ""))[:80]
    return render(request, "glossary.html", {"terms": glossary.find(q), "q": q})


urlpatterns = [
    path("values", values, name="values"),
    path("admin/values", keep, name="values_keep"),
    path("admin/organisation", organisation, name="organisation"),
    path("glossary", words, name="glossary"),
]
