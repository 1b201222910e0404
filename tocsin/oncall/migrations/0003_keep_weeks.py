from django.db import migrations


def keep_weeks(apps, schema_editor):
    """The length of each turn in weeks becomes the first and only length."""
    for rotation in apps.get_model('oncall', 'Rotation').objects.all():
        rotation.lengths = [rotation.weeks]
        rotation.save(update_fields=['lengths'])


class Migration(migrations.Migration):

    dependencies = [('oncall', '0002_layers_and_swaps')]

    operations = [migrations.RunPython(keep_weeks, migrations.RunPython.noop)]
