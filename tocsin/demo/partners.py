"""A further status page of Larkfield's: for partners, in German, in Vienna, with colours of its own."""

from __future__ import annotations

import datetime as dt

from tocsin.core.actor import SYSTEM
from tocsin.demo import cast
from tocsin.directory.models import Product
from tocsin.statuspages import commands as statuspages
from tocsin.statuspages.models import StatusPage
from tocsin.statuspages.pages import commands
from tocsin.statuspages.pages.commands import grouping


def open_page(products: dict[str, Product], began: dt.datetime) -> StatusPage:
    """With a part that stands alone and two under a heading; there from the first day, so that it has a past."""
    page = commands.create_page(SYSTEM, now=began, **cast.PARTNERS_PAGE)
    for name, product, group in cast.PARTNERS_PARTS:
        part = statuspages.create_component(SYSTEM, page, name=name, product=products[product], now=began)
        if group:
            there = page.groups.filter(name=group).first() or grouping.create_group(SYSTEM, page, name=group, now=began)
            grouping.change_component(SYSTEM, part, group=there, now=began)
    return page


def clear() -> None:
    """Take the page away, unless somebody uses it for something of their own; of the pages that are kept it is the demo's alone."""
    page = StatusPage.objects.filter(slug=cast.PARTNERS_PAGE["slug"]).first()
    if page is not None and not (page.entries.exists() or page.components.exists() or page.mirrors.exists()):
        page.delete()
