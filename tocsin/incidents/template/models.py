"""Templates, the lines that name whom, and what one incident took from its template. Their tables belong to `incidents`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person, Product, Service, Team
from tocsin.oncall.models import Policy, Schedule


class IncidentTemplate(Stamped):
    """What a team has prepared for one kind of incident. `internal` and `external` are the first words to begin with."""

    id = IdField("tpl")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="incident_templates")
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="incident_templates")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    summary = models.CharField(max_length=200, blank=True, default="")
    description = models.TextField(blank=True, default="")
    severity = models.SmallIntegerField()
    products: models.ManyToManyField[Product, models.Model] = models.ManyToManyField(Product, related_name="+", blank=True)
    is_private = models.BooleanField(default=False)
    internal = models.TextField(blank=True, default="")
    external = models.TextField(blank=True, default="")
    audiences = models.JSONField(default=list)
    """The status pages that the first words are meant for."""

    class Meta:
        app_label = "incidents"
        ordering = ("name",)
        constraints = (models.CheckConstraint(condition=models.Q(severity__in=(1, 2, 3)), name="incidents_template_severity"),)

    def __str__(self) -> str:
        return self.name


class TemplateLine(models.Model):
    """Whom a template names, exactly one of four, and what for: to be paged, to be asked to take `role`, to be told."""

    PAGE, OFFER, TELL = "page", "offer", "tell"

    template = models.ForeignKey(IncidentTemplate, on_delete=models.CASCADE, related_name="lines")
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=5)
    role = models.CharField(max_length=40, blank=True, default="")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(Schedule, null=True, on_delete=models.CASCADE, related_name="+")
    policy = models.ForeignKey(Policy, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "incidents"
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.kind} {self.role} {self.named}"

    @property
    def named(self) -> Team | Schedule | Policy | Person:
        """Whom it names."""
        found = self.team or self.schedule or self.policy or self.person
        assert found is not None
        return found


class Plan(models.Model):
    """What an incident took from its template when it was declared; later changes of the template do not reach it."""

    incident = models.OneToOneField("incidents.Incident", on_delete=models.CASCADE, primary_key=True, related_name="plan")
    template = models.ForeignKey(IncidentTemplate, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120, blank=True, default="")
    internal = models.TextField(blank=True, default="")
    external = models.TextField(blank=True, default="")
    audiences = models.JSONField(default=list)

    class Meta:
        app_label = "incidents"

    def __str__(self) -> str:
        return f"{self.name} for {self.incident_id}"


class Follower(models.Model):
    """Somebody who is told of an incident by mail: that it began, and what is published inside."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        app_label = "incidents"
        ordering = ("since", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "person"), name="incidents_one_follower"),)

    def __str__(self) -> str:
        return f"{self.person} follows {self.incident_id}"
