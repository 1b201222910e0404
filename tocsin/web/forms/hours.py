"""Hours of the week as typed: days that are ticked, and from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.web.forms.typed import Typed

MOST_STRETCHES = 20
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def read_time(form: Typed, name: str, default: str) -> dt.time:
    """A time of day; an empty field is the default."""
    try:
        return dt.time.fromisoformat(form.text(name) or default)
    except ValueError:
        form.errors[name] = "Write the time as 09:00."
        return dt.time.fromisoformat(default)


def read_stretches(form: Typed, part: str = "") -> list[dict[str, Any]]:
    """Every stretch of a form, or of one part of it (`-2`). None with a day ticked, or one that never ends: no restriction."""
    found = [_read(form, _suffix(part, place)) for place in range(MOST_STRETCHES)]
    windows = [one for one in found if one["days"]]
    endless = any(len(set(one["days"])) == 7 and one["from"] == one["to"] for one in windows)
    return [] if endless else windows


def _read(form: Typed, suffix: str) -> dict[str, Any]:
    days = [int(day) for day in form.many(f"days{suffix}") if day in tuple("0123456")]
    start, end = (read_time(form, f"{name}{suffix}", "00:00").isoformat("minutes") for name in ("from", "to"))
    return {"days": days, "from": start, "to": end}


def _suffix(part: str, place: int) -> str:
    return f"{part}-{place + 1}" if place else part


def as_typed(windows: Sequence[Mapping[str, Any]], part: str = "") -> dict[str, Any]:
    """Stored hours as their form shows them."""
    typed: dict[str, Any] = {}
    for place, window in enumerate(windows[:MOST_STRETCHES]):
        days, suffix = [str(day) for day in window["days"]], _suffix(part, place)
        typed |= {f"days{suffix}": days, f"from{suffix}": window["from"], f"to{suffix}": window["to"]}
    return typed


def stretches(form: Typed, part: str = "") -> list[dict[str, Any]]:
    """For a template: those that are filled in and one more, each with its fields' suffix, days, times and errors."""
    used = [place for place in range(MOST_STRETCHES) if form.values.get(f"days{_suffix(part, place)}")]
    room = min((used[-1] + 2 if used else 1), MOST_STRETCHES)
    return [_stretch(form, _suffix(part, place), place) for place in range(room)]


def _stretch(form: Typed, suffix: str, place: int) -> dict[str, Any]:
    ends = {name: f"{name}{suffix}" for name in ("from", "to")}
    return {
        "number": place + 1,
        "suffix": suffix,
        "week": _week(form, suffix),
        **{name: form[field] for name, field in ends.items()},
        "wrong": {name: form.errors.get(field, "") for name, field in ends.items()},
    }


def _week(form: Typed, suffix: str) -> list[tuple[str, str, bool]]:
    """The days for a template: value, name, ticked."""
    ticked = form.values.get(f"days{suffix}", [])
    return [(str(number), name, str(number) in ticked) for number, name in enumerate(DAYS)]
