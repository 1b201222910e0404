"""What was subscribed to, asked for or repeated until now is the first page of its audience."""

from django.db import migrations


def give(apps, schema_editor):
    pages = {page.slug: page for page in apps.get_model("statuspages", "StatusPage").objects.all()}
    for audience in ("external", "internal"):
        apps.get_model("statuspages", "Mirror").objects.filter(page=None, audience=audience).update(page=pages[audience])
    for name in ("Subscriber", "Ask"):
        apps.get_model("statuspages", name).objects.filter(page=None).update(page=pages["external"])


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0070_several_pages")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
