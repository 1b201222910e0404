"""What the house has agreed on, and what is at hand when it is down: values, backup systems, changes, the offline kit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key
from tocsin.cli.remote.command import incident as of_incident
from tocsin.cli.remote.declare import fields, instant, line, noun, table, verb
from tocsin.cli.remote.speaking import update as of_update

value = noun("value", "Values: what we hold to at each stage.")
organisation = noun("organisation", "The organisation: its name, its security team.")
backup_system = noun("backup-system", "Backup systems: where we go on when a system is down.")
change = noun("change", "Changes of what runs. They wake nobody.")
kit = noun("kit", "The offline kit: one file for when Tocsin itself is down.")
readiness = noun("readiness", "Are we prepared?")
glossary = noun("glossary", "The words of this house.")
security = noun("security", "The security team.")

Stage = Annotated[str, typer.Argument(metavar="STAGE", help="detect, respond, recover, learn or improve.", show_default=False)]
Kind = Annotated[str, typer.Argument(metavar="KIND", help="chat, video, documents, state_document or ticket.", show_default=False)]
Name = Annotated[str | None, typer.Option("--name")]
Service = Annotated[str, typer.Option("--service", help="Slug of a service.")]


@verb(value, "list", table("stage", "name", "company_value"))
def list_values(api: Remote) -> Any:
    """List the five values."""
    return api.get("values")


@verb(value, "change", line("{stage}: {name}"))
def change_value(
    api: Remote,
    stage: Stage,
    name: Name = None,
    company: Annotated[str | None, typer.Option("--company", help="The value of the whole company.")] = None,
    why: Annotated[str | None, typer.Option("--why")] = None,
) -> Any:
    """Reword a value; what is left out stays."""
    return api.post("values", stage, "change", name=name, company_value=company, rationale=why)


@verb(organisation, "show", fields)
def show_organisation(api: Remote) -> Any:
    """Show the organisation."""
    return api.get("organisation")


@verb(organisation, "change", fields)
def change_organisation(
    api: Remote,
    name: Name = None,
    security_team: Annotated[str | None, typer.Option("--security-team", help="Slug of a team.")] = None,
) -> Any:
    """Name the organisation and the team that is woken for security."""
    return api.post("organisation", "change", name=name, security_team=security_team)


@verb(backup_system, "list", table("kind", "name", "link", "tested_on"))
def list_backups(api: Remote) -> Any:
    """List the backup systems, one for each kind."""
    return api.get("backup-systems")


@verb(backup_system, "change", line("{kind}: {name} {link}"))
def change_backup(
    api: Remote,
    kind: Kind,
    name: Name = None,
    link: Annotated[str | None, typer.Option("--link")] = None,
    note: Annotated[str | None, typer.Option("--note")] = None,
    tested_on: Annotated[str | None, typer.Option("--tested-on", help="A day such as 2026-11-30; empty: never.")] = None,
) -> Any:
    """Name a backup system, or note when it was tried; what is left out stays."""
    return api.post("backup-systems", kind, "change", name=name, link=link, note=note, tested_on=tested_on)


@verb(change, "list", table("at", "summary", "service", "incident", "who"))
def list_changes(
    api: Remote, service: Service = "", days: Annotated[int, typer.Option("--days", min=1, max=400, help="How far back.")] = 7
) -> Any:
    """List what was changed lately, newest first."""
    return api.get("changes", service=service, days=days)


@verb(change, "record", line("{at} {summary}"))
def record_change(
    api: Remote,
    summary: Annotated[str, typer.Argument(metavar="SUMMARY", show_default=False)],
    service: Annotated[str | None, typer.Option("--service", help="Slug of a service.")] = None,
    source: Annotated[str, typer.Option("--source", help="What made it, such as deploy.")] = "",
    link: Annotated[str, typer.Option("--link")] = "",
    at: Annotated[str, typer.Option("--at", help="When, if not now.")] = "",
) -> Any:
    """Note a change, such as a release."""
    return api.post("changes", summary=summary, service=service, source=source, link=link, at=instant(at, "--at"))


@verb(kit, "get", line("Written to {written}, made {made_at}."))
def get_kit(
    api: Remote,
    folder: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where its files go.")] = Path("tocsin-kit"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Make a new one first.")] = False,
) -> Any:
    """Fetch the newest kit into a folder. Run it each morning, so that it is there before you need it."""
    answer = api.post("kit", "make") if fresh else api.get("kit")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in answer["files"].items():
        with os.fdopen(os.open(folder / Path(name).name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
    return {"made_at": answer["made_at"], "age_seconds": answer["age_seconds"], "written": str(folder)}


def _pillars(answer: Any) -> None:
    for pillar in answer["pillars"]:
        say(pillar["name"])
        for one in pillar["checks"]:
            say(f"  {'ok     ' if one['ok'] else 'MISSING'} {one['what']}: {one['words']}")


@verb(readiness, "show", _pillars, refuses=lambda answer: answer["missing"] > 0)
def show_readiness(api: Remote) -> Any:
    """Say of each pillar what is set up. Leaves with 1 while something is missing."""
    return api.get("readiness")


@verb(glossary, "find", table("name", "aliases", "meaning"))
def find_words(api: Remote, words: Annotated[str, typer.Argument(metavar="WORD", help="Left out: all.")] = "") -> Any:
    """Find a word by its name, by what others call it, or in its meaning."""
    return api.get("glossary", q=words)


@verb(security, "page", line("{key}: {summary}"))
def page_security(
    api: Remote,
    summary: Annotated[str, typer.Argument(metavar="SUMMARY", help="What you have seen, in a sentence.", show_default=False)],
    incident: Annotated[str | None, typer.Option("--incident", help="Key; left out: a new private one is opened.")] = None,
) -> Any:
    """Wake the security team."""
    return api.post("page-security", summary=summary, incident=incident)


@verb(of_incident, "import", line("{key} {state}, once {reference}: {summary}"))
def import_incident(
    api: Remote,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON, as the page Import shows it.", show_default=False)],
) -> Any:
    """Bring in an incident that was run elsewhere, with its own times. Pages nobody."""
    try:
        document = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        fail(USAGE, f"{file} cannot be read as JSON: {error}")
    if not isinstance(document, dict):
        fail(USAGE, f"{file} does not hold one JSON object")
    return api.post("incidents", "import", **document)


@verb(of_update, "drafts", table("at", "id", "status", "author", "words"))
def list_drafts(api: Remote, wanted: Key) -> Any:
    """List what was drafted in a drill."""
    return api.get("incidents", wanted, "drill-drafts")


@verb(of_update, "keep-draft", line("{id}, to be read aloud"))
def keep_draft(
    api: Remote,
    wanted: Key,
    status: Annotated[str, typer.Option("--status")] = "investigating",
    internal: Annotated[str | None, typer.Option("--internal", help="Words for the company.")] = None,
    external: Annotated[str | None, typer.Option("--external", help="Words for customers.")] = None,
) -> Any:
    """Keep a draft in a drill; nothing is published."""
    words = {"internal": internal, "external": external}
    said = {where: {"title": "", "body": text} for where, text in words.items() if text}
    return api.post("incidents", wanted, "keep-draft", status=status, **said)


@verb(of_update, "feedback", line("{author}: {text}"))
def give_feedback(
    api: Remote,
    wanted: Key,
    draft: Annotated[str, typer.Argument(metavar="DRAFT", help="Id: drf_….", show_default=False)],
    text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False)],
) -> Any:
    """Say what one thinks of a draft that was read aloud."""
    return api.post("incidents", wanted, "drill-drafts", draft, "feedback", text=text)
