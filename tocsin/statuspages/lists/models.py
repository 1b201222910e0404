"""Lists, who is on them, what each was told. Registered through `statuspages.models`, so that the app keeps one list of tables."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import Stamped
from tocsin.directory.models import Person


class DistributionList(Stamped):
    """People who hear by mail what the company is told, such as leadership or the incident managers.

    `severities` are those of which it is told unless somebody chooses otherwise; on an `is_open` one people put themselves. A list
    that was removed stays, for what it was told.
    """

    BLOG = "blog"

    id = IdField("lst")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300, blank=True, default="")
    severities = models.JSONField(default=list)
    is_open = models.BooleanField(default=False)
    stands_for = models.CharField(max_length=10, blank=True, default="", db_default="")
    """What the house itself keeps it for: the `blog`. Empty: administrators made it, and updates go to it."""
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("slug",), condition=models.Q(removed_at=None), name="statuspages_one_list"),
            models.UniqueConstraint(fields=("stands_for",), condition=~models.Q(stands_for=""), name="statuspages_standing_once"),
        )

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    """Somebody on a list: a person of the directory, reached at their address there, or a plain address with a name."""

    id = IdField("lsm")
    list = models.ForeignKey(DistributionList, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    is_self_subscribed = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    bounces = models.PositiveSmallIntegerField(default=0)
    """Final refusals since it was put here or last cleared by hand."""
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=400, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("added_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("list", "person"), name="statuspages_person_once"),
            models.UniqueConstraint(fields=("list", "address"), condition=~models.Q(address=""), name="statuspages_address_once"),
        )

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """Name, or the address where there is none."""
        return self.person.name if self.person else self.name or self.address

    @property
    def mail(self) -> str:
        """Where mail to them goes, in small letters."""
        return (self.person.email if self.person else self.address).lower()

    @property
    def is_told(self) -> bool:
        """Whether the next mail of the list goes to them."""
        return self.stopped_at is None and (self.person is None or self.person.is_active)


class ListThread(models.Model):
    """What one list was told of one incident: one thread in its readers' mail programs."""

    id = IdField("thr")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="threads")
    list = models.ForeignKey(DistributionList, on_delete=models.CASCADE, related_name="threads")
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ("begun_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "list"), name="statuspages_one_thread"),)

    def __str__(self) -> str:
        return self.id


class ListLetter(models.Model):
    """One mail of a thread, the same to all of its list. The copies are in the outbox, by `message_id`."""

    id = IdField("let")
    thread = models.ForeignKey(ListThread, on_delete=models.CASCADE, related_name="letters")
    update = models.ForeignKey("statuspages.Update", null=True, on_delete=models.SET_NULL, related_name="letters")
    message_id = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.UniqueConstraint(fields=("thread", "update"), name="statuspages_mailed_once"),)

    def __str__(self) -> str:
        return self.subject
