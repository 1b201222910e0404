"""The transcript of an incident: on a page, and as a file to keep."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tocsin.incidents import queries as incidents
from tocsin.web import transcripts
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident
from tocsin.web.pages.room import log


@allow(SIGNED_IN)
@require_GET
def show(request: Request, key: str) -> HttpResponse:
    incident = incidents.by_key(request.actor, key)
    whole = incidents.transcript(request.actor, incident, now=request.now)
    context = {
        "here": "incidents",
        "incident": incident,
        "whole": whole,
        "rows": [log.Row(one.line, one.said) for one in whole.lines[-2_000:]],
        "left_out": max(0, len(whole.lines) - 2_000),
        "formats": [(one.title, one.ending) for one in transcripts.FORMATS.values()],
    }
    return render(request, "incident/transcript.html", context)


@allow(SIGNED_IN)
@require_GET
def download(request: Request, key: str, ending: str) -> HttpResponse | StreamingHttpResponse:
    incident = incidents.by_key(request.actor, key)
    return transcripts.as_file(incidents.transcript(request.actor, incident, now=request.now), ending)


urlpatterns = [at_incident("/transcript", show), at_incident("/transcript.<str:ending>", download)]
