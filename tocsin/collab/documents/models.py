"""The tables of state documents: sections, what was typed into them, their versions, rows.

Registered through `collab.models`, so that the app keeps one list of tables.
"""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person


class Document(Stamped):
    """The live state document of one subject."""

    id = IdField("doc")
    subject = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=240)
    number = models.BigIntegerField(default=0, db_default=0)
    """The number of its latest update, 0 before the first."""
    typed_since = models.DateTimeField(null=True)
    """Since when there is text that no revision holds yet; null when there is none."""
    typed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("typed_at",), condition=models.Q(typed_at__isnull=False), name="collab_document_typed"),)

    def __str__(self) -> str:
        return self.title


class Update(models.Model):
    """What one person typed, as the library for shared text encodes it. Kept for ever: it says who wrote each letter.

    Numbers of a document have no gap and are committed in their order, so that whoever reads `number > last` misses nothing.
    """

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="updates")
    number = models.BigIntegerField()
    data = models.BinaryField()
    sections = models.CharField(max_length=400)
    """The slugs that it touches, with a comma before and after each."""
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("document", "number"), name="collab_one_update"),)

    def __str__(self) -> str:
        return f"update {self.number}"


class Snapshot(models.Model):
    """A document's updates up to a number as one, so that opening it does not replay them all."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="snapshots")
    number = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("document", "number"), name="collab_one_snapshot"),)

    def __str__(self) -> str:
        return f"snapshot at {self.number}"


class RefusedUpdate(models.Model):
    """An update that could not be applied, kept as it came so that somebody may repair it."""

    id = IdField("ref")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="refused_updates")
    data = models.BinaryField()
    reason = models.CharField(max_length=200)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.reason


class Section(models.Model):
    """One heading of a document and its text, with the version that an editor must name to save."""

    id = IdField("sec")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="sections")
    slug = models.SlugField(max_length=40)
    heading = models.CharField(max_length=120)
    position = models.SmallIntegerField()
    text = models.TextField(blank=True, default="")
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("document", "slug"), name="collab_one_section"),)

    def __str__(self) -> str:
        return self.heading


class Revision(models.Model):
    """What a section said at one version, and who wrote it. Every version is kept."""

    id = IdField("rev")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="revisions")
    version = models.IntegerField()
    text = models.TextField(blank=True)
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    """Who wrote in it last; `writers` are all who wrote since the version before."""
    writers = models.ManyToManyField(Person, related_name="+")
    number = models.BigIntegerField(null=True)
    """The number of the document's update that it holds last; null for revisions older than updates."""
    at = models.DateTimeField()

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("section", "version"), name="collab_one_revision"),)

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def names(self) -> list[str]:
        """All who wrote it, by name."""
        people = {one.pk: one.name for one in self.writers.all()} | ({self.author.pk: self.author.name} if self.author else {})
        return sorted(people.values())


class TableRow(models.Model):
    """A row of one of a document's tables, `timeline`. `cells` maps column names to text."""

    id = IdField("row")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="rows")
    table = models.CharField(max_length=12)
    cells = models.JSONField()
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.table} row"
