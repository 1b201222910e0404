"""Public posts, and what the feed of mentions holds. Their tables belong to `incidents`."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models

from tocsin.core.ids import IdField
from tocsin.directory.models import Person


class PublicPost(models.Model):
    """A post that anybody may read and that is about an incident: press, a forum, a social network."""

    id = IdField("pst")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="posts")
    url = models.CharField(max_length=500)
    text = models.CharField(max_length=600, blank=True, default="")
    author = models.CharField(max_length=120, blank=True, default="")
    said_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "incidents"
        ordering = ("added_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "url"), name="incidents_one_post"),)

    def __str__(self) -> str:
        return self.url

    @property
    def where(self) -> str:
        """The host that it stands on."""
        return urlsplit(self.url).hostname or self.url


class Mention(models.Model):
    """Something that the feed of mentions lists, until it is old. Which incident it is about, a person says."""

    id = IdField("mtn")
    uid = models.CharField(max_length=300, unique=True)
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=300)
    text = models.CharField(max_length=600, blank=True, default="")
    said_at = models.DateTimeField()

    class Meta:
        app_label = "incidents"
        ordering = ("-said_at", "id")
        indexes = (models.Index(fields=("said_at",), name="incidents_mention_said"),)

    def __str__(self) -> str:
        return self.title
