"""The parts of both status pages, and what the pages are called: what an administrator sets up before anything is told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from tocsin.core.errors import Refused
from tocsin.directory import queries as directory
from tocsin.statuspages import commands, parts, rules
from tocsin.statuspages.pages import queries as several
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, allow


@allow(ADMINISTRATOR)
@require_safe
def show(request: Request) -> HttpResponse:
    return _page(request, Typed(), "")


def _page(request: Request, form: Typed, refused_at: str) -> HttpResponse:
    """`form` holds what was refused on the page with this slug."""
    context = {
        "pages": parts.pages(),
        "archived": list(several.archived()),
        "products": list(directory.products()),
        "states": rules.COMPONENT_STATES.items(),
        "form": form,
        "refused_at": refused_at,
    }
    return render(request, "admin/status_pages.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_POST
def rename(request: Request, page_slug: str) -> HttpResponse:
    form = Typed(request.POST)
    try:
        page = commands.rename_page(request.actor, parts.page(page_slug), name=form.text("name"), now=request.now)
    except Refused as refused:
        form.refuse(refused, name="page_name")
        return _page(request, form, page_slug)
    messages.success(request, f"Readers see “{page.name}” now.")
    return redirect("status_parts")


@allow(ADMINISTRATOR)
@require_POST
def add(request: Request, page_slug: str) -> HttpResponse:
    page, form = parts.page(page_slug), Typed(request.POST)
    try:
        product = parts.product(form.text("product"))
        made = commands.create_component(request.actor, page, name=form.text("name"), product=product, now=request.now)
    except Refused as refused:
        form.refuse(refused)
        return _page(request, form, page_slug)
    messages.success(request, f"{made.name} is a part of {page.name} now.")
    return redirect("status_parts")


@allow(ADMINISTRATOR)
@require_POST
def set_state(request: Request, part_id: str) -> HttpResponse:
    part = commands.set_component_state(request.actor, parts.part(part_id), request.POST.get("state", ""), now=request.now)
    messages.success(request, f"{part.name}: {rules.COMPONENT_STATES[part.state]}. Readers see it within a second.")
    return redirect("status_parts")


@allow(ADMINISTRATOR)
@require_POST
def remove(request: Request, part_id: str) -> HttpResponse:
    part = parts.part(part_id)
    commands.remove_component(request.actor, part, now=request.now)
    messages.success(request, f"{part.name} is off {part.page.name}. What was said about it stays.")
    return redirect("status_parts")


urlpatterns = [
    path("admin/status-pages", show, name="status_parts"),
    path("admin/status-pages/<slug:page_slug>/rename", rename, name="status_page_rename"),
    path("admin/status-pages/<slug:page_slug>/parts", add, name="status_part_add"),
    path("admin/status-parts/<str:part_id>/state", set_state, name="status_part_state"),
    path("admin/status-parts/<str:part_id>/remove", remove, name="status_part_remove"),
]
