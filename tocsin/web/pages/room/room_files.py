"""Files of a room, each asked for by whoever may see the incident."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from tocsin.collab import queries as rooms
from tocsin.core.errors import NotFound
from tocsin.incidents import queries as incidents
from tocsin.web import files
from tocsin.web.forms.request import Request
from tocsin.web.gate.policy import SIGNED_IN, allow
from tocsin.web.pages.incidents.addresses import at_incident


@allow(SIGNED_IN)
@require_safe
def file(request: Request, key: str, file_id: str) -> HttpResponse | StreamingHttpResponse:
    incident = incidents.by_key(request.actor, key)
    found = rooms.attachment(incident.id, file_id)
    if found is None:
        raise NotFound("There is no such file in this room.")
    return files.hand_out(request, found)


urlpatterns = [at_incident("/files/<str:file_id>", file)]
