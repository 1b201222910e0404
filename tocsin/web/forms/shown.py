"""What a form showed when it was drawn, kept in the form itself: a tab that stood open writes only what its reader changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tocsin.core.text import texts
from tocsin.web.forms.typed import Typed, clean

FIELD = "shown"


def kept(values: Mapping[str, Any], names: Iterable[str]) -> str:
    """The fields as they are shown, for the hidden field of that name."""
    return json.dumps({name: _plain(values.get(name, "")) for name in names}, ensure_ascii=False)


def changed(form: Typed, stands: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """Which of the fields, all read already, were changed on the page; all of them when the page did not say what it showed.

    What is as it was shown takes the value that `stands` now. What somebody else changed as well is an error at its field.
    """
    wanted = list(names)
    shown = _read(form.text(FIELD, lines=True, longest=100_000))
    if shown is None:
        return set(wanted)
    found = {name for name in wanted if _plain(form[name]) != shown.get(name)}
    for name in wanted:
        now = _plain(stands.get(name, ""))
        if name not in found:
            form.values[name] = stands.get(name, "")
            form.errors.pop(name, None)
        elif now not in {shown.get(name), _plain(form[name])} and name not in form.errors:
            form.errors[name] = f"Somebody else changed this meanwhile, to {_said(now)}. Save again if yours shall stand."
    return found


def _read(words: str) -> dict[str, str] | None:
    try:
        found = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else None


def _plain(value: Any) -> str:
    """A field as one text that can be compared: ticks by their names in order."""
    if isinstance(value, list | tuple | set):
        return ", ".join(sorted(str(one) for one in value))
    return ("yes" if value else "") if isinstance(value, bool) else clean(str(value or ""), lines=True)


def _said(value: str) -> str:
    return f"“{texts.shorten(value, 120)}”" if value else "nothing"
