"""What the objects of the API have in common, and how instants, people and addresses are written."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.conf import settings
from ninja import Schema
from ninja.params.models import ParamModel
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, StringConstraints, WithJsonSchema

from tocsin.core import clock
from tocsin.core.errors import Invalid
from tocsin.directory.models import Person

_kinds: list[type[BaseModel]] = [Schema, *ParamModel.__subclasses__()]
for _kind in _kinds:
    _kind.model_config["defer_build"] = True
"""The first request that needs a shape makes it ready: to make a thousand of them takes a process that starts half a second."""


def _instant(value: object) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be an RFC 3339 instant, such as 2026-11-19T01:41:00Z")
    try:
        return clock.parse(value)
    except (ValueError, OverflowError):
        raise ValueError("must be an RFC 3339 instant with a zone, such as 2026-11-19T01:41:00Z") from None


def _names_something(value: str) -> str:
    if not value.strip():
        raise ValueError("an empty text names nothing; leave it out, or write null where that is allowed")
    return value


Instant = Annotated[
    dt.datetime,
    BeforeValidator(_instant),
    PlainSerializer(clock.rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""RFC 3339, UTC on the way out, any zone on the way in."""

Line = Annotated[str, StringConstraints(max_length=400)]
Prose = Annotated[str, StringConstraints(max_length=100_000)]
Named = Annotated[str, StringConstraints(max_length=254), AfterValidator(_names_something)]
"""How another object is named in a request: its id, or its slug, key, number or mail address. Never
empty: a variable that a script forgot to fill must not mean "nobody".
"""


class Body(Schema):
    """What a request may hold. A field that nobody knows is refused: it is a typing error more often than not."""

    model_config = ConfigDict(extra="forbid")


class PersonRef(Schema):
    """A person in a few words."""

    id: str
    name: str


class Object(Schema):
    """What every object has."""

    id: str
    url: str
    created_at: Instant
    updated_at: Instant


def asked_instant(text: str, field: str = "at") -> dt.datetime:
    """An instant in a query string, in which a `+` that was not escaped arrives as a space. Raises Invalid with the field."""
    try:
        instant = clock.parse(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise Invalid("An instant looks like 2026-12-25T03:00:00Z.", field=field) from None
    if not 1970 <= instant.year <= 2200:
        raise Invalid("The instant must lie between 1970 and 2200.", field=field)
    return instant


def person(someone: Person | None) -> PersonRef | None:
    """The reference to a person, null for nobody."""
    return PersonRef(id=someone.id, name=someone.name) if someone else None


def address(path: str) -> str:
    """The page of a thing, as people open it."""
    return settings.TOCSIN.base_url.rstrip("/") + path
