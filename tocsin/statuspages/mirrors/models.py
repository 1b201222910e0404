"""Pages elsewhere, what each says of an entry, and what it is told. Registered through `statuspages.models`: one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index


class Mirror(Stamped):
    """A page elsewhere that repeats one of ours. One that was removed stays, for what it was told.

    `parts` says what our parts are called there: the id of ours, and their name or id; without an entry the name is the same.
    """

    HOSTED, SIGNED = "statuspage", "signed"

    id = IdField("mir")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    audience = models.CharField(max_length=8)
    page = models.ForeignKey("statuspages.StatusPage", on_delete=models.PROTECT, related_name="mirrors")
    kind = models.CharField(max_length=12)
    address = models.CharField(max_length=500)
    """Of a hosted page the base of its API, otherwise where the call goes."""
    remote_page = models.CharField(max_length=64, blank=True, default="")
    key_encrypted = models.TextField()
    parts = models.JSONField(default=dict)
    notifies = models.BooleanField(default=True)
    """Whether the other side mails its own subscribers."""
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=400, blank=True, default="")
    """What it answered last, when that was no success."""
    fault_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    """It asked to be left alone so long, whatever there is to say."""

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("slug",), condition=models.Q(removed_at=None), name="statuspages_one_mirror"),
        )

    def __str__(self) -> str:
        return self.name


class Mirrored(models.Model):
    """What a mirror says of one of our things, as far as it has confirmed it."""

    remote_id = models.CharField(max_length=64, blank=True, default="")
    """Its id over there; empty while it is not there, or nobody knows."""
    address = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=16, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.remote_id or str(self.pk)


class MirroredEntry(Mirrored):
    """The same of an entry."""

    id = IdField("mre")
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="entries")
    entry = models.ForeignKey("statuspages.Entry", on_delete=models.CASCADE, related_name="mirrored")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mirror", "entry"), name="statuspages_mirrored_once"),)


class MirroredWork(Mirrored):
    """The same of planned work."""

    id = IdField("mrw")
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="works")
    maintenance = models.ForeignKey("statuspages.Maintenance", on_delete=models.CASCADE, related_name="mirrored")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("mirror", "maintenance"), name="statuspages_mirrored_work_once"),)


class MirrorCopy(DueRow):
    """One thing that one mirror is told: an update of an entry or of planned work, the state of a part set by hand, or a test.

    `about` is the entry, work or part: of it a mirror hears in order, one after the other. `parts` are states as they stood:
    `{"id", "name", "state"}`. The id goes along as the mark by which a repeat is known.
    """

    id = IdField("mrc")
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="copies")
    update = models.ForeignKey("statuspages.Update", null=True, on_delete=models.CASCADE, related_name="copies")
    of_work = models.ForeignKey("statuspages.MaintenanceUpdate", null=True, on_delete=models.CASCADE, related_name="copies")
    about = models.CharField(max_length=32, blank=True, default="")
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField()
    wanted_at = models.DateTimeField()
    """Since when it is tried: when it was made, or when somebody pressed Retry."""
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        indexes = (due_index("statuspages_mirrorcopy_due"), models.Index(fields=("mirror", "about", "created_at")))
        constraints = (
            models.UniqueConstraint(fields=("mirror", "update"), name="statuspages_copied_once"),
            models.UniqueConstraint(fields=("mirror", "of_work"), name="statuspages_copied_work_once"),
        )

    def __str__(self) -> str:
        return f"{self.work_state} {self.about or 'test'}"
