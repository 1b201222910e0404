from django.db import migrations

OLD, NEW = "/vendors", "/vendors?q=aws"


def point(apps, schema_editor):
    """The entry itself, once the catalogue has one that is called so; whatever an administrator chose stays."""
    apps.get_model("collab", "ShortLink").objects.filter(name="awshelp", target=OLD).update(target=NEW)


class Migration(migrations.Migration):
    dependencies = (("collab", "0006_shared_text"),)
    operations = (migrations.RunPython(point, migrations.RunPython.noop),)
