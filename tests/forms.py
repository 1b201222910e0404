"""A page's forms as a browser has them: what they would send as they stand, and which button Enter presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_ONE_LINE = {"", "text", "search", "email", "url", "tel", "number", "password", "date", "time", "datetime-local"}

_SAVING = {"item"}
"""What buttons say that only save the form: the lines of the cheat sheet."""


@dataclass
class Form:
    """One form: where it goes, its fields as they are sent without a press, its submit buttons in their order."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    is_typed_into: bool = False
    buttons: list[dict[str, str]] = field(default_factory=list)

    @property
    def surprises(self) -> bool:
        """Whether Enter in a field presses one of several buttons that says something of its own and is not the main one."""
        if not self.is_typed_into or len(self.buttons) < 2 or "disabled" in self.buttons[0]:
            return False
        first = self.buttons[0]
        says = ("name" in first or "formaction" in first) and first.get("value") not in _SAVING
        return says and not {"go", "sr"} & set(first.get("class", "").split())


class _Taker(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._now: Form | None = None
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._now = Form(given.get("action", ""))
            self.forms.append(self._now)
        if self._now is None or "form" in given:
            return
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "button" and kind in {"", "submit"}:
            self._now.buttons.append(given)
        elif tag == "textarea":
            self._area = name
            self._now.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._now.fields):
            self._now.fields[self._select] = given.get("value", "")
        elif tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in given):
            self._now.is_typed_into = self._now.is_typed_into or kind in _ONE_LINE
            self._now.fields[name] = given.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._now is not None and self._area:
            self._now.fields[self._area] += data.removeprefix("\n")


def forms(page: str) -> list[Form]:
    """Every form of a page, in order. A field with several values keeps the last."""
    taker = _Taker()
    taker.feed(page)
    return taker.forms


def form(page: str, action: str) -> Form:
    """The first form that goes to this address."""
    return next(one for one in forms(page) if one.action == action)
