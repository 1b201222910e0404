"""The addresses that mail about an incident comes back to. A signature in them says that we have given them out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from django.conf import settings

_PLUS = re.compile(r"^([a-z]{2,10}-[0-9]{1,12})-([a-z2-7]{12})$")
_RETURNED = re.compile(r"^b-((?:lsm|sbr)_[0-9a-z]{26})-([a-z2-7]{12})$")
_LIST_ID = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What an address of ours was given out for: at most one of the two is there, and its signature is right."""

    incident: str = ""
    """The key of an incident."""
    member: str = ""
    """The id of somebody on a list, or of a subscriber, to whom a mail could not be delivered."""
    is_signed_wrong: bool = False


def reply_address(key: str) -> str:
    """Where questions about the incident with this key are sent; empty where no mail arrives."""
    return _plus(f"{key.lower()}-{_signature('question', key)}")


def return_address(member_id: str) -> str:
    """Where mail servers say that a mail to this member of a list could not be delivered; empty where no mail arrives."""
    return _plus(f"b-{member_id}-{_signature('bounce', member_id)}")


def leave_token(member_id: str) -> str:
    """What stands in the address that takes somebody off a list."""
    return f"{member_id}-{_signature('leave', member_id)}"


def leaving(token: str) -> str:
    """The id of the member whom this token takes off its list, empty for a token that is not ours."""
    member_id, _, signed = token.rpartition("-")
    return member_id if hmac.compare_digest(signed.encode(), _signature("leave", member_id).encode()) else ""


def read(address: str) -> Meant | None:
    """What an address was given out for; None for one that is not ours at all."""
    local, at, domain = address.strip().lower().rpartition("@")
    base, _, tail = local.partition("+")
    if not at or f"{base}@{domain}" not in {one for one in (settings.TOCSIN.mail_address, settings.TOCSIN.mail_support) if one}:
        return None
    asked, returned = _PLUS.match(tail), _RETURNED.match(tail)
    if asked and _is_signed("question", asked[1].upper(), asked[2]):
        return Meant(incident=asked[1].upper())
    if returned and _is_signed("bounce", returned[1], returned[2]):
        return Meant(member=returned[1])
    return Meant(is_signed_wrong=bool(tail))


def is_support(address: str) -> bool:
    """Whether mail to this address labels support cases."""
    local, _, domain = address.strip().lower().rpartition("@")
    return bool(settings.TOCSIN.mail_support) and f"{local.partition('+')[0]}@{domain}" == settings.TOCSIN.mail_support


def list_id(name: str, slug: str, host: str) -> str:
    """The List-Id header of a list."""
    plain = "".join(char for char in name if char.isascii() and (char.isalnum() or char == " ")).strip()
    return f"{plain} <{_LIST_ID.sub('-', slug)}.lists.{host}>".strip()


def _plus(tail: str) -> str:
    local, at, domain = settings.TOCSIN.mail_address.partition("@")
    return f"{local}+{tail}@{domain}" if at else ""


def _signature(purpose: str, subject: str) -> str:
    """Sixty bits in letters that no mail server changes."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"tocsin mail addresses", hashlib.sha256).digest()
    made = hmac.new(key, f"{purpose} {subject}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode().lower()[:12]


def _is_signed(purpose: str, subject: str, signed: str) -> bool:
    return hmac.compare_digest(signed, _signature(purpose, subject))
