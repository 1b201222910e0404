from django.db import migrations

SEVERITIES = (
    (1, "Critical", "Customers cannot use a product, or data is lost or exposed. People are woken at once."),
    (2, "Major", "A product works badly or for some customers not at all. People are woken at once."),
    (3, "Minor", "Few notice, or there is a way round it. The team takes it up in working hours."),
)


def seed(apps, schema_editor):
    severity = apps.get_model("directory", "Severity")
    for number, name, meaning in SEVERITIES:
        severity.objects.update_or_create(number=number, defaults={"name": name, "meaning": meaning})


class Migration(migrations.Migration):
    dependencies = (("directory", "0001_initial"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
