"""The cheat sheet: to read, to print on one page, and for administrators to reword. Backup systems beside it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.core.errors import Invalid, Refused
from tocsin.directory import agreed, rules
from tocsin.directory import commands as directory
from tocsin.incidents import commands, queries
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, whole
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow


@allow(SIGNED_IN)
@require_GET
def cheatsheet(request: Request) -> HttpResponse:
    context = {"sections": queries.sheet(), "backups": agreed.backup_systems(), "organisation": agreed.organisation()}
    return render(request, "cheatsheet.html", context)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Request) -> HttpResponse:
    """`do` = section, item, add or remove."""
    problem = ""
    if request.method == "POST":
        try:
            _save(request, Typed(request.POST))
        except Refused as refused:
            problem = refused.detail
        else:
            messages.success(request, "Saved. Every live checklist shows it.")
            return redirect("cheatsheet_keep")
    context = {"sections": queries.sheet(), "problem": problem}
    return render(request, "cheatsheet_keep.html", context, status=422 if problem else 200)


def _save(request: Request, form: Typed) -> None:
    verb, text = form.text("do", longest=10), form.text("text", lines=True)
    if verb == "section":
        section = queries.sheet_section(form.text("section", longest=40))
        commands.set_section(request.actor, section, title=form.text("title"), text=text, now=request.now)
    elif verb == "add":
        section = queries.sheet_section(form.text("section", longest=40))
        commands.add_item(
            request.actor, section, text, link=form.text("link"), every_minutes=_minutes(form) or None, now=request.now
        )
    elif verb == "remove":
        commands.remove_item(request.actor, queries.sheet_item(form.text("item", longest=40)), now=request.now)
    else:
        item = queries.sheet_item(form.text("item", longest=40))
        fields = {"text": text, "link": form.text("link"), "every_minutes": _minutes(form)}
        commands.change_item(request.actor, item, now=request.now, **fields)


def _minutes(form: Typed) -> int:
    words = form.text("every_minutes", longest=20)
    found = whole(words, most=10_000) if words else 0
    if found is None:
        raise Invalid("Write the minutes as a whole number.", field="every_minutes")
    return found


@allow(SIGNED_IN)
@require_GET
def backups(request: Request) -> HttpResponse:
    rows = agreed.backup_systems()
    today = request.now.date()
    unproven = sum(not rules.backup_is_proven(row.link, row.tested_on, today) for row in rows)
    return render(request, "backups.html", {"backups": rows, "unproven": unproven})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def backup(request: Request, kind: str) -> HttpResponse:
    found = agreed.backup_system(kind)
    names = ("name", "link", "note", "tested_on")
    form = Typed(request.POST, initial={name: getattr(found, name) or "" for name in names})
    if request.method == "POST":
        try:
            directory.set_backup_system(request.actor, found, **{name: form.text(name) for name in names}, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Saved. Cheat sheet and checklists show it.")
            return redirect("backups")
    return render(request, "backup.html", {"backup": found, "form": form}, status=200 if form.ok else 422)


urlpatterns = [
    path("cheatsheet", cheatsheet, name="cheatsheet"),
    path("admin/cheatsheet", keep, name="cheatsheet_keep"),
    path("backups", backups, name="backups"),
    path("backups/<slug:kind>", backup, name="backup"),
]
