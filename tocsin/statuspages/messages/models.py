"""Message templates. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped


class MessageTemplate(Stamped):
    """A name and a message for one audience, with slots of `rules`. `stage` says which words it is for, empty for any."""

    id = IdField("mst")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    audience = models.CharField(max_length=8)
    stage = models.CharField(max_length=8, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
