"""The way into a Jitsi room: its address is open to whoever may see the incident, its token is made for one person at the door."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.conftest import NOW
from tocsin.core import settings as chosen
from tocsin.integrations.video.address import Rooms

SECRET, GUEST = "a secret of both houses", {"id": "per_1", "name": "Ada"}
WHERE = "https://Meet.example.com/{room}"


def opened(address: str) -> tuple[str, dict[str, Any], dict[str, Any], bool]:
    """Room address, header, claims, and whether the signature is that of the secret."""
    room, _, token = address.partition("?jwt=")
    head, claims, signature = token.split(".")
    whole = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return room, _read(head), _read(claims), base64.urlsafe_b64decode(signature + "=") == whole


def _read(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


@pytest.mark.req("SYS-08")
def test_a_token_names_the_room_the_house_the_guest_and_the_hour() -> None:
    rooms = Rooms(WHERE, app_id="tocsin", secret=SECRET)
    address = rooms.room("HOT-1", "inc_0123456789abcdef")
    room, head, claims, signed = opened(rooms.enter(address, GUEST, NOW))
    assert (room, head, signed) == (address, {"alg": "HS256", "typ": "JWT"}, True)
    now = int(NOW.timestamp())
    assert claims == {
        "aud": "jitsi",
        "iss": "tocsin",
        "sub": "meet.example.com",
        "room": "hot-1-6789abcdef",
        "iat": now,
        "nbf": now - 60,
        "exp": now + 3600,
        "context": {"user": GUEST},
    }


def test_a_room_of_a_tenant_is_signed_for_that_tenant() -> None:
    rooms = Rooms("https://meet.example.com/Larkfield/{room}", app_id="tocsin", secret=SECRET)
    _, _, claims, _ = opened(rooms.enter(rooms.room("HOT-1", "inc_0123456789"), GUEST, NOW))
    assert (claims["sub"], claims["room"]) == ("larkfield", "hot-1-0123456789")


def test_without_a_secret_nothing_is_added() -> None:
    rooms = Rooms(WHERE)
    assert rooms.enter("https://meet.example.com/x", GUEST, NOW) == "https://meet.example.com/x"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"VIDEO_APP_ID": "tocsin", "VIDEO_URL": WHERE}, "go together"),
        ({"VIDEO_SECRET": SECRET, "VIDEO_URL": WHERE}, "go together"),
        ({"VIDEO_APP_ID": "tocsin", "VIDEO_SECRET": SECRET, "VIDEO_URL": "https://bridge.example.com/war"}, "with a room"),
    ],
)
def test_half_a_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TOCSIN_{name}", value)
    with pytest.raises(chosen.SettingsError, match=words):
        chosen.load()


def test_the_secret_is_in_no_picture_of_the_settings() -> None:
    assert SECRET not in repr(chosen.Settings(video_url=WHERE, video_app_id="tocsin", video_secret=SECRET))
