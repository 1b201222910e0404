"""Posts, every version of their words, and the secret addresses of feeds. Registered through `statuspages.models`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField
from tocsin.core.models import DueRow, Stamped, due_index
from tocsin.directory.models import Person
from tocsin.incidents.models import Incident


class BlogPost(DueRow, Stamped):
    """A post. A draft is its authors'; a published one everybody's who signs in, unless its incident is private.

    Between the two it is `on_its_way` for the seconds in which it can be taken back: that is its work as a due row. `number` is
    given by publishing, so that what was published last comes first. `why` says what stood in the way when its time had come.
    """

    DRAFT, ON_ITS_WAY, PUBLISHED = "draft", "on_its_way", "published"

    id = IdField("blp")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    text = models.TextField()
    authors = models.ManyToManyField(Person, related_name="+")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="blog_posts")
    state = models.CharField(max_length=10, default=DRAFT)
    revision = models.PositiveIntegerField(default=1)
    number = models.PositiveIntegerField(null=True, unique=True)
    publisher = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    letter_id = models.CharField(max_length=200, blank=True, default="")
    """The Message-ID under which subscribers have it; empty where nobody was mailed. The copies are in the outbox."""
    why = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ("-number", "-id")
        indexes = (due_index("statuspages_blog_due"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == self.PUBLISHED


class BlogRevision(models.Model):
    """The words of a post as somebody left them."""

    id = IdField("blr")
    post = models.ForeignKey(BlogPost, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("post", "number"), name="statuspages_one_revision"),)

    def __str__(self) -> str:
        return f"{self.number} of {self.post_id}"


class BlogFeed(models.Model):
    """A secret address at which one person's feed reader finds the blog. Shown once, stored as a digest."""

    id = IdField("blf")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blog_feeds")
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.person_id} …{self.hint}"
