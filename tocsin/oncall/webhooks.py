"""Reading webhooks: one by its name, those of a team, the secrets that sign a call."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from tocsin.core import secrets
from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.oncall.models import Policy, Webhook


def webhooks(actor: Actor) -> QuerySet[Webhook]:
    """Every webhook with its team. Whoever signs in may know that it is there; its address is for managers of the team."""
    return Webhook.objects.select_related("team").order_by("name")


def webhook(actor: Actor, wanted: str) -> Webhook:
    """By id or short name. Raises NotFound."""
    found = webhooks(actor).filter(Q(id=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def policies_calling(webhook: Webhook) -> list[Policy]:
    """The policies with a step that calls it."""
    return list(Policy.objects.filter(steps__targets__webhook=webhook).distinct().order_by("name"))


def hearing(kind: str) -> list[Webhook]:
    """The webhooks that are told of this kind of thing, the paused ones among them."""
    return [one for one in Webhook.objects.exclude(hears=[]) if kind in one.hears]


def secrets_of(webhook: Webhook, now: dt.datetime) -> tuple[str, ...]:
    """The secrets that sign a call now, the newest first. Raises ValueError when the key of the installation is another."""
    kept = [webhook.secret_encrypted]
    if webhook.former_encrypted and webhook.former_until and webhook.former_until > now:
        kept.append(webhook.former_encrypted)
    return tuple(secrets.decrypt(one) for one in kept)
