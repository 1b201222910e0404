"""People, what they may do and know; teams; services, products, vendors, severities; how a person is reached."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.vendor_status import models as vendor_status  # noqa: F401  its tables belong to this app


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, Stamped):
    """Somebody who signs in, is on call, reports or reads. Never deleted, only deactivated."""

    ADMINISTRATOR, RESPONDER, STAKEHOLDER = "administrator", "responder", "stakeholder"
    ROLES = ((ADMINISTRATOR, "Administrator"), (RESPONDER, "Responder"), (STAKEHOLDER, "Stakeholder"))
    THEMES = (("auto", "Follows the system"), ("light", "Light"), ("dark", "Dark"), ("night", "Night"))

    id = IdField("per")
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=ROLES, default=RESPONDER)
    zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=8, choices=THEMES, default="auto")
    shortcuts = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OneTimeLink(models.Model):
    """A link that lets one person set a password once: an invitation, or a reset by an administrator."""

    id = IdField("lnk")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} for {self.person}"


class ApiToken(models.Model):
    """A key to the API that acts for one person, limited by scopes. Only its digest is stored."""

    id = IdField("tok")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Team(Stamped):
    """People who answer for services together."""

    id = IdField("tea")
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    members: models.ManyToManyField[Person, Membership] = models.ManyToManyField(Person, through="Membership", related_name="teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team; a manager of it may edit the team's schedules, policies and services."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    is_manager = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "team"), name="directory_one_membership"),)

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class Qualification(Stamped):
    """What a person can do, in a few words such as `database` or `incident manager trained`; until a day, or for good."""

    id = IdField("qua")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="qualifications")
    name = models.CharField(max_length=60)
    trained_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("person", "name"), name="directory_one_qualification"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.name}"


class Product(Stamped):
    """What customers know by name; several services make one product."""

    id = IdField("prd")
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Vendor(Stamped):
    """Somebody outside whose part a service needs: where their state is shown, whom to call, what to say."""

    id = IdField("vnd")
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    support_url = models.URLField(blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    procedure = models.TextField(blank=True, default="")
    status_feed = models.CharField(max_length=500, blank=True, default="", db_default="")
    """Where their state can be read: a status page, its summary, or a news feed."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Service(Stamped):
    """Something that can break and that a team owns. Who is paged for it is in `oncall.ServiceCover`.

    `owner` is the person who answers for it and approves what is written about its incidents.
    """

    id = IdField("svc")
    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=400, blank=True, default="")
    runbook_url = models.URLField(blank=True, default="")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="services")
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="owned_services")
    products: models.ManyToManyField[Product, models.Model] = models.ManyToManyField(Product, related_name="services", blank=True)
    needs: models.ManyToManyField[Service, models.Model] = models.ManyToManyField(
        "self", symmetrical=False, related_name="needed_by", blank=True
    )
    vendors: models.ManyToManyField[Vendor, models.Model] = models.ManyToManyField(Vendor, related_name="services", blank=True)
    severity_guidance = models.TextField(blank=True, default="", db_default="")
    """What tells a Sev 1 of this service from a Sev 2."""
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Severity(models.Model):
    """One of the three severities: its name, its meaning in a sentence, examples one a line. All are editable."""

    number = models.SmallIntegerField(primary_key=True)
    name = models.CharField(max_length=40)
    meaning = models.CharField(max_length=400)
    examples = models.TextField(blank=True, default="", db_default="")

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"Sev {self.number} {self.name}"


class SeveritySignOff(models.Model):
    """A team has agreed to what the severities mean, as they stood in a version."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="severity_sign_off")
    version = models.IntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.team} agrees to version {self.version}"


class Gateway(Stamped):
    """A templated HTTP call: reaches ntfy, Gotify and any SMS or voice gateway. Headers are encrypted, they hold keys."""

    id = IdField("gtw")
    name = models.CharField(max_length=120, unique=True)
    method = models.CharField(max_length=8, default="POST")
    url = models.CharField(max_length=500)
    headers_encrypted = models.TextField(blank=True, default="")
    body = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name


class ContactMethod(Stamped):
    """One way to reach a person: a mail address, or an address at a gateway."""

    EMAIL, GATEWAY = "email", "gateway"

    id = IdField("cmt")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_methods")
    kind = models.CharField(max_length=8)
    gateway = models.ForeignKey(Gateway, null=True, on_delete=models.PROTECT, related_name="contact_methods")
    address = models.CharField(max_length=254)
    code_digest = models.CharField(max_length=64, blank=True, default="")
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    broken_reason = models.CharField(max_length=400, blank=True, default="")
    last_answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.address}"


class NotifyStep(models.Model):
    """When a person is paged: use this method after so many minutes. One list for high urgency, one for low."""

    HIGH, LOW = "high", "low"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notify_steps")
    urgency = models.CharField(max_length=4, default=HIGH)
    method = models.ForeignKey(ContactMethod, on_delete=models.CASCADE, related_name="steps")
    delay_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("delay_minutes", "id")

    def __str__(self) -> str:
        return f"{self.method} after {self.delay_minutes} min"


class CodeCall(DueRow):
    """A verification code on its way through a gateway. The text is encrypted: it holds the code."""

    id = IdField("ccl")
    method = models.ForeignKey(ContactMethod, on_delete=models.CASCADE, related_name="code_calls")
    text_encrypted = models.TextField()
    created_at = models.DateTimeField()
    answer = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        indexes = (due_index("directory_codecall_due"),)

    def __str__(self) -> str:
        return f"code to {self.method}"


class Value(models.Model):
    """What we hold to at one stage of an incident, the value of the whole company that it follows from, and why."""

    stage = models.CharField(max_length=8, primary_key=True)
    position = models.SmallIntegerField()
    name = models.CharField(max_length=120)
    company_value = models.CharField(max_length=120, blank=True, default="")
    rationale = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name


class BackupSystem(models.Model):
    """Where work goes on when a system of every day is down. One for each kind: in need nobody should have to choose."""

    kind = models.CharField(max_length=16, primary_key=True)
    position = models.SmallIntegerField()
    name = models.CharField(max_length=120, blank=True, default="")
    link = models.CharField(max_length=500, blank=True, default="")
    note = models.CharField(max_length=400, blank=True, default="")
    tested_on = models.DateField(null=True)

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name or self.kind
