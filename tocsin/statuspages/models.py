"""Status pages, their components, one entry per incident and page, and the ordered updates of an entry."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Gateway, Person, Product
from tocsin.incidents.models import Incident
from tocsin.statuspages.arriving import models as arriving  # noqa: F401  its tables belong to this app
from tocsin.statuspages.blog import models as blog  # noqa: F401  its tables belong to this app
from tocsin.statuspages.held import models as held  # noqa: F401  its tables belong to this app
from tocsin.statuspages.lists import models as lists  # noqa: F401  its tables belong to this app
from tocsin.statuspages.maintenance import models as maintenance  # noqa: F401  its tables belong to this app
from tocsin.statuspages.messages import models as messages  # noqa: F401  its tables belong to this app
from tocsin.statuspages.mirrors import models as mirrors  # noqa: F401  its tables belong to this app
from tocsin.statuspages.questions import models as questions  # noqa: F401  its tables belong to this app
from tocsin.statuspages.second_reading import models as second_reading  # noqa: F401  its tables belong to this app
from tocsin.statuspages.subscribers import models as subscribers  # noqa: F401  its tables belong to this app


class StatusPage(Stamped):
    """A page for one audience: `external` for customers without sign-in, `internal` for staff behind it.

    Of each audience there is a first page, whose slug is the name of the audience; of the internal one there is no other.
    """

    EXTERNAL, INTERNAL = "external", "internal"

    id = IdField("spg")
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=8)
    position = models.SmallIntegerField(default=0, db_default=0)
    language = models.CharField(max_length=2, default="en", db_default="en")
    """Of the words that the page has of its own; what people write is shown as they wrote it."""
    zone = models.CharField(max_length=64, default="UTC", db_default="UTC")
    theme = models.JSONField(default=dict, db_default={})
    """Colours by name, `#rrggbb`; what is not named looks as in the house."""
    host = models.CharField(max_length=253, blank=True, default="", db_default="")
    """The host at whose root the page is read, too; empty for none."""
    is_secret = models.BooleanField(default=False, db_default=False)
    """Read by those alone who know its address."""
    turn = models.PositiveIntegerField(default=0, db_default=0)
    """How often the secret address was changed; the address is derived from it."""
    text_gateway = models.ForeignKey(Gateway, null=True, on_delete=models.PROTECT, related_name="+")
    """Carries texts to telephones of subscribers; without one nobody subscribes by SMS."""
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("host",), condition=models.Q(archived_at=None) & ~models.Q(host=""), name="statuspages_one_host"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_first(self) -> bool:
        """Whether it is the page of its audience that was there from the first day."""
        return self.slug == self.audience


class ComponentGroup(models.Model):
    """Parts that belong together on a page. `state` is said by hand; empty: as the worst of its parts."""

    id = IdField("cgr")
    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Component(models.Model):
    """Something readers recognise, usually a product, with its state."""

    OPERATIONAL, DEGRADED, PARTIAL, MAJOR = "operational", "degraded_performance", "partial_outage", "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"

    id = IdField("cmp")
    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="components")
    group = models.ForeignKey(ComponentGroup, null=True, on_delete=models.SET_NULL, related_name="components")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=24, default=OPERATIONAL)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Entry(Stamped):
    """What one page says about one incident; or, written afterwards without one, about something that is long over.

    A live entry always has its incident, which says whether customers may know of it. One that was written afterwards never has:
    nothing private can come along with it, nobody is mailed, and it was over before it was written.
    """

    id = IdField("ent")
    page = models.ForeignKey(StatusPage, on_delete=models.CASCADE, related_name="entries")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="entries")
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=16)
    components: models.ManyToManyField[Component, models.Model] = models.ManyToManyField(Component, blank=True)
    started_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    left_open_why = models.CharField(max_length=400, blank=True, default="", db_default="")
    """Why it outlives its incident, said by whoever resolved that; empty for an entry that nobody left open."""
    left_open_at = models.DateTimeField(null=True)
    left_open_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    backfilled_at = models.DateTimeField(null=True)
    """When it was written afterwards; None for one that spoke while it happened."""
    backfilled_states = models.JSONField(default=dict, db_default={})
    """Of one written afterwards: how each part was (component id to state) from its start to its end."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("page", "incident"), name="statuspages_one_entry"),
            models.CheckConstraint(
                condition=models.Q(incident__isnull=False, backfilled_at=None)
                | models.Q(
                    incident=None,
                    backfilled_at__isnull=False,
                    resolved_at__isnull=False,
                    resolved_at__lte=models.F("backfilled_at"),
                ),
                name="statuspages_live_or_backfilled",
            ),
        )
        indexes = (models.Index(fields=("page", "-started_at")),)

    def __str__(self) -> str:
        return self.title


class Update(models.Model):
    """One published message of an entry. `confirmation` is shared by the updates of one deliberate act of publishing."""

    INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = "investigating", "identified", "monitoring", "resolved"

    id = IdField("upd")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="updates")
    status = models.CharField(max_length=16)
    body = models.TextField()
    brief = models.JSONField(default=dict, db_default={})
    """Of a follow-up to the company: its parts, its answers to the five questions, and the warnings that were accepted."""
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    next_update_at = models.DateTimeField(null=True)
    confirmation = models.CharField(max_length=64)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=("entry", "confirmation"), name="statuspages_publish_once"),)

    def __str__(self) -> str:
        return f"{self.status} {self.at:%Y-%m-%d %H:%M}"


class DrillDraft(models.Model):
    """What would have been published in a drill: kept, read aloud, talked about, and shown to nobody else."""

    id = IdField("drf")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="drill_drafts")
    status = models.CharField(max_length=16)
    words = models.JSONField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"draft of {self.incident}"


class DraftFeedback(models.Model):
    """What somebody thinks of a draft that was read aloud."""

    id = IdField("fdb")
    draft = models.ForeignKey(DrillDraft, on_delete=models.CASCADE, related_name="feedback")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:60]
