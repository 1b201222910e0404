"""Webhooks that steps of a policy call: addresses outside, each with a secret that signs what is sent there."""

from __future__ import annotations

import base64
import datetime as dt
import secrets as random

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
from tocsin.oncall import events, wording
from tocsin.oncall.commands import _checks
from tocsin.oncall.models import Webhook

OVERLAP = dt.timedelta(days=1)
"""How long the former secret signs beside a new one."""
_SECRET_BYTES, _LONGEST_ADDRESS, _MOST = 32, 500, 50


@transaction.atomic
def create_webhook(actor: Actor, *, team: Team, name: str, address: str, slug: str = "", now: dt.datetime) -> tuple[Webhook, str]:
    """A webhook of a team, and its secret `whsec_…`, which is shown this once and kept encrypted.

    Raises Invalid that names `address` when it is no http(s) address, too long, or one that may not be called.
    """
    people_permissions.require_manager(actor, team)
    if team.webhooks.count() >= _MOST:
        raise Conflict(f"{team.name} has {_MOST} webhooks already. Remove one that no policy calls.")
    name, plain = _checks.name(name), _new_secret()
    webhook = Webhook.objects.create(
        team=team,
        name=name,
        slug=_checks.slug(slug, name, Webhook),
        address=_address(address),
        secret_encrypted=secrets.encrypt(plain),
        created_at=now,
        updated_at=now,
    )
    data = {"name": name, "team": team.id, "host": webhook.host}
    record(actor, events.WEBHOOK_CREATED, webhook.id, now=now, data=data)
    return webhook, plain


@transaction.atomic
def change_webhook(actor: Actor, webhook: Webhook, *, name: str, address: str, now: dt.datetime) -> Webhook:
    """Another name or address; calls that are still to be made go to the new one."""
    people_permissions.require_manager(actor, webhook.team)
    webhook = db.lock(Webhook.objects.filter(pk=webhook.pk)).get()
    before = (webhook.name, webhook.address)
    webhook.name, webhook.address, webhook.updated_at = _checks.name(name), _address(address), now
    webhook.save(update_fields=["name", "address", "updated_at"])
    changes = wording.of_webhook(before, (webhook.name, webhook.address), webhook.host)
    data = {"name": webhook.name, "host": webhook.host, "changes": changes}
    record(actor, events.WEBHOOK_CHANGED, webhook.id, now=now, data=data)
    return webhook


@transaction.atomic
def renew_secret(actor: Actor, webhook: Webhook, *, now: dt.datetime) -> tuple[Webhook, str]:
    """Another secret, shown this once. For a day calls carry a signature by the former one too."""
    people_permissions.require_manager(actor, webhook.team)
    webhook = db.lock(Webhook.objects.filter(pk=webhook.pk)).get()
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
