"""The only writers of who is subscribed, beside those who ask (`asking`) and who bring many at once (`carrying`)."""

from __future__ import annotations

from tocsin.statuspages.subscribers.commands.subscribing import add, clear_bounces, confirm, leave, prove, refused, remove

__all__ = ["add", "clear_bounces", "confirm", "leave", "prove", "refused", "remove"]
