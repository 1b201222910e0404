"""The tables of the loop observe, theorise, experiment, repeat, and of keeping people fit while it turns.

Registered through `incidents.models`, so that the app keeps one list of tables.
"""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import Person


class Finding(models.Model):
    """An observation, a theory or an experiment. `about`: the observation of a theory, the theory of an experiment.

    `state` is that of a theory (open, proven, disproven) or the result of an experiment (supports, refutes, inconclusive;
    empty while it runs). `message` is the note in the room that an observation was taken from.
    """

    id = IdField("fnd")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="findings")
    number = models.IntegerField()
    kind = models.CharField(max_length=12)
    text = models.TextField()
    about = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="leads_to")
    state = models.CharField(max_length=12, blank=True, default="")
    outcome = models.TextField(blank=True, default="")
    message = models.CharField(max_length=32, blank=True, default="")
    evidence = models.CharField(max_length=4, blank=True, default="", db_default="")
    """Of an experiment that restarts something: whether what shows the cause is `kept` or `lost`."""
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    state_at = models.DateTimeField(null=True)
    state_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("incident", "number"), name="incidents_one_finding"),
            models.UniqueConstraint(fields=("incident", "message"), condition=~models.Q(message=""), name="incidents_taken_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Stream(Stamped):
    """A stream of work: who leads it, what is done now, what comes next, and how that moves towards resolution."""

    OPEN, DONE = "open", "done"

    id = IdField("stm")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="streams")
    number = models.IntegerField()
    title = models.CharField(max_length=120)
    lead = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    step = models.TextField(blank=True, default="")
    next_steps = models.TextField(blank=True, default="")
    towards = models.TextField(blank=True, default="")
    state = models.CharField(max_length=4, default=OPEN)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("incident", "number"), name="incidents_one_stream"),)

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """Something that was changed during the response. `revert` is empty until somebody said how to take it back."""

    id = IdField("chg")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="changes")
    number = models.IntegerField()
    what = models.TextField()
    why = models.TextField(blank=True, default="")
    how = models.TextField(blank=True, default="")
    revert = models.TextField(blank=True, default="")
    who = models.CharField(max_length=200, blank=True, default="")
    message = models.CharField(max_length=32, blank=True, default="")
    evidence = models.CharField(max_length=4, blank=True, default="", db_default="")
    """Of a change that restarts something: whether what shows the cause is `kept` or `lost`."""
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "number")
        constraints = (models.UniqueConstraint(fields=("incident", "number"), name="incidents_one_change"),)

    def __str__(self) -> str:
        return f"change {self.number}"


class SuspectedCause(models.Model):
    """A change near the start of the impact that may have caused it, as it was told then, and how it is rolled back.

    `change` is the id of a change that a release told of, or that was logged in a room.
    """

    id = IdField("sus")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="suspected_causes")
    change = models.CharField(max_length=32)
    what = models.TextField()
    at = models.DateTimeField()
    service = models.CharField(max_length=120, blank=True, default="")
    link = models.CharField(max_length=500, blank=True, default="")
    rollback = models.TextField(blank=True, default="")
    suspected_at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("suspected_at", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "change"), name="incidents_suspected_once"),)

    def __str__(self) -> str:
        return self.what[:60]


class Behaviour(models.Model):
    """What the system does, and what it should do instead."""

    incident = models.OneToOneField("incidents.Incident", on_delete=models.CASCADE, primary_key=True, related_name="behaviour")
    observed = models.TextField(blank=True, default="")
    expected = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"behaviour in {self.incident_id}"


class DisciplineCheck(models.Model):
    """When a question of the discipline checklist was last answered with yes. Earlier times are in the event log."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="checks")
    question = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "question"), name="incidents_one_check"),)

    def __str__(self) -> str:
        return self.question


class Prompt(DueRow):
    """A question that the engine puts at its time: has the impact changed, who relieves whom, is somebody too tired.

    `asked_at` once it was put; a question about the impact is open until `answered_at`. `about` is the role that is handed
    over, or why `person` may be tired: `on_it` or `awake`.
    """

    IMPACT, RELIEF, FATIGUE, WORDS = "impact", "relief", "fatigue", "words"
    ON_IT, AWAKE = "on_it", "awake"

    id = IdField("prm")
    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="prompts")
    kind = models.CharField(max_length=8)
    about = models.CharField(max_length=40, blank=True, default="")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        indexes = (due_index("incidents_prompt_due"),)

    def __str__(self) -> str:
        return f"{self.kind} prompt"


class Awake(models.Model):
    """Since when somebody who works on the incident has not slept, as they say."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="awake")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("incident", "person"), name="incidents_one_awake"),)

    def __str__(self) -> str:
        return f"{self.person_id} awake"


class Relief(models.Model):
    """Who takes over a role next, and when."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.CASCADE, related_name="reliefs")
    role = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at",)
        constraints = (models.UniqueConstraint(fields=("incident", "role"), name="incidents_one_relief"),)

    def __str__(self) -> str:
        return f"{self.role} to {self.person_id}"
