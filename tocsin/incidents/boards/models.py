"""Dashboards of teams and the addresses under which a wiki page shows one. Their tables belong to `incidents`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person, Product, Service, Team


class Dashboard(Stamped):
    """A saved view of incidents in progress at `/dash/<slug>`. The slug is given once: addresses that people know do not move.

    Each filter narrows; an empty one lets everything through. `teams` are those that own the faulty service.
    """

    id = IdField("dsh")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="dashboards")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    services: models.ManyToManyField[Service, models.Model] = models.ManyToManyField(Service, related_name="+", blank=True)
    products: models.ManyToManyField[Product, models.Model] = models.ManyToManyField(Product, related_name="+", blank=True)
    teams: models.ManyToManyField[Team, models.Model] = models.ManyToManyField(Team, related_name="+", blank=True)
    severities = models.JSONField(default=list)
    states = models.JSONField(default=list)

    class Meta:
        app_label = "incidents"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Embed(models.Model):
    """A secret address that shows a dashboard's list without signing in; only its digest is kept. `origins` may frame it."""

    id = IdField("emb")
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="embeds")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    origins = models.JSONField(default=list)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "incidents"
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.dashboard} …{self.hint}"
