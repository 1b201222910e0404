"""The last reading of a vendor's feed, and what it reported. Their tables belong to `directory`."""

from __future__ import annotations

from django.db import models

from tocsin.core.ids import IdField


class VendorState(models.Model):
    """How the reading of a vendor's feed went. `read_at` is the last try, `good_at` the last one that worked."""

    vendor = models.OneToOneField("directory.Vendor", on_delete=models.CASCADE, primary_key=True, related_name="state")
    read_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True, default="")
    indicator = models.CharField(max_length=12, blank=True, default="")
    """One of `rules.INDICATORS`; empty for a feed that lists news and says no state, and before the first good reading."""
    words = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        app_label = "directory"

    def __str__(self) -> str:
        return f"state of {self.vendor_id}"


class VendorReport(models.Model):
    """Something that a vendor reports about itself, as it stood at the last good reading. `uid` is the vendor's name for it."""

    id = IdField("vrp")
    vendor = models.ForeignKey("directory.Vendor", on_delete=models.CASCADE, related_name="reports")
    uid = models.CharField(max_length=300)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=40, blank=True, default="")
    impact = models.CharField(max_length=12, blank=True, default="")
    text = models.CharField(max_length=600, blank=True, default="")
    url = models.CharField(max_length=500, blank=True, default="")
    began_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "directory"
        ordering = ("-said_at", "id")
        constraints = (models.UniqueConstraint(fields=("vendor", "uid"), name="directory_one_vendor_report"),)

    def __str__(self) -> str:
        return self.title
