"""The external page as files: it opens from disk and says what the live page says."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests import company
from tests.web.walk import world
from tocsin.core.actor import SYSTEM
from tocsin.incidents import commands as incidents
from tocsin.statuspages import commands, queries
from tocsin.web.public import documents, export

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(now: dt.datetime) -> None:
    house = world()
    part = commands.create_component(SYSTEM, queries.page("external"), name="Wallet", now=now)
    actor = company.actor(house.ada)
    incident = incidents.declare(actor, summary="Vault", severity=2, service=house.checkout, products=[house.tickets], now=now)
    commands.post_update(
        actor,
        incident,
        status="investigating",
        external={"body": "Paying fails"},
        next_update_at=now + dt.timedelta(hours=1),
        confirmation="one",
        components={part.id: "partial_outage"},
        now=now,
    )


def words(page: bytes) -> str:
    """What a person reads."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def test_the_folder_says_what_the_live_page_says(told: None, tmp_path: Path, now: dt.datetime) -> None:
    live = documents.render(now)
    assert export.write(live, tmp_path) == len(list(tmp_path.rglob("*.*")))
    assert words((tmp_path / "index.html").read_bytes()) == words(live["/status"].body)
    assert (tmp_path / "api/v2/summary.json").read_bytes() == live["/api/v2/summary.json"].body
    assert (tmp_path / "badge.svg").read_bytes() == live["/status/badge.svg"].body


def test_every_link_leads_to_a_file_that_is_there(told: None, tmp_path: Path, now: dt.datetime) -> None:
    export.write(documents.render(now), tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        for link in re.findall(r'href="([^"#]+)"', page.read_text()):
            assert link.startswith(("data:", settings.TOCSIN.base_url)) or (page.parent / link).is_file(), (page.name, link)
    assert f'href="{settings.TOCSIN.base_url.rstrip("/")}/status/subscribe"' in (tmp_path / "index.html").read_text()


def test_a_copy_is_made_once_a_day(told: None, now: dt.datetime, settings: object) -> None:
    index = settings.TOCSIN.data / export.FOLDER / "index.html"  # type: ignore[attr-defined]
    export.nightly(now)
    index.write_text("as it was")
    export.os.utime(index, (now.timestamp(), now.timestamp()))
    export.nightly(now + dt.timedelta(hours=2))
    assert index.read_text() == "as it was"
    export.nightly(now + dt.timedelta(days=1))
    assert "Paying fails" in index.read_text()
