"""The rules of the house that a machine can check. Each failure names the file, the line and the rule."""

from __future__ import annotations

import ast
import datetime as dt
import functools
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tocsin.web.frame import reader
from tocsin.web.templatetags import languages, tocsin

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "tocsin"
VAGUE = {"utils", "util", "helpers", "common", "manager", "base", "misc", "bl"}
PERMITTED_VAGUE = {"tocsin/core/store/sqlite/base.py"}
"""Django looks for this name."""
SENDERS = {"httpx2", "httpcore2", "requests", "urllib3", "aiohttp", "http.client", "urllib.request", "smtplib"}
MAY_SEND = {
    "tocsin/core/net/outbound.py": {"httpx2", "httpcore2"},
    "tocsin/core/net/guard.py": {"httpx2", "httpcore2"},
    "tocsin/integrations/mail": {"smtplib"},
    "tocsin/integrations/smtp": {"smtplib"},
    "tocsin/cli/remote": {"httpx2", "http.client", "urllib.request"},
}
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "sleep"),
    ("time", "time_ns"),
}

_FILLED = r"\{\{.*?\}\}|\{%.*?%\}"
OPENING = re.compile(rf'<([a-z][\w.-]*)((?:{_FILLED}|"(?:{_FILLED}|(?!\{{[{{%])[^"])*"|(?!\{{[{{%])[^>"])*)>', re.DOTALL)
"""An opening tag of a template: its name, and its attributes with whatever fills them."""
TEXT_ONLY = re.compile(r"<(option|textarea|title)\b[^>]*>((?:(?!</).)*)|\{% block (title) %\}((?:(?!\{% endblock).)*)", re.DOTALL)
"""What may hold words but no element."""
DRAWN = r"\{%\s*(?:icon|sev|st|urgency)\s"


@functools.cache
def sources(top: str = "tocsin") -> tuple[tuple[str, ast.Module], ...]:
    files = sorted(path for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts)
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())) for path in files)


@functools.cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Of a module or a function, walked once for all rules."""
    return tuple(ast.walk(tree))


def found(rule: Callable[[str, ast.Module], Iterator[tuple[int, str]]], top: str = "tocsin") -> list[str]:
    return [f"{name}:{line} {what}" for name, tree in sources(top) for line, what in rule(name, tree)]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_imports_go_down_only() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_clock_asks_the_time() -> None:
    def asks(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in nodes(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name != "tocsin/core/clock.py":
                owner = node.func.value
                word = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
                word = "datetime" if word == "dt" else word
                if (word, node.func.attr) in CLOCKS:
                    yield node.lineno, f"{word}.{node.func.attr}()"

    assert found(asks) == []


def test_no_column_stamps_itself() -> None:
    def stamps(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in nodes(tree):
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                yield node.value.lineno, str(node.arg)

    assert found(stamps) == []


def test_no_test_sleeps() -> None:
    def sleeps(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in nodes(tree):
            asleep = isinstance(node, ast.Attribute) and node.attr in {"sleep", "wait_for_timeout"}
            if asleep and not (isinstance(node.value, ast.Name) and node.value.id == "asyncio"):
                yield node.lineno, f"{node.attr}: wait for a condition with a limit"

    assert found(sleeps, "tests") == []


def test_only_the_one_client_and_the_mail_provider_send() -> None:
    def sends(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        permitted = {module for place, modules in MAY_SEND.items() if name.startswith(place) for module in modules}
        for line, module in imports(tree):
            for sender in SENDERS - permitted:
                if module == sender or module.startswith(sender + "."):
                    yield line, f"imports {module}"

    assert found(sends) == []


def test_mail_is_built_in_one_place() -> None:
    def builds(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, module in imports(tree):
            if module.startswith(("email.mime", "django.core.mail")):
                yield line, f"imports {module}"
        for node in nodes(tree):
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if called == "EmailMessage" and name != "tocsin/core/net/mail.py":
                yield node.lineno, "builds an EmailMessage"

    assert found(builds) == []


def test_http_lives_at_the_doors() -> None:
    above = ("tocsin/web/", "tocsin/asgi.py", "tocsin/settings.py", "tocsin/urls.py", "tocsin/cli/")

    def speaks(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, module in imports(tree):
            spoken = module.startswith(("django.http", "django.shortcuts", "django.template", "django.urls", "ninja"))
            if spoken and not name.startswith(above):
                yield line, f"imports {module}"

    assert found(speaks) == []


def test_no_own_import_hides_in_a_function() -> None:
    permitted = ("tocsin/apps.py", "tocsin/__main__.py", "tocsin/cli/")

    def hides(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in nodes(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not name.startswith(permitted):
                for line, module in imports(node):
                    if module.split(".")[0] == "tocsin":
                        yield line, f"imports {module} inside {node.name}"

    assert found(hides) == []


def test_transactions_begin_in_commands_and_jobs() -> None:
    def begins(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        parts = name.removesuffix(".py").split("/")
        if {"commands", "jobs"} & set(parts) or name.startswith("tocsin/core/"):
            return
        for node in nodes(tree):
            if isinstance(node, ast.Attribute) and node.attr == "atomic":
                yield node.lineno, "transaction.atomic"

    assert found(begins) == []


def test_rules_are_pure() -> None:
    def reaches(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        if name.split("/")[-1] != "rules.py" and "/rules/" not in name:
            return
        for line, module in imports(tree):
            if (
                module.startswith(("django", "tocsin.core.clock.now", "tocsin.core.models", "tocsin.core.store.db"))
                or ".models" in module
            ):
                yield line, f"a rule imports {module}"

    assert found(reaches) == []


def test_functions_stay_below_fifty_lines() -> None:
    def long(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in nodes(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 50:
                    yield node.lineno, f"{node.name} has {length} lines"

    assert found(long) == []


@pytest.mark.parametrize("top", ["tocsin", "tests", "bench"])
def test_files_stay_below_five_hundred_lines(top: str) -> None:
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name, _ in sources(top)}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_file_has_a_vague_name() -> None:
    names = [name for name, _ in sources() if VAGUE & set(name.removesuffix(".py").split("/"))]
    assert set(names) <= PERMITTED_VAGUE


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, tree in sources() if tree.body and not ast.get_docstring(tree) and not name.endswith("__init__.py")]
    assert silent == []


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    wrong = []
    for path in (PACKAGE / "web" / "templates").rglob("*.html"):
        text = path.read_text()
        wrong += [f"{path.relative_to(ROOT)}: {mark}" for mark in (' style="', " onclick=", "javascript:", "|safe") if mark in text]
    assert wrong == []


def drawn(template: str) -> list[str]:
    """What is filled with an element where only words may stand, such as `{{ at|clock }}` in an attribute."""
    moment = dt.datetime(2026, 11, 19, 1, 41, tzinfo=dt.UTC)
    reader.arrive(moment)
    filters = tocsin.register.filters | languages.register.filters
    several = {"after": moment, "instant": "01:41"}
    times = [name for name in ("clock", "near", "hm", "day", "full", "spoken", "age", "seconds") if "<" in filters[name](moment)]
    times += [name for name, more in several.items() if "<" in filters[name](moment, more)]
    assert len(times) == 10
    elements = re.compile(rf"\{{\{{[^}}]*\|(?:{'|'.join(times)})\b[^}}]*\}}\}}|{DRAWN}")
    own = [found[2] for found in OPENING.finditer(template) if not found[1].startswith("c-sec")]
    own += [found[2] or found[4] or "" for found in TEXT_ONLY.finditer(template)]
    return [found[0] for place in own for found in elements.finditer(place) if "|striptags" not in found[0]]


def test_no_attribute_of_a_template_is_filled_with_an_element() -> None:
    """The head of `c-sec` is drawn as words of the page, so its times may be elements."""
    assert drawn('<a title="{{ one|first:">" }} {{ one.at|hm }}">') == ["{{ one.at|hm }}"]
    assert drawn('<option>{% st "gap" %}</option><p>{{ at|clock }}</p>{% block title %}{{ at|day }}{% endblock %}') == [
        "{% st ",
        "{{ at|day }}",
    ]
    paths = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
    assert [f"{path.relative_to(ROOT)}: {wrong}" for path in paths for wrong in drawn(path.read_text())] == []
