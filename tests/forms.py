"""A page's forms as a browser has them: what they would send as they stand, and which button Enter presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_ONE_LINE = {"", "text", "search", "email", "url", "tel", "number", "password", "date", "time", "datetime-local"}
_SAVING = {"item"}
"""What buttons say that only save the form: the lines of the cheat sheet."""


@dataclass
class Form:
    """One form: where it goes, the values it sends without a press, its submit buttons in their order, its markup and words."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    is_typed_into: bool = False
    buttons: list[dict[str, str]] = field(default_factory=list)
    markup: str = ""

    @property
    def surprises(self) -> bool:
        """Whether Enter in a field presses one of several buttons that says something of its own and is not the main one."""
        if not self.is_typed_into or len(self.buttons) < 2 or "disabled" in self.buttons[0]:
            return False
        first = self.buttons[0]
        says = ("name" in first or "formaction" in first) and first.get("value") not in _SAVING
        return says and not {"go", "sr"} & set(first.get("class", "").split())


class _Taker(HTMLParser):
    """`_area` and `_select`: what is being read; `_first` until a list had an option, `_option` while one says its words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._now: Form | None = None
        self._area = self._select = ""
        self._first = self._option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._now = Form(given.get("action", ""))
            self.forms.append(self._now)
        if self._now is None or "form" in given:
            return
        self._now.markup += self.get_starttag_text() or ""
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "button" and kind in {"", "submit"}:
            self._now.buttons.append(given)
        elif tag == "textarea":
            self._area = name
            self._now.fields[name] = [""]
        elif tag == "select":
            self._select, self._first = name, True
            self._now.fields.setdefault(name, []).append("")
        elif tag == "option" and self._select and ("selected" in given or self._first):
            self._first = False
            self._now.fields[self._select][-1] = given.get("value", "")
            self._option = "value" not in given
        elif tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            self._now.is_typed_into = self._now.is_typed_into or kind in _ONE_LINE
            self._now.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        self._option = self._option and tag != "option"

    def handle_data(self, data: str) -> None:
        if self._now is None:
            return
        self._now.markup += data
        if self._area:
            self._now.fields[self._area][0] += data.removeprefix("\n")
        elif self._option:
            self._now.fields[self._select][-1] += data


def forms(page: str) -> list[Form]:
    """Every form of a page, in order."""
    taker = _Taker()
    taker.feed(page)
    return taker.forms


def filled(page: str, word: str) -> dict[str, list[str]]:
    """What a browser sends of the first form whose markup has this word, as the page came."""
    return next(one.fields for one in forms(page) if word in one.markup)
