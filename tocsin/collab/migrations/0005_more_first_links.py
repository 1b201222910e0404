from django.db import migrations

from tocsin.core import clock

LINKS = (
    ("pagesecint", "/page-security", "Wake the security team"),
    ("changedashboard", "/changes", "What was changed lately, and by whom"),
    ("multistatuspageupdater", "/updates", "Write to both status pages at once"),
    ("mimcheatsheet", "/cheatsheet", "The cheat sheet of incident managers"),
)


def seed(apps, schema_editor):
    link = apps.get_model("collab", "ShortLink")
    now = clock.now()
    for name, target, note in LINKS:
        link.objects.get_or_create(name=name, defaults={"target": target, "note": note, "created_at": now, "updated_at": now})


class Migration(migrations.Migration):
    dependencies = (("collab", "0004_room"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
