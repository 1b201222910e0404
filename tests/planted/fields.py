"""Every field of the API that takes words, as its own description lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

ROOT = "/api/v1"
JSON = "application/json"
ONE, KEY = "[]", "{}"
"""In the place of a field: an item of a list, a value under a name of the caller's."""
_TIMES = {"date", "time", "date-time", "binary"}


@dataclass(frozen=True, slots=True)
class Field:
    """`place` leads to it through the body; `longest` is what its description allows (0: it does not say)."""

    place: tuple[str, ...]
    longest: int
    required: bool

    @property
    def name(self) -> str:
        """The last word of its place."""
        return next(word for word in reversed(self.place) if word not in (ONE, KEY))

    def into(self, body: dict[str, Any], value: str) -> None:
        """Put a value at its place."""
        word, *rest = self.place
        body[word] = _grown(body.get(word), rest, value)


def _grown(there: Any, rest: list[str], value: str) -> Any:
    """What stands at a place, with the value further down in it."""
    if not rest:
        return value
    word, *further = rest
    if word == ONE:
        return [_grown(there[0] if there else None, further, value)]
    if word == KEY:
        return {name: _grown(one, further, value) for name, one in (there or {}).items()}
    return {**(there or {}), word: _grown((there or {}).get(word), further, value)}


@dataclass(frozen=True, slots=True)
class Operation:
    """A way in: `POST /incidents/{wanted}/say` and the fields of its body that take words."""

    method: str
    path: str
    fields: tuple[Field, ...]
    when: str = ""
    """Of one that takes other words at first: ` (first)`."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}{self.when}"


def operations(document: dict[str, Any]) -> list[Operation]:
    """Those with a field that takes words, in the document's order."""
    found = []
    for path, item in document["paths"].items():
        for method, described in item.items():
            content = described.get("requestBody", {}).get("content", {}) if method in ("post", "put", "patch") else {}
            if JSON in content:
                fields = tuple(_Reader(document).fields(content[JSON]["schema"]))
                found += _split(Operation(method.upper(), path.removeprefix(ROOT), fields)) if fields else []
    return found


def _split(operation: Operation) -> list[Operation]:
    """The first words on a page are one text, those that follow have parts: two ways in at one path."""
    if not any(field.place == ("internal", "opening") for field in operation.fields):
        return [operation]
    body, titles = ("internal", "body"), {"title", "body", "note"}
    first = tuple(field for field in operation.fields if field.name in titles)
    following = tuple(field for field in operation.fields if field.place != body)
    return [replace(operation, fields=first, when=" (first)"), replace(operation, fields=following)]


class _Reader:
    """Follows the references of a description."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def fields(self, schema: dict[str, Any], place: tuple[str, ...] = (), required: bool = True) -> Iterator[Field]:
        schema = self._there(schema)
        either = schema.get("anyOf", []) + schema.get("allOf", [])
        if either:
            yield from {field.place: field for one in either for field in self.fields(one, place, required)}.values()
        elif schema.get("type") == "string":
            if not {"enum", "const", "pattern"} & set(schema) and schema.get("format") not in _TIMES:
                yield Field(place, schema.get("maxLength", 0), required)
        elif schema.get("type") == "array":
            yield from self.fields(schema.get("items", {}), (*place, ONE), required)
        elif schema.get("type") == "object":
            yield from self._inside(schema, place, required)

    def _inside(self, schema: dict[str, Any], place: tuple[str, ...], required: bool) -> Iterator[Field]:
        for name, one in schema.get("properties", {}).items():
            yield from self.fields(one, (*place, name), required and name in schema.get("required", ()))
        more = schema.get("additionalProperties")
        if isinstance(more, dict):
            yield from self.fields(more, (*place, KEY), False)

    def _there(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema
