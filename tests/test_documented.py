"""What is not written down breaks the build: settings, events, commands of the command line, routes of the API."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import tocsin
from tocsin.core.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def text_of(name: str) -> str:
    path = DOCS / name
    assert path.exists(), f"docs/{name} is missing"
    return path.read_text()


def announced() -> list[str]:
    """Every event name that a room declares in its `events.py`."""
    names: list[str] = []
    for module in pkgutil.iter_modules(tocsin.__path__):
        if not module.ispkg or importlib.util.find_spec(f"tocsin.{module.name}.events") is None:
            continue
        events = importlib.import_module(f"tocsin.{module.name}.events")
        values = [value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)]
        names += [value for value in values if re.fullmatch(r"[a-z]+\.[a-z_]+", value)]
    return sorted(names)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`TOCSIN_{name.upper()}`" in text_of("settings.md")


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_event_is_documented() -> None:
    page = text_of("events.md")
    assert [name for name in announced() if f"`{name}`" not in page] == []


def test_every_recorded_event_is_announced() -> None:
    literal = re.compile(r"record\(\s*[\w.]+,\s*[\"']([a-z]+\.[a-z_]+)[\"']")
    used = {name for path in (ROOT / "tocsin").rglob("*.py") for name in literal.findall(path.read_text())}
    assert sorted(used - set(announced())) == []


def test_every_direct_dependency_has_its_reason() -> None:
    page = text_of("dependencies.md").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [re.match(r"[a-z0-9-]+", line).group(0) for line in project["dependencies"]]
    assert [name for name in listed if name not in page] == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_every_named_check_that_tests_prove_is_marked_by_one() -> None:
    rows = re.findall(r"^\| (U\d\d) (.*)$", text_of("developers/tests.md"), re.MULTILINE)
    told = {name for name, row in rows if "tests/" in row}
    written = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    marked = set(re.findall(r"U\d\d", "".join(re.findall(r"mark\.req\(([^)]*)\)", written))))
    assert told
    assert told - marked == set()
    assert marked - {name for name, _ in rows} == set()


def test_every_requirement_of_this_release_has_a_test_that_proves_it() -> None:
    promised = set(re.findall(r"^\| ([A-Z]{3}-\d\d) \|.*\| 0\.1 \|$", text_of("requirements.md"), re.MULTILINE))
    written = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    proved = set(re.findall(r"[A-Z]{3}-\d\d", "".join(re.findall(r"mark\.req\(([^)]*)\)", written))))
    assert sorted(promised - proved) == []
