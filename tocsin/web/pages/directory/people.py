"""People: who has access, how they are reached, and what an administrator does about it. Screen 26."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.core.errors import Refused
from tocsin.directory import commands, finding, permissions, queries
from tocsin.directory.models import Person
from tocsin.incidents import queries as incidents
from tocsin.oncall import colleagues
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.frame.zones import COMMON
from tocsin.web.gate.policy import ADMINISTRATOR, SIGNED_IN, allow

ROLES = (
    (Person.RESPONDER, "Responder", "is on call, answers alerts, works on incidents"),
    (Person.STAKEHOLDER, "Stakeholder", "reports incidents, reads and follows"),
    (Person.ADMINISTRATOR, "Administrator", "may change everything"),
)


@allow(SIGNED_IN)
@require_GET
def listing(request: Request) -> HttpResponse:
    """`?q=&able=&gone=1`, by name: words of a name, an address, a team or a qualification, and one whole qualification."""
    gone, q, able = bool(request.GET.get("gone")), request.GET.get("q", "")[:100], request.GET.get("able", "")[:60]
    people = list(finding.find(request.actor, request.now, q=q, qualification=able, active=not gone))
    context = {
        "cards": colleagues.cards(request.actor, people, request.now),
        "known": finding.known_qualifications(),
        "able": able,
        "reachable": queries.reachable_ids(),
        "second": queries.second_factors(),
        "statuses": incidents.commanding(),
        "gone": gone,
        "q": q,
    }
    return render(request, "people/list.html", context)


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: Request) -> HttpResponse:
    """A new person and their one-time link, by mail or shown once to hand over."""
    form = Typed(request.POST, initial={"role": Person.RESPONDER, "zone": request.user.zone, "by_mail": _mails()})
    if request.method == "POST":
        fields = {name: form.text(name) for name in ("email", "name", "role", "zone")}
        by_mail = form.ticked("by_mail")
        try:
            person = commands.create_person(request.actor, **fields, now=request.now)
            return _linked(request, person, by_mail)
        except Refused as refused:
            form.refuse(refused)
    context = {"form": form, "roles": ROLES, "zones": COMMON, "mails": _mails()}
    return render(request, "people/new.html", context, status=200 if form.ok else 422)


@allow(SIGNED_IN)
@require_GET
def detail(request: Request, person_id: str) -> HttpResponse:
    return page(request, queries.person(person_id))


def page(request: Request, person: Person, form: Typed | None = None) -> HttpResponse:
    """A person; `form` is a refused qualification."""
    may_edit = request.actor.is_administrator
    inside = may_edit or permissions.is_self(request.actor, person)
    context = {
        "person": person,
        "roles": ROLES,
        "methods": queries.contact_methods(person) if inside else [],
        "inside": inside,
        "reachable": queries.reachable(person),
        "second": person.id in queries.second_factors(),
        "mails": _mails(),
        "card": colleagues.cards(request.actor, [person], request.now)[0],
        "owned": list(queries.services(request.actor).filter(owner=person)),
        "may_qualify": permissions.may_qualify(request.actor, person),
        "known": finding.known_qualifications(),
        "form": form or Typed(),
    }
    return render(request, "people/detail.html", context, status=200 if form is None or form.ok else 422)


@allow(ADMINISTRATOR)
@require_POST
def link(request: Request, person_id: str) -> HttpResponse:
    """A fresh one-time link for somebody who is here already."""
    return _linked(request, queries.person(person_id), bool(request.POST.get("by_mail")))


@allow(ADMINISTRATOR)
@require_POST
def role(request: Request, person_id: str) -> HttpResponse:
    person = commands.set_role(request.actor, queries.person(person_id), request.POST.get("role", ""), now=request.now)
    return _back(request, person, f"{person.name} is now {person.get_role_display().lower()}.")


@allow(ADMINISTRATOR)
@require_POST
def deactivate(request: Request, person_id: str) -> HttpResponse:
    person = commands.deactivate(request.actor, queries.person(person_id), now=request.now)
    return _back(request, person, f"{person.name} has no access any more. Sessions, tokens and links have ended.")


@allow(ADMINISTRATOR)
@require_POST
def reactivate(request: Request, person_id: str) -> HttpResponse:
    person = commands.reactivate(request.actor, queries.person(person_id), now=request.now)
    return _back(request, person, f"{person.name} has access again. Tokens stay revoked.")


@allow(ADMINISTRATOR)
@require_POST
def reset_second_factor(request: Request, person_id: str) -> HttpResponse:
    person = commands.reset_second_factor(request.actor, queries.person(person_id), now=request.now)
    return _back(request, person, f"{person.name} signs in with the password alone until they set up a new second factor.")


def _linked(request: Request, person: Person, by_mail: bool) -> HttpResponse:
    """Make the link; mailed, the person's page says so; otherwise it is shown this once."""
    made, link_path = commands.invite(request.actor, person, by_mail=by_mail, now=request.now)
    if by_mail:
        return _back(request, person, f"A link is on its way to {person.email}.")
    address = settings.TOCSIN.base_url.rstrip("/") + link_path
    return render(request, "people/link.html", {"person": person, "link": made, "address": address})


def _back(request: Request, person: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("person", person.id)


def _mails() -> bool:
    return bool(queries.mails())


urlpatterns = [
    path("people", listing, name="people"),
    path("people/new", invite, name="person_new"),
    path("people/<str:person_id>", detail, name="person"),
    path("people/<str:person_id>/link", link, name="person_link"),
    path("people/<str:person_id>/role", role, name="person_role"),
    path("people/<str:person_id>/deactivate", deactivate, name="person_deactivate"),
    path("people/<str:person_id>/reactivate", reactivate, name="person_reactivate"),
    path("people/<str:person_id>/second-factor/reset", reset_second_factor, name="person_second_factor_reset"),
]
