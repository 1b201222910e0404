from django.db import migrations

EXAMPLES = {
    1: "Nobody can pay, or nobody can log in\nData of customers is lost, or others can read it\nThe whole site is down",
    2: "One in ten payments fails\nSearch takes half a minute for everybody\nAll colleagues in support are locked out of their tools",
    3: "A report comes an hour late\nA picture is missing on a page that few open\nOne colleague cannot print",
}


def seed(apps, schema_editor):
    severity = apps.get_model("directory", "Severity")
    for number, text in EXAMPLES.items():
        severity.objects.filter(number=number, examples="").update(examples=text)


class Migration(migrations.Migration):
    dependencies = (("directory", "0006_severity_matrix"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
