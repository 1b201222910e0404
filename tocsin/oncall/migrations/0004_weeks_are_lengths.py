from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('oncall', '0003_keep_weeks')]

    operations = [
        migrations.RemoveField(
            model_name='rotation',
            name='weeks',
        ),
    ]
