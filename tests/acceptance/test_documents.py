"""Several people type in one document of a real process; lines break, processes die, a second process serves the same store."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path

import pytest
from pycrdt import Doc, Map
from websockets.exceptions import InvalidStatus

from tests.acceptance.installation import Answer, Installation, call
from tests.acceptance.rig import Rig
from tests.acceptance.typist import PRESENCE, TEXT, TYPED, Typist, in_a_loop
from tests.waiting import until

pytestmark = pytest.mark.req("OPN-08")


def document_of(rig: Rig, **more: object) -> str:
    answer = rig.api("POST", "/incidents", {"summary": "Nobody can pay", "severity": 3, "drill": True, **more})
    assert answer.status == 201, answer
    key = str(answer.json["key"])
    assert rig.api("POST", f"/incidents/{key}/set-up").status == 200
    return key


def typist(rig: Rig, key: str, who: str, *, url: str = "", origin: str | None = None) -> Typist:
    return Typist(url or rig.tocsin.url, key, rig.made["sessions"][who], origin=origin)


def said(rig: Rig, key: str) -> dict[str, str]:
    sections = rig.api("GET", f"/incidents/{key}/document").json["sections"]
    return {one["slug"]: one["text"] for one in sections}


def look_at(tocsin: Installation, key: str, session: str) -> Answer:
    """The script of a room's page says that somebody looks at it."""
    cookies = f"sessionid={session}; csrftoken={'a' * 32}"
    body = f"csrfmiddlewaretoken={'a' * 32}&read=0".encode()
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "X-Live": "1", "Origin": tocsin.url}
    return call("POST", f"{tocsin.url}/{key}/here", body, headers)


def cursor(client: int) -> bytes:
    """Somebody's cursor, who says to be Imogen."""
    state = b'{"user": {"name": "Imogen"}, "cursor": null}'
    data = bytes([1, client, 1, len(state)]) + state
    return bytes([PRESENCE, len(data)]) + data


@pytest.mark.everywhere
def test_editors_under_random_disconnects_converge_and_nothing_typed_is_lost(rig: Rig) -> None:
    key = document_of(rig)
    luck = random.Random(20261120)
    kept: list[str] = []

    async def one(name: str, number: int) -> Typist:
        me = await typist(rig, key, name).go_online()
        for step in range(25):
            words = f"<{number}.{step}>"
            me.type(luck.choice(("we_know", "decisions")), words, place=0 if luck.random() < 0.5 else None)
            kept.append(words)
            if luck.random() < 0.2:
                await (me.go_offline() if me.line else me.go_online())
            await asyncio.sleep(luck.random() * 0.02)
        if me.line is None:
            await me.go_online()
        await me.stored()
        return me

    async def story() -> None:
        everybody = await asyncio.gather(*(one(name, number) for number, name in enumerate(("Ada", "Bo", "Max", "Root"))))
        for slug in ("we_know", "decisions"):
            length = sum(len(me.say(slug)) for me in everybody[:1])
            assert length
        whole = "".join(kept)
        for me in everybody:
            await me.until(lambda me=me: len(me.say("we_know")) + len(me.say("decisions")) == len(whole), "not all text is there")
        assert len({me.say("we_know") for me in everybody}) == 1
        assert len({me.say("decisions") for me in everybody}) == 1
        there = everybody[0].say("we_know") + everybody[0].say("decisions")
        assert [words for words in kept if words not in there] == []
        assert said(rig, key)["we_know"] == everybody[0].say("we_know")
        for me in everybody:
            await me.go_offline()

    in_a_loop(story())


@pytest.mark.everywhere
def test_what_was_said_to_be_stored_is_there_after_the_process_is_killed(rig: Rig) -> None:
    key = document_of(rig)

    async def story() -> None:
        ada = await typist(rig, key, "Ada").go_online()
        ada.type("we_know", "Started 02:14. ")
        await ada.stored()
        rig.tocsin.kill9()
        await ada.until(lambda: ada.code != 0, "the line does not break")
        await ada.go_offline()
        ada.type("we_know", "Typed while it was away.")
        await asyncio.to_thread(rig.tocsin.start)
        await ada.go_online()
        await ada.stored()
        assert ada.say("we_know") == "Started 02:14. Typed while it was away."
        await ada.go_offline()

    in_a_loop(story())
    assert said(rig, key)["we_know"] == "Started 02:14. Typed while it was away."


def test_a_pause_makes_a_version_that_names_its_writers(rig: Rig) -> None:
    key = document_of(rig)

    async def story() -> None:
        ada, bo = await typist(rig, key, "Ada").go_online(), await typist(rig, key, "Bo").go_online()
        ada.type("we_know", "from Ada ")
        await ada.stored()
        await bo.until(lambda: "Ada" in bo.say("we_know"), "Bo does not see it")
        bo.type("we_know", "from Bo")
        await bo.stored()
        await ada.go_offline()
        await bo.go_offline()

    in_a_loop(story())

    def versions() -> list[dict]:
        return list(rig.api("GET", f"/incidents/{key}/document/sections/we_know/versions").json["items"])

    found = until(lambda: [one for one in versions() if one["text"] == "from Ada from Bo"], 10, "no version was made")
    assert [one["name"] for one in found[0]["writers"]] == ["Ada", "Bo"]


def test_who_may_not_see_the_incident_hears_nothing_of_its_document(rig: Rig) -> None:
    key = document_of(rig, private=True)

    async def story() -> None:
        assert await typist(rig, key, "Bo").knock() == 4403
        assert await typist(rig, key, "Sven").knock() == 4403
        assert await Typist(rig.tocsin.url, key, "stolen").knock() == 4401
        assert await typist(rig, "HOT-999", "Root").knock() == 4403
        with pytest.raises(InvalidStatus):
            await typist(rig, key, "Root", origin="https://elsewhere.example").knock()
        root = await typist(rig, key, "Root", origin=rig.tocsin.url).go_online()
        await root.go_offline()

    in_a_loop(story())


def test_whoever_loses_access_is_let_go_at_once(rig: Rig) -> None:
    key = document_of(rig)

    def become(role: str) -> None:
        changed = rig.api("PATCH", f"/people/{rig.made['people']['Sven']}", {"role": role}, If_Match="*")
        assert changed.status == 200, changed

    async def story() -> None:
        await asyncio.to_thread(become, "responder")
        sven = await typist(rig, key, "Sven").go_online()
        await asyncio.to_thread(become, "stakeholder")
        await sven.until(lambda: sven.code == 4403, "the line stays open", within=8)

    in_a_loop(story())


def test_an_update_that_cannot_be_applied_ends_its_line_only(rig: Rig) -> None:
    key = document_of(rig)

    async def story() -> None:
        ada, bo = await typist(rig, key, "Ada").go_online(), await typist(rig, key, "Bo").go_online()
        other = Doc()
        other["we_know"] = Map({"a": 1})
        update = other.get_update()
        await bo.send(bytes([TEXT, TYPED, len(update)]) + update)
        await bo.until(lambda: bo.code == 4409, "it was taken")
        assert "letters" in bo.why
        ada.type("we_know", "goes on")
        await ada.stored()
        for noise in (b"", b"\xff" * 30, b"\x00\x07\x00", b"\x01\x03abc"):
            loud = await typist(rig, key, "Bo").go_online()
            await loud.send(noise)
            await loud.until(lambda loud=loud: loud.code == 4400, f"{noise!r} was heard")
        await ada.go_offline()

    in_a_loop(story())
    assert said(rig, key)["we_know"] == "goes on"


def test_nobody_types_under_anothers_name(rig: Rig) -> None:
    key = document_of(rig)

    async def story() -> None:
        ada, bo = await typist(rig, key, "Ada").go_online(), await typist(rig, key, "Bo").go_online()
        await bo.send(cursor(5))
        await ada.until(lambda: any(b'"Bo"' in told for told in ada.here), "Bo is not seen")
        assert not any(b"Imogen" in told for told in ada.here)
        await bo.go_offline()
        await ada.until(lambda: any(b"null" in told[-6:] for told in ada.here), "Bo is still seen")
        await ada.go_offline()

    in_a_loop(story())


@pytest.mark.store("postgresql")
def test_two_processes_on_one_store_type_into_one_document_and_see_who_is_there(rig: Rig, tmp_path: Path) -> None:
    key = document_of(rig)
    shutil.copytree(rig.tocsin.folder / "data", tmp_path / "other" / "data")  # the same secret key
    other = Installation(tmp_path / "other", database_url=rig.tocsin.environment["TOCSIN_DATABASE_URL"]).start()

    expected = [f"<{who}{step}>" for who in "ab" for step in range(20)]

    async def story() -> None:
        ada = await typist(rig, key, "Ada").go_online()
        await ada.send(cursor(5))
        bo = await typist(rig, key, "Bo", url=other.url).go_online()
        await bo.send(cursor(6))
        await bo.until(lambda: any(b'"Ada"' in told for told in bo.here), "Bo does not see who came before, elsewhere")
        await ada.until(lambda: any(b'"Bo"' in told for told in ada.here), "Ada does not see Bo")
        for step in range(20):
            ada.type("we_know", f"<a{step}>")
            bo.type("we_know", f"<b{step}>", place=0)
            await asyncio.sleep(0.01)
        for me in (ada, bo):
            await me.stored()
            await me.until(lambda me=me: all(words in me.say("we_know") for words in expected), "text is missing")
        await ada.until(lambda: ada.say("we_know") == bo.say("we_know"), "they differ")
        await bo.go_offline()
        await ada.until(lambda: b"null" in ada.here[-1], "Bo is still seen")
        await ada.go_offline()

    try:
        in_a_loop(story())
        assert look_at(other, key, rig.made["sessions"]["Bo"]).status == 204
        here = {one["person"]["name"]: one["here"] for one in rig.api("GET", f"/incidents/{key}/visitors").json}
        assert here["Bo"] is True
    finally:
        other.stop()
