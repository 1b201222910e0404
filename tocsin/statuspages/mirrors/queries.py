"""Pages elsewhere, and what came of telling them. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tocsin.core.actor import Actor
from tocsin.core.errors import NotFound
from tocsin.core.store.prepared import Prepared
from tocsin.incidents.models import Incident
from tocsin.statuspages.maintenance.models import Maintenance
from tocsin.statuspages.mirrors import permissions, rules
from tocsin.statuspages.mirrors.models import Mirror, MirrorCopy, MirroredEntry
from tocsin.statuspages.models import StatusPage, Update
from tocsin.statuspages.permissions import require_speaker


@dataclass(frozen=True, slots=True)
class Told:
    """One update and what came of it on the pages elsewhere of its audience."""

    update: Update
    copies: tuple[MirrorCopy, ...]

    @property
    def tally(self) -> rules.Tally:
        return rules.tally(one.work_state for one in self.copies)


def mirrors(actor: Actor) -> QuerySet[Mirror]:
    """Every page elsewhere that is registered, by name; for administrators."""
    permissions.require_editor(actor)
    return Mirror.objects.filter(removed_at=None).select_related("page").order_by("name", "id")


def mirror(actor: Actor, wanted: str) -> Mirror:
    """By id or short name. Raises NotFound."""
    found = mirrors(actor).filter(Q(pk=wanted) | Q(slug=wanted)).first()
    if found is None:
        raise NotFound("There is no such page elsewhere.")
    return found


def copies_to(mirror: Mirror) -> QuerySet[MirrorCopy]:
    """What it was told, newest first."""
    related = ("mirror", "update__entry__incident", "of_work__maintenance")
    return mirror.copies.select_related(*related).order_by("-created_at", "-id")


_COPIES: Prepared[MirrorCopy] = Prepared(
    lambda incident: (
        MirrorCopy.objects.filter(update__entry__incident=incident)
        .select_related("mirror", "update__entry__page")
        .order_by("-created_at", "mirror__name", "id")
    )
)


def told(incident: Incident) -> list[Told]:
    """The updates of an incident that pages elsewhere were told of, newest first. One query, two where there are any."""
    by_update: dict[str, list[MirrorCopy]] = {}
    for copy in _COPIES(incident.id):
        by_update.setdefault(str(copy.update_id), []).append(copy)
    found = [Told(copies[0].update, tuple(copies)) for copies in by_update.values() if copies[0].update]
    return sorted(found, key=lambda one: (one.update.at, one.update.id), reverse=True)


def told_of_work(work: Maintenance) -> list[MirrorCopy]:
    """What pages elsewhere were told of planned work, newest first."""
    rows = MirrorCopy.objects.filter(about=work.id).exclude(of_work=None).select_related("mirror", "of_work")
    return list(rows.order_by("-created_at", "mirror__name", "id"))


def copy_of_work(actor: Actor, work: Maintenance, wanted: str) -> MirrorCopy:
    """For whoever may try again. Raises NotAllowed, and NotFound for what belongs to other work, too."""
    require_speaker(actor)
    found = MirrorCopy.objects.filter(of_work__maintenance=work, pk=wanted).first()
    if found is None:
        raise NotFound("No page elsewhere was told that of this work.")
    return found


def names(pages: Iterable[StatusPage]) -> list[str]:
    """What the pages elsewhere are called that an update on these pages goes to now."""
    rows = Mirror.objects.filter(page__in=list(pages), page__is_secret=False, removed_at=None, paused_at=None)
    return list(rows.order_by("name").values_list("name", flat=True))


def there(incident: Incident) -> list[MirroredEntry]:
    """What pages elsewhere say of an incident, as far as they confirmed it; open ones first."""
    rows = MirroredEntry.objects.filter(entry__incident=incident, mirror__removed_at=None).exclude(remote_id="")
    return sorted(rows.select_related("mirror", "entry"), key=lambda one: (one.closed_at is not None, one.mirror.name))


def left_open(incident: Incident) -> list[MirroredEntry]:
    """What pages elsewhere still say although ours is closed, or hides the incident. One query."""
    rows = MirroredEntry.objects.filter(entry__incident=incident, mirror__removed_at=None, closed_at=None).exclude(remote_id="")
    if not incident.is_private:
        rows = rows.filter(entry__resolved_at__isnull=False)
    return list(rows.select_related("mirror", "entry").order_by("mirror__name", "id"))


def copy(actor: Actor, incident: Incident, wanted: str) -> MirrorCopy:
    """For whoever may try again. Raises NotAllowed, and NotFound for what belongs to another incident, too."""
    permissions.require_retry(actor, incident)
    found = MirrorCopy.objects.filter(update__entry__incident=incident, pk=wanted).first()
    if found is None:
        raise NotFound(f"No page elsewhere was told that of {incident.key}.")
    return found


def entry(actor: Actor, incident: Incident, wanted: str) -> MirroredEntry:
    """What one page elsewhere says, by its id here, for whoever may say that it is closed. Raises NotAllowed or NotFound."""
    permissions.require_retry(actor, incident)
    found = MirroredEntry.objects.filter(entry__incident=incident, pk=wanted).first()
    if found is None:
        raise NotFound(f"No page elsewhere says that of {incident.key}.")
    return found
