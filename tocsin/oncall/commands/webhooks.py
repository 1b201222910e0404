"""Webhooks: addresses outside that steps of a policy call and that are told of what they hear, each with a secret that signs it."""

from __future__ import annotations

import base64
import datetime as dt
import secrets as random
from collections.abc import Iterable

from django.db import transaction

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import Conflict, Invalid
from tocsin.core.eventlog.events import record
from tocsin.core.net import outbound
from tocsin.core.store import db
from tocsin.core.text.texts import line
from tocsin.directory import permissions as people_permissions
from tocsin.directory.models import Team
from tocsin.oncall import events, permissions, ports, wording
from tocsin.oncall.commands import _checks
from tocsin.oncall.models import Webhook

OVERLAP = dt.timedelta(days=1)
"""How long the former secret signs beside a new one."""
_SECRET_BYTES, _LONGEST_ADDRESS, _MOST = 32, 500, 50


@transaction.atomic
def create_webhook(
    actor: Actor,
    *,
    team: Team,
    name: str,
    address: str,
    slug: str = "",
    hears: Iterable[str] = (),
    tells_private: bool = False,
    now: dt.datetime,
) -> tuple[Webhook, str]:
    """A webhook of a team, and its secret `whsec_…`, which is shown this once and kept encrypted.

    `hears` are names of `ports.webhook_events`. Raises Invalid that names `address` when it is no http(s) address, too long, or one
    that may not be called; Invalid for `hears`; NotAllowed for `tells_private` unless an administrator says so.
    """
    permissions.require_change_webhook(actor, None, team, tells_private=tells_private)
    if team.webhooks.count() >= _MOST:
        raise Conflict(f"{team.name} has {_MOST} webhooks already. Remove one that no policy calls.")
    name, plain = _checks.name(name), _new_secret()
    webhook = Webhook.objects.create(
        team=team,
        name=name,
        slug=_checks.slug(slug, name, Webhook),
        address=_address(address),
        secret_encrypted=secrets.encrypt(plain),
        hears=_heard(hears),
        tells_private=tells_private,
        created_at=now,
        updated_at=now,
    )
    changes = wording.of_webhook({**_said(webhook), "hears": [], "private": False}, _said(webhook), webhook.host)
    data = {"name": name, "team": team.id, "host": webhook.host, "changes": changes}
    record(actor, events.WEBHOOK_CREATED, webhook.id, now=now, data=data)
    return webhook, plain


@transaction.atomic
def change_webhook(
    actor: Actor,
    webhook: Webhook,
    *,
    name: str,
    address: str,
    hears: Iterable[str] | None = None,
    tells_private: bool | None = None,
    now: dt.datetime,
) -> Webhook:
    """Another name or address, or something else to hear; None stays. Calls that are still to be made go to the new address."""
    webhook = db.lock(Webhook.objects.filter(pk=webhook.pk)).get()
    private = webhook.tells_private if tells_private is None else tells_private
    permissions.require_change_webhook(actor, webhook, webhook.team, tells_private=private)
    before = _said(webhook)
    webhook.name, webhook.address, webhook.updated_at = _checks.name(name), _address(address), now
    webhook.hears = webhook.hears if hears is None else _heard(hears)
    webhook.tells_private = private
    webhook.save(update_fields=["name", "address", "hears", "tells_private", "updated_at"])
    changes = wording.of_webhook(before, _said(webhook), webhook.host)
    data = {"name": webhook.name, "host": webhook.host, "changes": changes}
    record(actor, events.WEBHOOK_CHANGED, webhook.id, now=now, data=data)
    return webhook


@transaction.atomic
def renew_secret(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> tuple[Webhook, str]:
    """Another secret, shown this once. For a day calls carry a signature by the former one too."""
    webhook = db.lock(Webhook.objects.filter(pk=webhook.pk)).get()
    permissions.require_change_webhook(actor, webhook, webhook.team, tells_private=False)
    plain = _new_secret()
    webhook.former_encrypted, webhook.former_until = webhook.secret_encrypted, now + OVERLAP
    webhook.secret_encrypted, webhook.updated_at = secrets.encrypt(plain), now
    webhook.save(update_fields=["former_encrypted", "former_until", "secret_encrypted", "updated_at"])
    record(actor, events.WEBHOOK_RENEWED, webhook.id, now=now, data={"name": webhook.name})
    return webhook, plain


@transaction.atomic
def remove_webhook(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> None:
    """Raises Conflict while a policy calls it. Escalations that run have nothing to call any more and go on."""
    people_permissions.require_manager(actor, webhook.team)
    webhook = db.lock(Webhook.objects.filter(pk=webhook.pk)).get()
    using = webhook.targets.order_by("step__policy__name").values_list("step__policy__name", flat=True).first()
    if using:
        raise Conflict(f"The policy {using} calls this webhook. Take it out there first.")
    record(actor, events.WEBHOOK_REMOVED, webhook.id, now=now, data={"name": webhook.name})
    webhook.delete()


def _said(webhook: Webhook) -> dict[str, object]:
    words = [ports.webhook_events[one] for one in webhook.hears if one in ports.webhook_events]
    return {"name": webhook.name, "address": webhook.address, "hears": words, "private": webhook.tells_private}


def _heard(names: Iterable[str]) -> list[str]:
    """Each once, in the order of the list. Raises Invalid for a name that nobody announces."""
    wanted = set(names)
    unknown = sorted(wanted - ports.webhook_events.keys())
    if unknown:
        known = ", ".join(ports.webhook_events)
        raise Invalid(f"“{unknown[0][:60]}” is nothing that a webhook can hear; there are {known}.", field="events")
    return [one for one in ports.webhook_events if one in wanted]


def _new_secret() -> str:
    """In the form of Standard Webhooks, so that its libraries take it as it is."""
    return "whsec_" + base64.b64encode(random.token_bytes(_SECRET_BYTES)).decode()


def _address(text: str) -> str:
    text = line(text, field="address", limit=_LONGEST_ADDRESS)
    if not text.lower().startswith(("https://", "http://")):
        raise Invalid("An address starts with https:// or http:// and names a host.", field="address")
    if any(char.isspace() for char in text):
        raise Invalid("An address has no spaces.", field="address")
    try:
        outbound.refuse_hostile(text)
    except outbound.Forbidden as error:
        raise Invalid(f"This address cannot be called: {error}.", field="address") from None
    return text
