"""Who outside is subscribed, how far the latest updates are on their way to them, and subscribers as a file. For administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.core.errors import Invalid, NotFound, Refused
from tocsin.statuspages import words
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import addresses
from tocsin.statuspages.pages import queries as several
from tocsin.statuspages.subscribers import commands, queries, rules
from tocsin.statuspages.subscribers.commands import carrying
from tocsin.statuspages.subscribers.models import MAIL, SMS
from tocsin.web.forms.request import Request
from tocsin.web.forms.typed import Typed, page_number
from tocsin.web.gate.policy import ADMINISTRATOR, allow

SHOWN = 50
LATEST = 5


@allow(ADMINISTRATOR)
@require_safe
def listing(request: Request) -> HttpResponse:
    """`?state=` and `?q=`, a whole mail address: one is looked up, not searched for."""
    return _page(request, Typed())


@allow(ADMINISTRATOR)
@require_POST
def add(request: Request) -> HttpResponse:
    """Subscribe an `address` whose owner has consented."""
    form = Typed(request.POST)
    address, parts = form.text("address", required="Write a mail address.", longest=254), form.many("parts")
    if not form.ticked("consent"):
        form.errors["consent"] = "Say that they have agreed; nobody is asked again."
    channel = SMS if rules.is_number(address) else MAIL
    try:
        if form.ok:
            page = _chosen(request)
            made = commands.add(request.actor, channel=channel, address=address, parts=parts, page=page, now=request.now)
            messages.success(request, f"{queries.shown(made)} is told from now on.")
            return redirect(_listing(made.page))
    except Refused as refused:
        form.refuse(refused, channel="address")
    return _page(request, form)


@allow(ADMINISTRATOR)
@require_POST
def change(request: Request, subscriber_id: str) -> HttpResponse:
    """Take somebody off, or with `do=clear` tell them again."""
    found = queries.subscriber(request.actor, subscriber_id)
    if request.POST.get("do") == "clear":
        commands.clear_bounces(request.actor, found, now=request.now)
        messages.success(request, f"{queries.shown(found)} is told again.")
    else:
        commands.remove(request.actor, found, now=request.now)
        messages.success(request, f"{queries.shown(found)} is told no more.")
    return redirect(_listing(found.page))


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: Request) -> HttpResponse:
    """A file of addresses: checked first, taken in by `do=import`."""
    form, found, page = Typed(request.POST), None, _chosen(request)
    if request.method == "POST":
        consent, rehearse = form.ticked("consent"), request.POST.get("do") != "import"
        try:
            form.values["text"] = text = _text(request, form)
            found = carrying.carry_in(request.actor, text, consent=consent, rehearse=rehearse, page=page, now=request.now)
            if not rehearse:
                messages.success(request, f"{found.added} added, {found.known} were here already.")
                return redirect(_listing(page))
        except Refused as refused:
            form.refuse(refused)
    context = {"form": form, "found": found, "page": page}
    return render(request, "admin/subscribers_import.html", context, status=200 if form.ok else 422)


@allow(ADMINISTRATOR)
@require_safe
def export(request: Request) -> StreamingHttpResponse:
    """Everybody who hears of one page by mail or SMS, as CSV."""
    response = StreamingHttpResponse(carrying.carry_out(request.actor, _chosen(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
    return response


def _text(request: Request, form: Typed) -> str:
    """The file, or what was pasted. Raises Invalid for what is no text."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return form.text("text", longest=1_000_000, lines=True)
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not text in UTF-8.", field="file") from None


def _chosen(request: Request) -> StatusPage:
    """The page that `of` names, the first one without. Raises NotFound."""
    wanted = request.GET.get("of", "") or request.POST.get("of", "")
    found = several.found(wanted[:64]) if wanted else several.first(StatusPage.EXTERNAL)
    if found.audience != StatusPage.EXTERNAL:
        raise NotFound("Nobody subscribes to this page.")
    return found


def _listing(page: StatusPage) -> str:
    return "/admin/subscribers" + ("" if page.is_first else f"?of={page.slug}")


def _page(request: Request, form: Typed) -> HttpResponse:
    page = _chosen(request)
    state = request.GET.get("state", "")
    state = state if state in queries.STATES else ""
    sought, number = request.GET.get("q", "")[:254].strip(), page_number(request.GET.get("page", ""))
    rows = list(
        queries.subscribers(request.actor, state=state, address=sought, page=page.slug)[(number - 1) * SHOWN : number * SHOWN + 1]
    )
    context = {
        "rows": [(one, queries.shown(one), queries.state_of(one)) for one in rows[:SHOWN]],
        "more": number + 1 if len(rows) > SHOWN else 0,
        "before": number - 1,
        "state": state,
        "views": (("", "All"), ("confirmed", "Told"), ("waiting", "Not confirmed"), ("stopped", "Stopped")),
        "sought": sought,
        "counts": queries.counts(page),
        "page": page,
        "pages": list(several.outside()),
        "address": addresses.url(page),
        "of": "" if page.is_first else page.slug,
        "words": words.of("en"),
        "told": queries.progress(queries.fan_outs().filter(update__entry__page=page)[:LATEST]),
        "parts": list(queries.parts(page)),
        "form": form,
    }
    return render(request, "admin/subscribers.html", context, status=200 if form.ok else 422)


urlpatterns = [
    path("admin/subscribers", listing, name="subscribers"),
    path("admin/subscribers/add", add, name="subscriber_add"),
    path("admin/subscribers/import", bring_in, name="subscribers_import"),
    path("admin/subscribers/export", export, name="subscribers_export"),
    path("admin/subscribers/<str:subscriber_id>", change, name="subscriber"),
]
