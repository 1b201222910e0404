"""What somebody typed of a page elsewhere, checked before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tocsin.core import secrets
from tocsin.core.errors import Invalid
from tocsin.core.net import outbound
from tocsin.core.text import texts
from tocsin.statuspages.mirrors.models import Mirror
from tocsin.statuspages.models import Component, StatusPage
from tocsin.statuspages.pages import queries as several

_PAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[\x21-\x7e]{8,400}")


def checked(fields: Mapping[str, Any], *, kind: str, page: StatusPage) -> dict[str, Any]:
    """The values of these fields as a Mirror keeps them. Raises Invalid with the field."""
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: texts.line(value, field="name", limit=120),
        "address": address,
        "remote_page": lambda value: _remote_page(value, kind),
        "parts": lambda value: _parts(value, page),
        "notifies": bool,
    }
    return {name: checks[name](value) for name, value in fields.items()}


def one_of(value: str, known: Mapping[str, str], field: str) -> str:
    """Raises Invalid that says what there is."""
    if value not in known:
        raise Invalid(f"There is no {field} {value[:40]!r}; it is one of {', '.join(known)}.", field=field)
    return value


def repeated(audience: str, wanted: str) -> StatusPage:
    """The page of this audience that is repeated, the first without a name. Raises Invalid for `page`."""
    first = several.first(audience)
    there = [first, *(several.outside() if audience == StatusPage.EXTERNAL else ())]
    found = next((one for one in there if wanted in {one.slug, one.pk}), None) if wanted else first
    if found is None:
        raise Invalid(f"There is no {audience} page {wanted[:40]!r}.", field="page")
    if found.is_secret:
        raise Invalid(f"{found.name} is for those alone who know its address; it is repeated nowhere.", field="page")
    return found


def address(text: object) -> str:
    """An http(s) address that may be called, without a `/` at its end."""
    text = texts.line(text, field="address", limit=500)
    if not text.lower().startswith(("https://", "http://")) or any(char.isspace() for char in text):
        raise Invalid("An address starts with https:// or http:// and has no spaces.", field="address")
    try:
        outbound.refuse_hostile(text)
    except outbound.Forbidden as error:
        raise Invalid(f"This address cannot be called: {error}.", field="address") from None
    if urlsplit(text).fragment:
        raise Invalid("Leave out what stands behind the #.", field="address")
    return text.rstrip("/")


def key(text: object) -> str:
    """The key of a hosted page as it is kept."""
    text = texts.line(text, field="key", limit=400)
    if not _KEY.fullmatch(text):
        raise Invalid("A key has 8 characters or more and no spaces: copy it from the account of the hosted page.", field="key")
    return secrets.encrypt(text)


def _remote_page(text: object, kind: str) -> str:
    text = texts.line(text, field="remote_page", limit=64, required=kind == Mirror.HOSTED)
    if text and not _PAGE_ID.fullmatch(text):
        raise Invalid("The id of a page has letters and digits, such as kctbh9vrtdwd.", field="remote_page")
    return text if kind == Mirror.HOSTED else ""


def _parts(given: Mapping[str, str], page: StatusPage) -> dict[str, str]:
    """Ours, by id or name, to what theirs is called. Raises Invalid for one that the page does not have."""
    known = list(Component.objects.filter(page=page))
    by_word = {one.name.casefold(): one.id for one in known} | {one.id: one.id for one in known}
    found: dict[str, str] = {}
    for ours, theirs in given.items():
        part = by_word.get(ours) or by_word.get(ours.casefold())
        if part is None:
            raise Invalid(f"The page {page.slug} has no part {ours[:80]!r}.", field="parts")
        there = texts.line(theirs, field="parts", limit=200, required=False)
        if there:
            found[part] = there
    return found
