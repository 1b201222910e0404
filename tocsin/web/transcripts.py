"""A transcript as a file: text, Markdown, JSON, HTML, or a ZIP of all four with every file of the room. All times UTC."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string

from tocsin.collab import queries as rooms
from tocsin.collab.models import Attachment
from tocsin.core import clock
from tocsin.core.errors import Invalid
from tocsin.incidents.queries import Spoken, Transcript

CHUNK = 256 * 1024
_CAGE = "default-src 'none'; sandbox"
_MARKDOWN = str.maketrans({char: "\\" + char for char in "\\`*_[]<>"})


@dataclass(frozen=True, slots=True)
class Format:
    """Its name for people, the `ending` of the file's name, its media type, and how it is written."""

    title: str
    ending: str
    media_type: str
    write: Callable[[Transcript], str]


def stamp(at: dt.datetime) -> str:
    """`2026-11-19 01:41:07 UTC`."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def as_text(whole: Transcript) -> str:
    """Plain text: a line for each thing that happened, what people wrote indented below its time."""
    head = [_title(whole), f"Made {stamp(whole.made_at)}. All times are UTC.", ""]
    body = [part for one in whole.lines for part in _text_lines(one)]
    files = [f"{one.name}  {one.file.size} bytes  {one.file.media_type}  sha256 {one.file_id}" for one in whole.files]
    return "\n".join([*head, *body, *(["", "Files", *files] if files else [])]) + "\n"


def _text_lines(one: Spoken) -> Iterator[str]:
    marks = f" ({', '.join(one.marks)})" if one.marks else ""
    yield f"{stamp(one.line.at)}  {_who(one)}{marks}"
    if one.said and one.said.quote:
        yield f"    > {one.said.quote.name}: {one.said.quote.words}"
    yield from (f"    {part}" for part in one.line.text.split("\n") if part)
    yield from (f"    [file] {file.name}, sha256 {file.file_id}" for file in one.files)


def as_markdown(whole: Transcript) -> str:
    """Markdown. People's words are quoted as they stand; everything of ours is escaped."""
    head = [f"# {_escaped(_title(whole))}", "", f"Made {stamp(whole.made_at)}. All times are UTC.", ""]
    body = [part for one in whole.lines for part in _markdown_lines(one)]
    rows = [f"| {_cell(one.name)} | {one.file.size} | {one.file.media_type} | `{one.file_id}` |" for one in whole.files]
    table = ["## Files", "", "| name | bytes | type | SHA-256 |", "|---|---|---|---|", *rows] if rows else []
    return "\n".join([*head, *body, *table]) + "\n"


def _markdown_lines(one: Spoken) -> Iterator[str]:
    marks = f" *({', '.join(one.marks)})*" if one.marks else ""
    yield f"**{stamp(one.line.at)}** {_escaped(_who(one))}{marks}"
    yield ""
    if one.said and one.said.quote:
        yield f"> > {_escaped(one.said.quote.name)}: {_escaped(one.said.quote.words)}"
        yield ">"
    yield from (f"> {part}" for part in one.line.text.split("\n"))
    yield from (f"> File: {_escaped(file.name)}, sha256 `{file.file_id}`" for file in one.files)
    yield ""


def as_json(whole: Transcript) -> str:
    """One document; see the API's description of `/incidents/{key}/transcript`."""
    return json.dumps(document(whole), ensure_ascii=False, indent=1) + "\n"


def document(whole: Transcript) -> dict[str, Any]:
    """The transcript as plain values, as API and JSON file give it."""
    incident = whole.incident
    return {
        "key": incident.key,
        "summary": incident.summary,
        "severity": incident.severity,
        "state": incident.state,
        "made_at": clock.rfc3339(whole.made_at),
        "lines": [_line(one) for one in whole.lines],
        "files": [_file(one) for one in whole.files],
    }


def _line(one: Spoken) -> dict[str, Any]:
    line, said = one.line, one.said
    return {
        "at": clock.rfc3339(line.at),
        "event": line.event_name,
        "kind": line.kind,
        "actor": line.actor_name,
        "role": line.role,
        "text": line.text,
        "message": line.message,
        "reply_to": said.quote.id if said and said.quote else "",
        "starred": line.starred,
        "edited": line.edited,
        "removed": line.removed,
        "reactions": {reaction.word: list(reaction.names) for reaction in (said.reactions if said else ())},
        "files": [_file(file) for file in one.files],
    }


def _file(one: Attachment) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "size": one.file.size, "media_type": one.file.media_type, "sha256": one.file_id}


def as_html(whole: Transcript) -> str:
    """A page that needs nothing else: no script, no style, no request."""
    lines = [(stamp(one.line.at), _who(one), one) for one in whole.lines]
    return render_to_string(
        "incident/transcript_file.html", {"whole": whole, "title": _title(whole), "lines": lines, "made": stamp(whole.made_at)}
    )


def _title(whole: Transcript) -> str:
    return f"{whole.incident.key} {whole.incident.summary}"


def _who(one: Spoken) -> str:
    """Who wrote, or what happened."""
    line = one.line
    name = f"{line.actor_name}, {line.role}" if line.role else line.actor_name
    if not line.kind:
        return name
    return f"{line.kind}, {name}" if line.message else line.kind


def _escaped(text: str) -> str:
    return text.translate(_MARKDOWN)


def _cell(text: str) -> str:
    return _escaped(text).replace("|", "\\|")


FORMATS: dict[str, Format] = {
    "text": Format("Text", "txt", "text/plain; charset=utf-8", as_text),
    "markdown": Format("Markdown", "md", "text/markdown; charset=utf-8", as_markdown),
    "json": Format("JSON", "json", "application/json", as_json),
    "html": Format("HTML", "html", "text/html; charset=utf-8", as_html),
}


def format_of(name: str) -> Format:
    """The format of a name or of a file's ending. Raises Invalid with the field `format`."""
    for known, one in FORMATS.items():
        if name in (known, one.ending):
            return one
    raise Invalid(f"A transcript is written as {', '.join(FORMATS)} or zip.", field="format")


def as_file(whole: Transcript, wanted: str) -> HttpResponse | StreamingHttpResponse:
    """The transcript as a download in one of the formats, or as a ZIP with all files. Raises Invalid for another word."""
    response: HttpResponse | StreamingHttpResponse
    if wanted == "zip":
        response, ending = StreamingHttpResponse(as_zip(whole), content_type="application/zip"), "zip"
        response["Content-Encoding"] = "identity"
    else:
        form = format_of(wanted)
        response, ending = HttpResponse(form.write(whole), content_type=form.media_type), form.ending
    response["Content-Disposition"] = f'attachment; filename="{whole.incident.key}-transcript.{ending}"'
    response["Content-Security-Policy"] = _CAGE
    return response


def as_zip(whole: Transcript) -> Iterator[bytes]:
    """All four formats and every file of the room under `files/`, two of one name kept apart by their number."""
    spool: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed when the last piece was handed out
    try:
        with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            for one in FORMATS.values():
                archive.writestr(f"{whole.incident.key}/transcript.{one.ending}", one.write(whole))
            for number, file in enumerate(whole.files, 1):
                with archive.open(f"{whole.incident.key}/files/{number:03d}-{_safe(file.name)}", "w") as member:
                    for piece in rooms.pieces(file.file):
                        member.write(piece)
        spool.seek(0)
        while piece := spool.read(CHUNK):
            yield piece
    finally:
        spool.close()


def _safe(name: str) -> str:
    """A name that no system reads as a path."""
    return "".join(char if char.isalnum() or char in " ._-()" else "_" for char in name).lstrip(". ") or "file"
