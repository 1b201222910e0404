"""Making the kit."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tocsin.core.actor import Actor
from tocsin.core.eventlog.events import record
from tocsin.directory import permissions
from tocsin.readiness import contents, events, packing, ports
from tocsin.readiness.models import Kit

FOLDER = "kit"
ARCHIVE = "tocsin-kit.zip"
_KEEP = 3


def make_kit(actor: Actor, *, now: dt.datetime) -> Kit:
    """A new edition of the offline kit, kept in the store and laid into the data folder of this process. For responders.

    Reading and rendering come first: the transaction is one insert.
    """
    permissions.require_responder(actor)
    gathered = contents.gather(now)
    texts = packing.files(gathered, ports.page(gathered))
    with transaction.atomic():
        kit = Kit.objects.create(made_at=now, files=texts)
        size = sum(len(text.encode()) for text in texts.values())
        record(actor, events.KIT_MADE, kit.id, now=now, data={"files": sorted(texts), "bytes": size})
        stale = Kit.objects.order_by("-made_at", "-id").values_list("pk", flat=True)[_KEEP:]
        Kit.objects.filter(pk__in=list(stale)).delete()
    lay_down(texts)
    return kit


def lay_down(texts: Mapping[str, str]) -> Path:
    """Write page and archive into `kit/` of the data folder, each whole or not at all, for whoever copies them elsewhere."""
    folder = Path(settings.TOCSIN.data) / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replace(folder / packing.PAGE, texts[packing.PAGE].encode())
    _replace(folder / ARCHIVE, packing.zipped(texts))
    return folder


def _replace(target: Path, content: bytes) -> None:
    """Only its owner may read it: telephone numbers are in it."""
    handle, half = tempfile.mkstemp(dir=target.parent, prefix=".half-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(half).replace(target)
    except OSError:
        Path(half).unlink(missing_ok=True)
        raise
