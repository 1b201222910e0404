"""Declaring remote verbs: each gets `--url`, `--token` and `--json`, is handed a client, and returns what it was answered."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import re
import typing
from collections.abc import Callable
from typing import Annotated, Any

import typer

from tocsin.cli.answers import NO, USAGE, fail, first_sentence, say, show_fields, show_json, show_table
from tocsin.cli.remote.client import Remote
from tocsin.core import clock

Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many at most.")]
Show = Callable[[Any], None]

_URL = Annotated[str, typer.Option("--url", envvar="TOCSIN_URL", help="Address of the running Tocsin.")]
_TOKEN = Annotated[str, typer.Option("--token", envvar="TOCSIN_TOKEN", help="An API token.", show_default=False)]
_JSON = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
_COMMON = (("url", _URL, "http://localhost:8000"), ("token", _TOKEN, ""), ("json", _JSON, False))
_SPAN = re.compile(r"^(-?)(\d{1,5})(m|h|d)$")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}


def noun(name: str, words: str) -> typer.Typer:
    """A group of verbs."""
    return typer.Typer(name=name, help=words, short_help=words, no_args_is_help=True, rich_markup_mode=None)


def verb(
    app: typer.Typer, name: str, show: Show, *, refuses: Callable[[Any], bool] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a verb. Its first parameter is the client; what it returns is printed as JSON or by `show`, and the exit code is
    1 when `refuses` says of it that the answer is "no".
    """

    def declare(ask: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(ask)
        def run(**given: Any) -> None:
            url, token, as_json = (given.pop(option) for option, _, _ in _COMMON)
            answer = ask(Remote(url, token), **given)
            show_json(answer) if as_json else show(answer)
            if refuses is not None and refuses(answer):
                raise typer.Exit(NO)

        hints = typing.get_type_hints(ask, include_extras=True)
        own = [one.replace(annotation=hints[one.name]) for one in list(inspect.signature(ask).parameters.values())[1:]]
        own = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
        common = [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for option, kind, default in _COMMON
        ]
        run.__signature__ = inspect.Signature([*own, *common])  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in [*own, *common]}
        app.command(name, short_help=first_sentence(run))(run)
        return ask

    return declare


def plain_verbs(app: typer.Typer, path: str, what: str, show: Show, verbs: dict[str, str]) -> None:
    """Verbs that need nothing but the object: name and sentence of each."""
    for name, words in verbs.items():
        _plain(app, path, what, name, words, show)


def _plain(app: typer.Typer, path: str, what: str, name: str, words: str, show: Show) -> None:
    def ask(api: Remote, wanted: str) -> Any:
        return api.post(path, wanted, name)

    ask.__doc__ = words
    ask.__annotations__ = {"api": Remote, "wanted": Annotated[str, typer.Argument(metavar=what, show_default=False)]}
    verb(app, name, show)(ask)


def table(*columns: str) -> Show:
    """Show a list's items as a table of these fields; `service.slug` reaches into one, `manager` shows a person's name."""

    def show(answer: Any) -> None:
        show_table(columns, [[_cell(item, column) for column in columns] for item in answer["items"]])

    return show


def fields(answer: Any) -> None:
    """Show one object, a line for each field that says something."""
    show_fields((name, _text(value)) for name, value in answer.items() if value not in (None, "", [], {}))


def line(template: str) -> Show:
    """Show one object as a sentence: `{key} is {state}.` Where nothing comes back the sentence stands alone."""

    def show(answer: Any) -> None:
        say(template.format(**{name: _text(value) for name, value in (answer or {}).items()}))

    return show


def instant(text: str | None, option: str) -> str | None:
    """An instant of the command line for the API: RFC 3339, or a distance from now such as `20m`, `-2h`, `1d`."""
    if not text:
        return None
    span = _SPAN.match(text)
    if span:
        seconds = int(span[2]) * _SECONDS[span[3]] * (-1 if span[1] else 1)
        return clock.rfc3339(clock.now().replace(microsecond=0) + dt.timedelta(seconds=seconds))
    try:
        return clock.rfc3339(clock.parse(text))
    except (ValueError, OverflowError):
        fail(USAGE, f"{option} takes 2026-11-19T01:41:00Z, or a distance such as 20m, -2h or 1d; not {text!r}")


def _cell(item: Any, column: str) -> str:
    for part in column.split("."):
        item = item.get(part) if isinstance(item, dict) else None
    return _text(item)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return value["name"] if "name" in value else ", ".join(f"{name}={_text(one)}" for name, one in value.items())
    return str(value)
