"""Hours of the week as typed: days that are ticked, and from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.web.forms.typed import Typed

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def read_hours(form: Typed, suffix: str = "") -> list[dict[str, Any]]:
    """One stretch of hours on the days that are ticked; no day ticked, or all of every day: no restriction."""
    days = [int(day) for day in form.many(f"days{suffix}") if day in tuple("0123456")]
    start, end = (read_time(form, f"{name}{suffix}", "00:00").isoformat("minutes") for name in ("from", "to"))
    if not days or (len(set(days)) == 7 and start == end):
        return []
    return [{"days": days, "from": start, "to": end}]


def read_time(form: Typed, name: str, default: str) -> dt.time:
    """A time of day; an empty field is the default."""
    try:
        return dt.time.fromisoformat(form.text(name) or default)
    except ValueError:
        form.errors[name] = "Write the time as 09:00."
        return dt.time.fromisoformat(default)


def as_typed(windows: Sequence[Mapping[str, Any]], suffix: str = "") -> dict[str, Any]:
    """Stored hours as their form shows them. Of several stretches the first; the others are the API's to edit."""
    hours = windows[0] if windows else {"days": [], "from": "", "to": ""}
    return {f"days{suffix}": [str(day) for day in hours["days"]], f"from{suffix}": hours["from"], f"to{suffix}": hours["to"]}


def week(form: Typed, suffix: str = "") -> list[tuple[str, str, bool]]:
    """The days for a template: value, name, ticked."""
    ticked = form.values.get(f"days{suffix}", [])
    return [(str(number), name, str(number) in ticked) for number, name in enumerate(DAYS)]
