"""The addresses of the API. What is not one of them answers with problem+json too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser

from tocsin import __version__
from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.web.api import door
from tocsin.web.api.nouns import (
    actions,
    agreed,
    alerts,
    assessment,
    backfilled,
    blog_posts,
    calendars,
    catalogue,
    cheat_sheet,
    command,
    communications_reviews,
    contact,
    coverage,
    covers,
    dashboards,
    directory,
    documents,
    events,
    follow_up,
    gateways,
    held_updates,
    incident_templates,
    incidents,
    iterating,
    links,
    mail_in,
    mail_lists,
    maintenances,
    message_templates,
    mirrors,
    offers,
    on_call,
    pace,
    pages,
    people,
    policies,
    postmortems,
    posts,
    questions,
    readiness,
    readings,
    rooms,
    rotations,
    schedules,
    services,
    short_links,
    status_looks,
    status_pages,
    status_parts,
    subscribers,
    teams,
    truth,
    vendors,
    webhooks,
)
from tocsin.web.api.scopes import READS
from tocsin.web.forms.request import Request
from tocsin.web.gate import policy


class _Parsed(Parser):
    """The door has read the body already, strictly."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.document  # type: ignore[attr-defined]


COUNTS_FAILURES = {"verify_contact_method"}
"""Operations whose refusal leaves a mark, such as one try less: no transaction around them takes it back."""

TAKES_FILES = {"attach"}
"""Operations whose body is a form with files; they are repeated by `client_key`, and no transaction lasts as long as an upload."""

api = NinjaAPI(
    title="Tocsin",
    version=__version__,
    description="The same verbs as the pages and the command line. RFC 3339 UTC; problem+json for every refusal.",
    openapi_url=None,
    docs_url=None,
    auth=READS,
    parser=_Parsed(),
    urls_namespace="api",
)


@api.exception_handler(Refused)
def _refused(request: Request, refused: Refused) -> HttpResponse:
    return door.problem(refused)


@api.exception_handler(ValidationError)
def _invalid(request: Request, error: ValidationError) -> HttpResponse:
    """The first thing that is wrong, with its place: `alerts.0`, `limit`."""
    first = error.errors[0]
    place = [str(part) for part in first["loc"][1:] if part not in {"body", "response"}]
    words = first["msg"].removeprefix("Value error, ")
    return door.problem(Invalid(f"{'.'.join(place) or 'The body'}: {words}.", field=".".join(place) or "body"))


@api.exception_handler(HttpError)
def _http_error(request: Request, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        return door.problem(door.Unidentified("Send a token: `Authorization: Bearer tcs_…`."))
    cause = error.__cause__
    return door.problem(cause if isinstance(cause, Refused) else Invalid(str(error)))


@api.exception_handler(Http404)
def _missing(request: Request, error: Http404) -> HttpResponse:
    return door.problem(NotFound("There is no such thing."))


for prefix, router in (
    ("alerts", alerts.router),
    ("incidents", readiness.bring_in),
    ("incidents", incidents.router),
    ("incidents", cheat_sheet.of_incidents),
    ("incidents", readiness.drafts),
    ("page-security", readiness.security),
    ("incidents", command.router),
    ("incidents", assessment.router),
    ("incidents", posts.router),
    ("incidents", links.router),
    ("links", links.other_end),
    ("incidents", offers.router),
    ("incident-roles", offers.roles),
    ("incidents", iterating.router),
    ("incidents", pace.router),
    ("incidents", rooms.router),
    ("incidents", documents.router),
    ("incidents", status_pages.updates),
    ("incidents", held_updates.router),
    ("incidents", readings.router),
    ("incidents", follow_up.router),
    ("incidents", questions.router),
    ("incidents", mirrors.results),
    ("lists", mail_lists.router),
    ("blog-posts", blog_posts.router),
    ("mirrors", mirrors.router),
    ("mail-in", mail_in.router),
    ("subscribers", subscribers.router),
    ("dashboards", dashboards.router),
    ("incident-templates", incident_templates.router),
    ("incidents", incident_templates.of_incidents),
    ("message-templates", message_templates.router),
    ("incidents", message_templates.of_incidents),
    ("services", services.router),
    ("services", on_call.of_services),
    ("people", people.router),
    ("people", contact.router),
    ("people", directory.of_people),
    ("directory", directory.router),
    ("coverage", coverage.router),
    ("truth", truth.router),
    ("vendors", vendors.router),
    ("short-links", short_links.router),
    ("people", calendars.people),
    ("teams", teams.router),
    ("teams", calendars.teams),
    ("schedules", calendars.schedules),
    ("schedules", schedules.router),
    ("schedules", rotations.router),
    ("schedules", covers.router),
    ("on-call", on_call.router),
    ("pages", pages.router),
    ("postmortems", postmortems.router),
    ("actions", actions.router),
    ("communications-reviews", communications_reviews.router),
    ("maintenances", maintenances.router),
    ("maintenances", mirrors.of_work),
    ("maintenance-series", maintenances.series),
    ("backfilled-entries", backfilled.router),
    ("status-pages", status_looks.router),
    ("status-pages", status_parts.router),
    ("policies", policies.router),
    ("webhooks", webhooks.router),
    ("events", events.router),
    ("cheat-sheet", cheat_sheet.router),
    ("values", agreed.values),
    ("organisation", agreed.organisation),
    ("backup-systems", agreed.backups),
    ("glossary", agreed.words),
    ("readiness", readiness.readiness),
    ("kit", readiness.kit),
    ("changes", readiness.changes),
    ("products", catalogue.products),
    ("severities", catalogue.severities),
    ("gateways", gateways.router),
):
    api.add_router(f"/{prefix}", router)


@functools.cache
def _document() -> dict[str, Any]:
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


@policy.allow(policy.BEARER)
def openapi(request: Request) -> HttpResponse:
    """The description of the API in OpenAPI 3.1, for token holders and whoever is signed in."""
    if request.method != "GET":
        return _no_method(request)
    if "Authorization" in request.headers or policy.identify(request) is None:
        door.identify(request)
    return JsonResponse(_document())


def _no_method(request: Request) -> HttpResponse:
    response = door.problem(door.WrongMethod(f"{request.method} does nothing here; GET does."))
    response["Allow"] = "GET"
    return response


@policy.allow(policy.BEARER)
def unknown(request: Request) -> HttpResponse:
    """What is not an address of the API."""
    return door.problem(NotFound("The API has no such address; /api/v1/openapi.json lists them."))


def _asked() -> dict[str, dict[str, frozenset[str]]]:
    """The names that each operation knows in its query, by pattern and method."""
    known: dict[str, dict[str, frozenset[str]]] = {}
    for prefix, router in api._routers:
        for place, view in router.path_operations.items():
            pattern = f"{prefix}{place}".strip("/").replace("{", "<").replace("}", ">")
            for operation in view.operations:
                known.setdefault(pattern, {}).update(dict.fromkeys(operation.methods, _names(operation)))
    return known


def _names(operation: Operation) -> frozenset[str]:
    models = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in models for name in model.__ninja_flatten_map__)


def _behind_the_door(patterns: list[Any]) -> list[URLPattern]:
    guarded, asked = [], _asked()
    for pattern in patterns:
        if pattern.name != "api-root":
            first, files = calendars.READS_FIRST.get(str(pattern.pattern)), pattern.name in TAKES_FILES
            whole = not files and pattern.name not in COUNTS_FAILURES
            view = door.guard(pattern.callback, asked=asked[str(pattern.pattern)], whole=whole, files=files, first=first)
            pattern.callback = policy.allow(policy.BEARER)(csrf_exempt(view))
            guarded.append(pattern)
    return guarded


def _plain(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view outside the framework whose refusals are problems too."""

    @functools.wraps(view)
    def answered(request: Request) -> HttpResponse:
        try:
            return view(request)
        except Refused as refused:
            return door.problem(refused)

    return csrf_exempt(answered)


urlpatterns = [
    path("openapi.json", _plain(openapi), name="openapi"),
    *_behind_the_door(api.urls[0]),
    re_path(r"^.*$", _plain(unknown), name="api-unknown"),
]
