"""Typed, opaque, time-ordered ids (`alt_01k9…`) and the numbers people say aloud (`#4821`, `HOT-1287`).

An id is its prefix, an underscore and 26 characters of Crockford base 32: 48 bits of milliseconds, 80 random bits.
The prefix makes it impossible to hand the id of one kind of thing to a function that wants another.
"""

from __future__ import annotations

import functools
import re
import secrets
from typing import TYPE_CHECKING, Any

from django.db import models

from tocsin.core import clock

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"^[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}$")


def new_id(prefix: str) -> str:
    """A fresh id. Ids made later sort later, to the millisecond."""
    number = (int(clock.now().timestamp() * 1000) << 80) | secrets.randbits(80)
    characters = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        characters.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(characters))}"


def is_id(text: str, prefix: str) -> bool:
    """Whether `text` has the shape of an id of this kind."""
    return text.startswith(prefix + "_") and _SHAPE.match(text) is not None


class IdField(_Text):
    """The primary key of a model: a typed id, made when the object is made."""

    def __init__(self, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.update(max_length=32, primary_key=True, editable=False)
        kwargs.setdefault("default", functools.partial(new_id, prefix))
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("max_length", "primary_key", "editable"):
            kwargs.pop(key, None)
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs
