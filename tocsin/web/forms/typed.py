"""What somebody typed into a form, and what is wrong with it: one sentence for each field, the words kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from tocsin.core.errors import Refused
from tocsin.web.forms import typed_times


class Typed:
    """A form's fields as text. Reading methods note an error instead of raising; `ok` says whether there is none.

    In templates `form.summary` is what the field shows and `form.errors.summary` the sentence under it; errors that belong
    to no field are in `form.errors.form`.
    """

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(initial or {})
        self.errors: dict[str, str] = {}
        self._data = data

    def __getitem__(self, name: str) -> Any:
        if name in {"errors", "ok"}:
            raise KeyError(name)  # then a template takes the attribute
        return self.values.get(name, "")

    @property
    def ok(self) -> bool:
        return not self.errors

    def has(self, name: str) -> bool:
        """Whether the form that was sent had this field at all, empty or not."""
        return self._data is not None and name in self._data

    def refuse(self, refused: Refused, **fields: str) -> None:
        """Show a command's refusal under the field it names, or above the form. `fields`: the form's name for a command's."""
        self.errors[fields.get(refused.field, refused.field) or "form"] = refused.detail

    def text(self, name: str, *, required: str = "", longest: int = 20_000, lines: bool = False) -> str:
        """One field's words without outer space and control characters. `required` is the sentence when it is empty."""
        raw = self._data.get(name, "") if self._data is not None else ""
        words = clean(str(raw), lines=lines)
        self.values[name] = words
        if required and not words:
            self.errors[name] = required
        elif len(words) > longest:
            self.errors[name] = f"Too long: {len(words):,} characters, at most {longest:,}."
        return words

    def choice(self, name: str, allowed: Iterable[str], *, wrong: str) -> str:
        """One of the allowed values; anything else is an error that says `wrong`."""
        chosen = self.text(name, longest=200)
        if chosen not in set(allowed):
            self.errors[name] = wrong
        return chosen

    def many(self, name: str) -> list[str]:
        """All values of a field that may be ticked several times."""
        chosen = [clean(value) for value in (self._data.getlist(name) if self._data is not None else [])]
        self.values[name] = chosen
        return chosen

    def ticked(self, name: str) -> bool:
        self.values[name] = bool(self._data.get(name)) if self._data is not None else False
        return bool(self.values[name])

    def number(self, name: str, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number; an empty field counts as `least`."""
        words = self.text(name, longest=20)
        if not words:
            return least
        found = whole(words)
        if found is None or not least <= found <= most:
            self.errors[name] = f"Write a whole number from {least} to {most:,}."
            return least
        return found

    def date(self, name: str, *, required: str) -> dt.date | None:
        """A date typed as `2026-11-30`."""
        words = self.text(name, required=required, longest=20)
        try:
            return dt.date.fromisoformat(words) if words else None
        except ValueError:
            self.errors[name] = "Write the date as year-month-day, such as 2026-11-30."
            return None

    def when(self, name: str, *, zone: str, now: dt.datetime, past: bool, required: str = "") -> dt.datetime | None:
        """An instant typed in words; `<name>_said` then holds what was understood, `<name>_moved` that the clocks skip it."""
        words = self.text(name, required=required, longest=60)
        if not words or name in self.errors:
            return None
        try:
            instant = typed_times.understand(words, zone=zone, now=now, past=past)
        except ValueError as error:
            self.errors[name] = str(error)
            return None
        moved = self.values[f"{name}_moved"] = typed_times.moved(words, instant, zone)
        self.values[f"{name}_said"] = typed_times.sentence(instant, zone, now) + (f" ({moved.rstrip('.')})" if moved else "")
        return instant


def clean(words: str, *, lines: bool = False) -> str:
    """Without control characters, lone surrogates and outer space; on one line unless `lines`."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in words if char == "\n" or (char >= " " and char != "\x7f" and not "\ud800" <= char <= "\udfff"))
    return kept.strip() if lines else " ".join(kept.split())


def whole(text: str, *, most: int = 10**12) -> int | None:
    """The number that an address names, None for anything else: signs, letters, digits of other scripts, far too many."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 and int(text) <= most else None


def page_number(text: str) -> int:
    """Which page of a list an address asks for, 1 for anything odd."""
    return whole(text, most=100_000) or 1
