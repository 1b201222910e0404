"""Rooms with messages, state documents in sections, short links. A subject is a typed id as text: no incident is seen here."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person


class Room(Stamped):
    """Where the people on one subject talk."""

    id = IdField("rom")
    subject = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    topic = models.CharField(max_length=400, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """Something said in a room."""

    id = IdField("msg")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    client_key = models.CharField(max_length=64, null=True)
    """Given by the sender's form, so that a message sent twice over a bad line is kept once."""

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("room", "client_key"), name="collab_message_once"),)

    def __str__(self) -> str:
        return self.text[:60]


class Document(Stamped):
    """The live state document of one subject."""

    id = IdField("doc")
    subject = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=240)

    def __str__(self) -> str:
        return self.title


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
    at = models.DateTimeField()

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint(fields=("section", "version"), name="collab_one_revision"),)

    def __str__(self) -> str:
        return f"version {self.version}"


class TableRow(models.Model):
    """A row of one of a document's tables: `changes`, `streams` or `timeline`. `cells` maps column names to text."""

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


class ShortLink(Stamped):
    """`/go/<name>` leads to `target`, a path of ours or an address elsewhere. `hits`: how often it was followed."""

    id = IdField("sho")
    name = models.SlugField(max_length=40, unique=True)
    target = models.CharField(max_length=500)
    note = models.CharField(max_length=200, blank=True, default="")
    hits = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name
