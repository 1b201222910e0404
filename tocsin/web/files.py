"""Files on their way in and out, the same for pages and API: kept under their hash, handed out so that nothing in them can run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import content_disposition_header

from tocsin.collab import commands as collab
from tocsin.collab import queries as rooms
from tocsin.collab.commands import NamedFile
from tocsin.collab.models import Attachment
from tocsin.collab.rules import FILES_LIMIT
from tocsin.core.errors import Invalid
from tocsin.web import uploads
from tocsin.web.forms.request import Request

_CAGE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def kept(given: Sequence[UploadedFile], request: Request) -> list[NamedFile]:
    """Uploaded files, kept under their hashes. Raises Invalid with the field `files`."""
    if len(given) > FILES_LIMIT:
        raise Invalid(f"A message takes {FILES_LIMIT} files at most.", field="files")
    limit = uploads.file_limit()
    return [collab.keep_file(one, one.name or "file", limit=limit, now=request.now) for one in given]  # type: ignore[arg-type]


def hand_out(request: Request, found: Attachment) -> HttpResponse | StreamingHttpResponse:
    """The bytes with the type that was found in them. Pictures may be drawn, everything else is only downloaded.

    A browser may keep them but asks each time whether it still may show them.
    """
    tag = f'"{found.file_id}"'
    response: HttpResponse | StreamingHttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = StreamingHttpResponse(_bytes(request, found))
        response["Content-Type"] = _media_type(found)
        response["Content-Length"] = str(found.file.size)
        attached = not found.is_shown or "download" in request.GET
        response["Content-Disposition"] = str(content_disposition_header(attached, found.name))
        response["Content-Encoding"] = "identity"  # compressed already, most of them; and a length that is true
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = _CAGE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _bytes(request: Request, found: Attachment) -> Iterator[bytes]:
    return iter(()) if request.method == "HEAD" else rooms.pieces(found.file)


def _media_type(found: Attachment) -> str:
    media_type = found.file.media_type
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
