"""`/api/v1/values`, `/organisation`, `/backup-systems`, `/glossary`: what the house has agreed on."""

from __future__ import annotations

import datetime as dt

from ninja import Router, Schema
from pydantic import Field

from tocsin.directory import agreed, commands, glossary
from tocsin.directory.models import BackupSystem, Value
from tocsin.web.api import lists, shapes
from tocsin.web.api.nouns import teams
from tocsin.web.api.scopes import CONFIGURES, READS
from tocsin.web.forms.request import Request

values = Router(tags=["values"])
organisation = Router(tags=["organisation"])
backups = Router(tags=["backup systems"])
words = Router(tags=["glossary"])


class ValueDocument(Schema):
    """What we hold to at one stage."""

    stage: str
    name: str
    company_value: str
    rationale: str


class ValueChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    company_value: shapes.Line | None = None
    rationale: shapes.Prose | None = None


class OrganisationDocument(Schema):
    name: str
    security_team: str | None = Field(description="Slug of the team that is woken for security.")


class OrganisationChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    security_team: shapes.Named | None = Field(None, description="Id or slug of a team; null: none.")


class BackupDocument(Schema):
    """Where we go on when a system of this kind is down."""

    kind: str
    name: str
    link: str
    note: str
    tested_on: dt.date | None


class BackupChange(shapes.Body):
    """What is left out stays as it is."""

    name: shapes.Line | None = None
    link: shapes.Prose | None = None
    note: shapes.Line | None = None
    tested_on: shapes.Line | None = Field(None, description="A day such as 2026-11-30; empty: never.")


class TermDocument(Schema):
    name: str
    aliases: list[str]
    meaning: str


def _value(value: Value) -> ValueDocument:
    return ValueDocument(stage=value.stage, name=value.name, company_value=value.company_value, rationale=value.rationale)


def _organisation(found: agreed.Organisation) -> OrganisationDocument:
    team = found.security_team
    return OrganisationDocument(name=found.name, security_team=team.slug if team else None)


def _backup(backup: BackupSystem) -> BackupDocument:
    return BackupDocument(kind=backup.kind, name=backup.name, link=backup.link, note=backup.note, tested_on=backup.tested_on)


@values.get("", response=lists.Page[ValueDocument], auth=READS, summary="The five values by stage")
def list_values(request: Request) -> dict:
    return {"items": [_value(value) for value in agreed.values()], "next": None}


@values.post("/{stage}/change", response=ValueDocument, auth=CONFIGURES, summary="Reword a value")
def change_value(request: Request, stage: str, body: ValueChange) -> ValueDocument:
    return _value(commands.set_value(request.actor, agreed.value(stage), **body.model_dump(), now=request.now))


@organisation.get("", response=OrganisationDocument, auth=READS, summary="The organisation")
def get_organisation(request: Request) -> OrganisationDocument:
    return _organisation(agreed.organisation())


@organisation.post("/change", response=OrganisationDocument, auth=CONFIGURES, summary="Name the organisation and its security team")
def change_organisation(request: Request, body: OrganisationChange) -> OrganisationDocument:
    emptied = "" if "security_team" in body.model_fields_set else None
    team = teams.find(body.security_team, field="security_team") if body.security_team else emptied
    return _organisation(commands.set_organisation(request.actor, name=body.name, security_team=team, now=request.now))


@backups.get("", response=lists.Page[BackupDocument], auth=READS, summary="The backup systems, one for each kind")
def list_backups(request: Request) -> dict:
    return {"items": [_backup(backup) for backup in agreed.backup_systems()], "next": None}


@backups.post("/{kind}/change", response=BackupDocument, auth=CONFIGURES, summary="Name a backup system, note when it was tried")
def change_backup(request: Request, kind: str, body: BackupChange) -> BackupDocument:
    found = agreed.backup_system(kind)
    return _backup(commands.set_backup_system(request.actor, found, **body.model_dump(), now=request.now))


@words.get("", response=lists.Page[TermDocument], auth=READS, summary="The glossary, found by name, alias or meaning")
def list_terms(request: Request, q: str = "") -> dict:
    found = glossary.find(q[:80])
    return {"items": [TermDocument(name=one.name, aliases=list(one.aliases), meaning=one.meaning) for one in found], "next": None}
