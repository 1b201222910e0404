"""One status page as an administrator sets it up: where it is, for whom, in which words, zone and colours; its groups and parts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.statuspages import parts, words
from tocsin.statuspages import rules as states
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import addresses, commands, rules
from tocsin.statuspages.pages.commands import grouping
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, allow

_COLOURS = {"ink": "Words", "muted": "Dim words", "accent": "Links", "alarm": "Down", "warn": "Slow"}


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A further page for customers."""
    form = Typed(request.POST, initial={"language": "en", "zone": request.actor.zone} if request.method != "POST" else None)
    if request.method == "POST":
        looks = {"language": form.text("language"), "zone": form.text("zone"), "is_secret": form.ticked("is_secret")}
        try:
            made = commands.create_page(request.actor, name=form.text("name"), slug=form.text("slug"), **looks, now=request.now)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"{made.name} is there. Give it parts: readers see nothing of what has no part here.")
            return redirect("status_page", made.slug)
    context = {"form": form, "languages": words.LANGUAGES.values()}
    return render(request, "admin/status_page_new.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, page_slug: str) -> HttpResponse:
    """What the page looks like; POST changes it."""
    page = parts.page(page_slug)
    if request.method != "POST":
        return _page(request, page, Typed(initial=_looks(page)), "")
    form = Typed(request.POST)
    try:
        changes = _typed(form)
        if form.ok:
            commands.change_page(request.actor, page, **changes, now=request.now)
            messages.success(request, "Saved. Readers see it within a second.")
            return redirect("status_page", page_slug)
    except Refused as refused:
        form.refuse(refused)
    return _page(request, page, form, "looks")


@allow(ADMINISTRATOR)
@require_POST
def act(request: Request, page_slug: str) -> HttpResponse:
    """`do`: `renew` the secret address, `archive` or `restore`."""
    page, verb = parts.page(page_slug), request.POST.get("do", "")
    try:
        if verb == "renew":
            commands.renew_address(request.actor, page, now=request.now)
            messages.success(request, "The address is another one. The one before leads nowhere.")
        elif verb == "archive":
            commands.archive_page(request.actor, page, now=request.now)
            messages.success(request, f"Nobody reads {page.name} any more. What it said stays.")
        elif verb == "restore":
            commands.restore_page(request.actor, page, now=request.now)
            messages.success(request, f"{page.name} is read again.")
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect("status_page", page_slug)


@allow(ADMINISTRATOR)
@require_POST
def add_group(request: Request, page_slug: str) -> HttpResponse:
    page, form = parts.page(page_slug), Typed(request.POST)
    try:
        made = grouping.create_group(request.actor, page, name=form.text("name"), now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, page, form, "group")
    messages.success(request, f"{made.name} is a group of {page.name}. Put parts under it below.")
    return redirect("status_page", page_slug)


@allow(ADMINISTRATOR)
@require_POST
def change_group(request: Request, group_id: str) -> HttpResponse:
    """`name`, `position` and `state`; with `do=remove` the heading goes and its parts stay."""
    group, form = parts.group(group_id), Typed(request.POST)
    try:
        if request.POST.get("do") == "remove":
            grouping.remove_group(request.actor, group, now=request.now)
        else:
            changes = {"name": form.text("name"), "state": form.text("state"), "position": _number(form)}
            grouping.change_group(request.actor, group, **changes, now=request.now)
        messages.success(request, "Saved. Readers see it within a second.")
    except Refused as refused:
        form.refuse(refused)
        return _page(request, group.page, form, group.id)
    return redirect("status_page", group.page.slug)


@allow(ADMINISTRATOR)
@require_POST
def change_part(request: Request, part_id: str) -> HttpResponse:
    """`name`, `product`, `group` and `position` of a part."""
    part, form = parts.part(part_id), Typed(request.POST)
    try:
        changes: dict[str, Any] = {"name": form.text("name"), "product": parts.product(form.text("product"))}
        changes |= {"group": parts.group_named(part.page, form.text("group")), "position": _number(form)}
        grouping.change_component(request.actor, part, **changes, now=request.now)
        messages.success(request, "Saved. Readers see it within a second.")
    except Refused as refused:
        form.refuse(refused)
        return _page(request, part.page, form, part.id)
    return redirect("status_page", part.page.slug)


def _number(form: Typed) -> int:
    """A position; what is no number is refused as one that is too small."""
    typed = form.text("position", longest=6)
    return int(typed) if typed.isascii() and typed.isdigit() else 0 if not typed else -1


def _looks(page: StatusPage) -> dict[str, Any]:
    plain = {name: getattr(page, name) for name in ("name", "language", "zone", "host", "is_secret", "position")}
    plain["text_gateway"] = page.text_gateway_id or ""
    return plain | {f"theme_{name}": colour for name, colour in page.theme.items()}


def _typed(form: Typed) -> dict[str, Any]:
    found: dict[str, Any] = {"name": form.text("name"), "position": _number(form)}
    if form.has("language"):
        names = [name for plain in rules.HOUSE for name in (plain, f"{plain}{rules.DARK}")]
        found |= {name: form.text(name) for name in ("language", "zone", "host", "text_gateway")}
        found |= {"is_secret": form.ticked("is_secret"), "theme": {name: form.text(f"theme_{name}", longest=20) for name in names}}
    return found


def _page(request: Request, page: StatusPage, form: Typed, refused_at: str) -> HttpResponse:
    """`form` holds what was refused at `refused_at`: `looks`, `group`, or the id of a group or part."""
    shown = form if refused_at in {"", "looks"} else Typed(initial=_looks(page))
    colours = [
        (name, label, shown[f"theme_{name}"], shown[f"theme_{name}{rules.DARK}"], *rules.HOUSE[name])
        for name, label in _COLOURS.items()
    ]
    context = {
        "page": page,
        "form": form,
        "shown": shown,
        "refused_at": refused_at,
        "address": addresses.url(page),
        "path": addresses.path(page),
        "languages": words.LANGUAGES.values(),
        "colours": colours,
        "groups": list(page.groups.all()),
        "parts": list(page.components.select_related("product", "group")),
        "products": list(directory.products()),
        "gateways": list(directory.gateways()),
        "states": states.COMPONENT_STATES.items(),
    }
    return render(request, "admin/status_page.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("admin/status-pages/new", new, name="status_page_new"),
    path("admin/status-pages/<slug:page_slug>", show, name="status_page"),
    path("admin/status-pages/<slug:page_slug>/act", act, name="status_page_act"),
    path("admin/status-pages/<slug:page_slug>/groups", add_group, name="status_group_add"),
    path("admin/status-groups/<str:group_id>", change_group, name="status_group"),
    path("admin/status-parts/<str:part_id>", change_part, name="status_part"),
]
