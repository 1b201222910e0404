"""Message templates: words for an audience and a stage, kept by administrators, chosen by whoever writes an update."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from tocsin.core.errors import Refused
from tocsin.statuspages import rules as pages
from tocsin.statuspages.messages import commands, queries, rules
from tocsin.statuspages.messages.models import MessageTemplate
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow

_FIELDS = ("name", "audience", "stage", "title", "body")


@allow(SIGNED_IN)
@require_safe
def listing(request: Request) -> HttpResponse:
    found = list(queries.templates())
    groups = [(name, words, [one for one in found if one.audience == name]) for name, words in rules.AUDIENCES.items()]
    return render(request, "messages/list.html", {"templates": found, "groups": groups, "here": "incidents"})


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    form = Typed(request.POST, initial={"audience": pages.EXTERNAL, "stage": rules.ANY})
    if request.method == "POST":
        try:
            made = commands.create_template(request.actor, **_read(form), now=request.now)
            messages.success(request, f"{made.name} is kept. Whoever writes an update may begin with it.")
            return redirect("message_templates")
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, None)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    """Save it, or with `do=remove` use it no more."""
    found = queries.template(slug)
    form = Typed(request.POST, initial={name: getattr(found, name) for name in _FIELDS})
    if request.method == "POST" and request.POST.get("do") == "remove":
        commands.remove_template(request.actor, found, now=request.now)
        messages.success(request, f"{found.name} is removed. What was said with it stays.")
        return redirect("message_templates")
    if request.method == "POST":
        try:
            commands.change_template(request.actor, found, **_read(form), now=request.now)
            messages.success(request, "Saved.")
            return redirect("message_templates")
        except Refused as refused:
            form.refuse(refused)
    return _form(request, form, found)


def _read(form: Typed) -> dict[str, Any]:
    return {name: form.text(name, lines=name == "body") for name in _FIELDS}


def _form(request: Request, form: Typed, found: MessageTemplate | None) -> HttpResponse:
    context = {
        "form": form,
        "template": found,
        "audiences": rules.AUDIENCES.items(),
        "stages": rules.STAGES.items(),
        "public_slots": _written(rules.PUBLIC_SLOTS),
        "inside_slots": _written(rules.INSIDE_SLOTS),
        "here": "incidents",
    }
    return render(request, "messages/edit.html", context, status=200 if form.ok else 422)


def _written(slots: Any) -> list[tuple[str, str]]:
    return [(f"{{{{ {name} }}}}", meaning) for name, meaning in slots.items()]


urlpatterns = [
    path("message-templates", listing, name="message_templates"),
    path("message-templates/new", new, name="message_template_new"),
    path("message-templates/<slug:slug>", change, name="message_template"),
]
