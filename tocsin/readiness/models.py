"""The offline kit as it was last made."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField


class Kit(models.Model):
    """One edition of the kit: text of each file by its name. Kept here, so that every door can hand it out."""

    id = IdField("kit")
    made_at = models.DateTimeField(db_index=True)
    files = models.JSONField()

    def __str__(self) -> str:
        return f"kit of {self.made_at}"
