"""Work that was planned before there were reminders is looked at an hour before it begins, as work that is planned now."""

import datetime as dt

from django.db import migrations

from tocsin.core import clock

AN_HOUR = dt.timedelta(hours=1)


def look_sooner(apps, schema_editor):
    planned = apps.get_model("statuspages", "Maintenance").objects.filter(state="scheduled", reminds=True, reminded_at=None)
    for work in planned.filter(work_state="due", starts_at__gt=clock.now() + AN_HOUR):
        work.due_at = work.starts_at - AN_HOUR
        work.save(update_fields=["due_at"])


class Migration(migrations.Migration):
    dependencies = [("statuspages", "0112_mirrored_work")]

    operations = [migrations.RunPython(look_sooner, migrations.RunPython.noop)]
