from django.db import migrations

from tocsin.core import clock

LINKS = (
    ("oncall", "/oncall", "Who is on call now, and who is next"),
    ("imoc", "/oncall", "The incident managers on call; the last resort is the last line"),
    ("severity", "/severity", "What the three severities mean"),
    ("internalcomms", "/status/internal", "What colleagues are told"),
    ("externalcomms", "/status", "What customers are told"),
    ("awshelp", "/vendors", "Vendors: whom to call and what to say"),
)


def seed(apps, schema_editor):
    link = apps.get_model("collab", "ShortLink")
    now = clock.now()
    for name, target, note in LINKS:
        link.objects.get_or_create(name=name, defaults={"target": target, "note": note, "created_at": now, "updated_at": now})


class Migration(migrations.Migration):
    dependencies = (("collab", "0002_hits"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
