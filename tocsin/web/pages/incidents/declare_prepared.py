"""The part of the declare form that a template fills in: whom to page besides, whom to ask, whom to tell, the first words."""

from __future__ import annotations

from typing import Any

from tocsin.core.errors import Refused
from tocsin.directory import permissions
from tocsin.directory import queries as directory
from tocsin.incidents.template import queries
from tocsin.incidents.template.preparation import Asked, Preparation
from tocsin.web.forms import people
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed
from tocsin.web.pages.alerts import woken


def chosen(request: Request, slug: str) -> Preparation | None:
    """The template that an address or a form names, as it stands now; None for none. Raises NotFound."""
    return queries.preparation(queries.template(request.actor, slug), request.now) if slug else None


def presets(prepared: Preparation) -> dict[str, Any]:
    """The template as values of the form."""
    if prepared.template is None:
        return {}
    fields = queries.presets(prepared.template)
    return {
        "template": prepared.template.slug,
        "summary": fields["summary"],
        "description": fields["description"],
        "severity": str(fields["severity"]),
        "service": fields["service"].slug if fields["service"] else "",
        "products": [product.slug for product in fields["products"]],
        "private": fields["private"],
        "page": [target.pk for target in prepared.pages],
        "tell": [person.pk for person in prepared.told],
        "asked": [one.person.pk for one in prepared.offers],
        "internal": prepared.internal,
        "external": prepared.external,
        "audiences": list(prepared.audiences),
    }


def read(request: Request, form: Typed, own: Preparation) -> Preparation:
    """What is left of a template after somebody changed it in the form. Only responders ask another person than the template does:
    for everybody else a hand-over between form and answer may have made it another one.
    """
    able = permissions.is_responder(request.actor)
    pages, told, asked = set(form.many("page")), set(form.many("tell")), form.many("asked")
    offers = []
    for place, one in enumerate(own.offers):
        wanted = asked[place] if place < len(asked) else ""
        try:
            if wanted:
                offers.append(Asked(one.role, directory.person(wanted) if able else one.person))
        except Refused as refused:
            form.errors["asked"] = refused.detail
    return Preparation(
        template=own.template,
        pages=tuple(target for target in own.pages if target.pk in pages),
        offers=tuple(offers),
        told=tuple(person for person in own.told if person.pk in told),
        internal=form.text("internal", lines=True),
        external=form.text("external", lines=True),
        audiences=tuple(one for one in form.many("audiences") if one in {"internal", "external"}),
    )


def shown(request: Request, form: Typed, own: Preparation | None, preview: woken.Preview) -> dict[str, Any]:
    """What the page needs besides the form; whom the ticked targets would wake goes to the preview."""
    every = sorted(queries.templates(request.actor), key=lambda one: one.service is None or one.service.slug != form["service"])
    if own is None:
        return {"prepared": None, "templates": every}
    ticked, asked = form.values.get("page", []), form.values.get("asked", [])
    for target in own.pages:
        if target.pk in ticked:
            preview.add(woken.for_target(target, request.now))
    able = permissions.is_responder(request.actor)
    near = people.nearest(own.template.team_id if own.template else "", also=asked).people if able else []
    offers = [(one, asked[place] if place < len(asked) else "") for place, one in enumerate(own.offers)]
    return {"prepared": own, "templates": every, "offers": offers, "able": near}
