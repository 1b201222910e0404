"""Rooms with messages, state documents in sections, short links. A subject is a typed id as text: no incident is seen here."""

from __future__ import annotations

from django.db import models

from tocsin.collab import file_types
from tocsin.collab.documents import models as documents  # noqa: F401  its tables belong to this app
from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person


class Room(Stamped):
    """Where the people on one subject talk."""

    id = IdField("rom")
    subject = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    topic = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """Something said in a room. `kind` is empty, or a typed note such as `observation`. A reply hangs on a message that is none."""

    id = IdField("msg")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    kind = models.CharField(max_length=16, blank=True, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    at = models.DateTimeField()
    client_key = models.CharField(max_length=64, null=True)
    """Given by the sender's form, so that a message sent twice over a bad line is kept once."""
    version = models.IntegerField(default=1)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    """The text is empty from then on; the event log keeps what was said."""
    starred_at = models.DateTimeField(null=True)
    starred_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("room", "client_key"), name="collab_message_once"),)

    def __str__(self) -> str:
        return self.text[:60]


class Reaction(models.Model):
    """One word of one person about a message: seen, looking, done."""

    id = IdField("rea")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("message", "person", "word"), name="collab_one_reaction"),)

    def __str__(self) -> str:
        return self.word


class Mention(models.Model):
    """A message names a person, who has a mark until they were in the room."""

    id = IdField("men")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "person"), name="collab_one_mention"),)
        indexes = (models.Index(fields=("person",), condition=models.Q(seen_at__isnull=True), name="collab_mention_unseen"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.message_id}"


class Presence(models.Model):
    """One person in one room: when they first came, when they were last here, how far they have read.

    `read` and `before` are positions of the event log: up to `read` everything was on their screen, and `before` is where they
    stood when this stay began, so that the mark of what is new does not move away under their eyes.
    """

    id = IdField("prs")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()
    last_at = models.DateTimeField()
    read = models.BigIntegerField(default=0)
    before = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("joined_at",)
        constraints = (models.UniqueConstraint(fields=("room", "person"), name="collab_one_presence"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}"


class StoredFile(models.Model):
    """The bytes of an uploaded file, kept once under their hash, in pieces that are written one by one.

    `media_type` was found in the bytes; what the sender called it is never believed. `whole` once every piece is there.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=60)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    whole = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:12]


class FilePiece(models.Model):
    """A part of a file's bytes."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="collab_one_piece"),)

    def __str__(self) -> str:
        return f"piece {self.number}"


class Attachment(models.Model):
    """A file as somebody gave it to a message, under the name they gave it."""

    id = IdField("fil")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    position = models.SmallIntegerField()

    class Meta:
        ordering = ("message_id", "position")
        constraints = (models.UniqueConstraint(fields=("message", "position"), name="collab_one_place"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_shown(self) -> bool:
        """Whether it is a picture that the page may draw."""
        return self.file.media_type in file_types.SHOWN

    @property
    def shown_size(self) -> tuple[int, int] | None:
        """Width and height at which a picture stands in a log: its place is kept free before it is there."""
        return file_types.fitted(self.file.width, self.file.height)

    @property
    def kind(self) -> str:
        """`PNG picture`, `text`: in words."""
        return file_types.WORDS.get(self.file.media_type, "file")


class ShortLink(Stamped):
    """`/go/<name>` leads to `target`, a path of ours or an address elsewhere. `hits`: how often it was followed."""

    id = IdField("sho")
    name = models.SlugField(max_length=40, unique=True)
    target = models.CharField(max_length=500)
    note = models.CharField(max_length=200, blank=True, default="")
    hits = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name
