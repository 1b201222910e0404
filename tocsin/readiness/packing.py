"""The files of the kit: the page, and the same as tables and plain text for whoever has nothing but an editor."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from tocsin.core import clock
from tocsin.directory.rules import BACKUP_KINDS
from tocsin.readiness.contents import Contents

PAGE = "tocsin-kit.html"
_FORMULA = ("=", "@", "\t", "\r")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def files(contents: Contents, page: str) -> dict[str, str]:
    """The text of each file by its name."""
    return {
        PAGE: page,
        "contacts.csv": _contacts(contents),
        "rota.csv": _rota(contents),
        "call-tree.txt": _call_tree(contents),
        "cheat-sheet.txt": _sheet(contents),
        "templates.txt": "\n\n".join(f"{one.heading.upper()}\n{one.title}\n{one.body}" for one in contents.templates) + "\n",
        "severities.txt": "".join(f"Sev {one.number} {one.name}: {one.meaning}\n" for one in contents.severities),
        "incidents.txt": _incidents(contents),
    }


def zipped(texts: Mapping[str, str]) -> bytes:
    """The same files as one ZIP; the same files give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(texts.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table for a spreadsheet, in which nothing is taken for a formula."""
    target = io.StringIO()
    lines = csv.writer(target)
    lines.writerow(columns)
    lines.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return target.getvalue()


def _contacts(contents: Contents) -> str:
    rows = []
    for one in contents.contacts:
        ways = "; ".join(f"{way.name} {way.address}" for way in one.ways if way.address) or one.person.email
        rows.append((one.person.name, one.person.email, ways, ", ".join(one.teams), one.person.zone))
    return _table(("name", "mail", "reached by", "teams", "zone"), rows)


def _rota(contents: Contents) -> str:
    rows = [
        (roster.schedule.name, clock.rfc3339(turn.start), clock.rfc3339(turn.end), ", ".join(turn.people) or "NOBODY")
        for roster in contents.rosters
        for turn in roster.turns
    ]
    return _table(("schedule", "from", "until", "on call"), rows)


def _call_tree(contents: Contents) -> str:
    lines = [f"Nobody answers? Last resort: {', '.join(contents.last_resort) or 'nobody'}", ""]
    for call in contents.calls:
        lines.append(f"{call.service} ({call.team}{', owner ' + call.owner if call.owner else ''})")
        lines += [
            f"  after {minutes} min: {', '.join(names)}" if minutes else f"  at once: {', '.join(names)}"
            for minutes, names in call.steps
        ]
        lines += [f"  incident managers: {call.managers}"] if call.managers else []
    return "\n".join(lines) + "\n"


def _sheet(contents: Contents) -> str:
    lines: list[str] = []
    for place, section in enumerate(contents.sheet, start=1):
        lines += [f"{place}. {section.title.upper()}", *([section.text] if section.text else [])]
        lines += [
            f"  [ ] {item.text}{f' (every {item.every_minutes} min)' if item.every_minutes else ''}" for item in section.items.all()
        ]
        if section.slug == "backups":
            lines += [f"  {BACKUP_KINDS[one.kind]}: {one.name or 'not named'} {one.link}".rstrip() for one in contents.backups]
        lines.append("")
    return "\n".join(lines)


def _incidents(contents: Contents) -> str:
    lines = [f"Open at {clock.rfc3339(contents.made_at)}", ""]
    for one in contents.running:
        incident = one.incident
        lines.append(f"{incident.key} Sev {incident.severity} {incident.summary}")
        lines += [f"  {label}: {name}" for label, name in one.roles]
        lines += [f"  {heading}: {text}" for heading, text in one.known]
    return "\n".join(lines) + "\n"
