"""Checks that several commands share: one line of text, zones, passwords, names that exist once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import IntegrityError, transaction

from tocsin.core.errors import Conflict, Invalid
from tocsin.core.text import texts
from tocsin.directory import rules
from tocsin.directory.models import Person


def one_line(text: str, field: str, limit: int, *, required: bool = True) -> str:
    """The text on one line. Raises Invalid when it is empty though required, too long or not text."""
    return texts.line(text, field=field, limit=limit, required=required)


def zone(name: str) -> str:
    if not rules.is_zone(name):
        raise Invalid(f"“{name[:64]}” is not a time zone; write one such as Europe/Vienna.", field="zone")
    return name


def mail_address(text: str, field: str = "email") -> str:
    """The address, its domain in lower case."""
    text = one_line(text, field, 254)
    try:
        validate_email(text)
    except ValidationError:
        raise Invalid(f"“{text}” is not a mail address.", field=field) from None
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def web_address(text: str, field: str, *, required: bool = False) -> str:
    """An http or https address, or nothing."""
    text = one_line(text, field, 200, required=required)
    if text:
        try:
            URLValidator(schemes=("http", "https"))(text)
        except ValidationError:
            raise Invalid("An address starts with https:// or http:// and names a host.", field=field) from None
    return text


def password(text: str, person: Person) -> str:
    """Raises Invalid with all that is wrong with it."""
    try:
        validate_password(text, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    return text


def slug(given: str, name: str, taken: list[str]) -> str:
    """The short name: the one given by hand when it is free, else one made from the name."""
    if not given:
        return rules.slug_of(name, taken)
    if not rules.is_slug(given):
        raise Invalid("A short name has small letters, digits and hyphens, at most 60.", field="slug")
    if given in taken:
        raise Conflict(f"The short name “{given}” is taken.", field="slug")
    return given


@contextmanager
def only_once(field: str, detail: str) -> Iterator[None]:
    """Turn the store's refusal of a second row with the same name into a Conflict that says so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Conflict(detail, field=field) from None
