"""The engine module that publishes posts when they can no longer be taken back."""

from __future__ import annotations

import datetime as dt

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.statuspages.blog.commands import publishing
from tocsin.statuspages.blog.models import BlogPost

_TOGETHER = 20


def publish_due(now: dt.datetime) -> int:
    """Claim what is due and publish it, each in a transaction of its own."""
    claimed = leases.claim(BlogPost, lane=publishing.LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for post in claimed:
        publishing.release(post, now=now)
    return len(claimed)


MODULES = (Module("blog", publish_due, publishing.LANE, every=1.0),)
