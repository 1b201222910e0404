"""Incidents, who holds which role in them, and which alerts belong to them.

The timeline has no table: it is the event log read for one incident.
"""

from __future__ import annotations

from django.db import models

from tocsin.alerts.models import Alert
from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person, Product, Service
from tocsin.incidents.attention import models as attention  # noqa: F401  its tables belong to this app
from tocsin.incidents.boards import models as boards  # noqa: F401  its tables belong to this app
from tocsin.incidents.cleanup import models as cleanup  # noqa: F401  its tables belong to this app
from tocsin.incidents.iterating import models as iterating  # noqa: F401  its tables belong to this app
from tocsin.incidents.linking import models as linking  # noqa: F401  its tables belong to this app
from tocsin.incidents.template import models as template  # noqa: F401  its tables belong to this app


class Incident(Stamped):
    """One emergency, from report to resolution. `manager` is the assignee: the incident manager at this moment."""

    PENDING, FIXING, RESOLVED = "pending", "fixing", "resolved"
    OPEN = (PENDING, FIXING)
    MONITORING, CUSTOMER, OBSERVATION = "monitoring", "customer_report", "own_observation"

    id = IdField("inc")
    number = models.BigIntegerField(unique=True)
    key = models.CharField(max_length=24, unique=True)
    summary = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    severity = models.SmallIntegerField()
    severity_confirmed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, default=PENDING)
    source = models.CharField(max_length=16, default=OBSERVATION)
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="incidents")
    products: models.ManyToManyField[Product, models.Model] = models.ManyToManyField(Product, related_name="incidents", blank=True)
    reporter = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="reported_incidents")
    manager = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="managed_incidents")
    is_private = models.BooleanField(default=False)
    is_drill = models.BooleanField(default=False)
    detected_at = models.DateTimeField(null=True)
    impact_started_at = models.DateTimeField(null=True)
    impact_ended_at = models.DateTimeField(null=True)
    unknown_times = models.JSONField(default=list)
    """Names of time fields that were declared unknown at resolution instead of set."""
    restored = models.JSONField(default=list)
    """How it is known that service is restored: `{"by": a name of rules.RESTORED, "person", "name", "at"}` each."""
    fixing_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    support_cases = models.IntegerField(default=0)
    video_url = models.CharField(max_length=300, blank=True, default="")
    set_up_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = (
            models.Index(fields=("state", "severity")),
            models.Index(fields=("-created_at", "-number"), name="incidents_newest"),
            models.Index(fields=("service", "-created_at"), name="incidents_of_service"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(severity__in=(1, 2, 3)), name="incidents_severity"),
            models.CheckConstraint(
                condition=~models.Q(state="fixing") | models.Q(manager__isnull=False), name="incidents_fixing_has_manager"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.summary}"

    @property
    def video_link(self) -> str:
        """The address of the video call; empty where people meet in a room of the house."""
        return self.video_url if self.video_url.startswith(("https://", "http://")) else ""


class RoleAssignment(models.Model):
    """Somebody holds a role in an incident, from `since` until `until`."""

    MANAGER, TECH_LEAD, COMMUNICATIONS = "incident_manager", "tech_lead", "communications_manager"

    id = IdField("rol")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=40)
    about = models.CharField(max_length=80, blank=True, default="")
    """The stream of work, for one of several tech leads."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="incident_roles")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("since",)
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "role"),
                condition=models.Q(until__isnull=True, role="incident_manager"),
                name="incidents_one_manager",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.role}"


class IncidentMember(models.Model):
    """Who may see a private incident besides its role holders."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "person"), name="incidents_one_member"),)

    def __str__(self) -> str:
        return f"{self.person} on {self.incident}"


class IncidentAlert(models.Model):
    """An alert belongs to at most one incident."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="alert_links")
    alert = models.OneToOneField(Alert, on_delete=models.CASCADE, related_name="incident_link")

    def __str__(self) -> str:
        return f"{self.alert} of {self.incident}"


class Assessment(models.Model):
    """What is known of the impact: the answers to the six questions, as they are now. Earlier answers are in the event log.

    When it began and how many support cases there are stand on the incident itself.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="assessment")
    customers = models.CharField(max_length=8, blank=True, default="")
    seen = models.TextField(blank=True, default="")
    internal_extent = models.CharField(max_length=4, blank=True, default="")
    internal_figure = models.CharField(max_length=20, blank=True, default="")
    external_extent = models.CharField(max_length=4, blank=True, default="")
    external_figure = models.CharField(max_length=20, blank=True, default="")
    factors = models.JSONField(default=list)
    other = models.TextField(blank=True, default="")
    coincides = models.CharField(max_length=3, blank=True, default="", db_default="")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"assessment of {self.incident}"


class SupportCase(models.Model):
    """A case of the support desk that was labelled with the incident's key, and whether its customer was followed up."""

    id = IdField("cas")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="cases")
    reference = models.CharField(max_length=80)
    url = models.CharField(max_length=500, blank=True, default="")
    customer = models.CharField(max_length=120, blank=True, default="")
    labelled_at = models.DateTimeField()
    labelled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("labelled_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "reference"), name="incidents_one_case"),)

    def __str__(self) -> str:
        return f"{self.reference} of {self.incident}"


class RoleOffer(models.Model):
    """A role waits for somebody to accept it. For the incident manager it is the hand-over, with its `brief`.

    Until it is accepted, whoever holds the role keeps it. `brief` maps the questions of the hand-over form to their answers.
    """

    OFFERED, ACCEPTED, DECLINED, WITHDRAWN = "offered", "accepted", "declined", "withdrawn"

    id = IdField("off")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="offers")
    role = models.CharField(max_length=40)
    about = models.CharField(max_length=80, blank=True, default="")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_offers")
    offered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    brief = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=OFFERED)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("offered_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "role", "about", "person"), condition=models.Q(state="offered"), name="incidents_one_offer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.incident} for {self.person}"


class OfferWord(models.Model):
    """A question or an answer about a role that is being handed over."""

    offer = models.ForeignKey(RoleOffer, on_delete=models.CASCADE, related_name="words")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:60]


class ResponderRelease(models.Model):
    """Somebody who was called in is not needed: thanked, and free to go. It counts against nobody."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="releases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "person"), name="incidents_one_release"),)

    def __str__(self) -> str:
        return f"{self.person} is free of {self.incident}"


class SheetSection(models.Model):
    """A section of the cheat sheet of incident managers."""

    slug = models.SlugField(max_length=40, primary_key=True)
    title = models.CharField(max_length=80)
    position = models.SmallIntegerField()
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.title


class SheetItem(Stamped):
    """One line of the cheat sheet. `fact` names what Tocsin itself can see, `every_minutes` makes it come back while we fix."""

    id = IdField("itm")
    section = models.ForeignKey(SheetSection, on_delete=models.CASCADE, related_name="items")
    position = models.SmallIntegerField()
    text = models.CharField(max_length=400)
    link = models.CharField(max_length=500, blank=True, default="")
    fact = models.CharField(max_length=24, blank=True, default="")
    every_minutes = models.PositiveSmallIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.text


class ItemMark(models.Model):
    """Somebody ticked a line on one incident, or skipped it with a `reason`. `text` is the line as it stood then."""

    id = IdField("mrk")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="marks")
    item = models.ForeignKey(SheetItem, on_delete=models.PROTECT, related_name="marks")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=400)
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text


class Fallback(models.Model):
    """An incident works in a backup system, since its primary was marked down until it was marked up again."""

    id = IdField("fbk")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="fallbacks")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    link = models.CharField(max_length=500)
    before = models.CharField(max_length=500, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("since",)
        constraints = (
            models.UniqueConstraint(
                fields=("incident", "kind"), condition=models.Q(until__isnull=True), name="incidents_one_fallback"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class OutsideRecord(models.Model):
    """This incident was run elsewhere and brought here afterwards: what it was called there."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="outside")
    reference = models.CharField(max_length=120, unique=True)
    url = models.CharField(max_length=500, blank=True, default="")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.reference
