"""There are two status pages from the first day: one for customers, one for staff."""

from django.db import migrations

from tocsin.core import clock

PAGES = (("external", "Status"), ("internal", "Internal status"))


def make(apps, schema_editor):
    page = apps.get_model("statuspages", "StatusPage")
    now = clock.now()
    for slug, name in PAGES:
        page.objects.get_or_create(slug=slug, defaults={"name": name, "audience": slug, "created_at": now, "updated_at": now})


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0001_initial")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
