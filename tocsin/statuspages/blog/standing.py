"""The list of those who get posts by mail: a list like others, which the house keeps and people put themselves on."""

from __future__ import annotations

import datetime as dt

from tocsin.core.ids import new_id
from tocsin.statuspages.lists.models import DistributionList

NAME, SLUG = "Company blog", "company-blog"


def found() -> DistributionList | None:
    """The list; None while nobody has ever been on it."""
    return DistributionList.objects.filter(stands_for=DistributionList.BLOG).first()


def kept(now: dt.datetime) -> DistributionList:
    """The list, made when the first comes. Call inside a transaction."""
    taken = DistributionList.objects.filter(slug=SLUG, removed_at=None).exclude(stands_for=DistributionList.BLOG).exists()
    made, _ = DistributionList.objects.get_or_create(
        stands_for=DistributionList.BLOG,
        defaults={
            "slug": f"{SLUG}-{new_id('lst')[-6:]}" if taken else SLUG,
            "name": NAME,
            "purpose": "Posts of the company blog, each once",
            "is_open": True,
            "created_at": now,
            "updated_at": now,
        },
    )
    return made
