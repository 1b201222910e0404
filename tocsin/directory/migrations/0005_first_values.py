from django.db import migrations

VALUES = (
    (
        "detect",
        "We know before a customer has to tell us",
        "Care for what you run",
        "Whoever runs a service watches what its users feel. A call from outside as the first sign is a gap in our alerts, and we close it.",
    ),
    (
        "respond",
        "Rather call one person too many",
        "One team",
        "Nobody minds being woken for nothing as much as all of us mind an hour lost. In doubt, bring in another pair of eyes.",
    ),
    (
        "recover",
        "First stop the harm, then look for reasons",
        "Customers first",
        "Things break in every house. What counts is how fast customers can work again; the full story can wait until morning.",
    ),
    (
        "learn",
        "We ask how it could happen, never who did it",
        "Speak openly",
        "People act on what they know and see. Only where nobody fears blame does the whole story come out, and only that story helps.",
    ),
    (
        "improve",
        "The same thing does not break twice",
        "Leave it better",
        "We look for the change that rules out the whole kind of failure, give it an owner and a date, and see it through.",
    ),
)
BACKUPS = ("chat", "video", "documents", "state_document", "ticket")


def seed(apps, schema_editor):
    value, backup = apps.get_model("directory", "Value"), apps.get_model("directory", "BackupSystem")
    for position, (stage, name, company, why) in enumerate(VALUES):
        texts = {"position": position, "name": name, "company_value": company, "rationale": why}
        value.objects.get_or_create(stage=stage, defaults=texts)
    for position, kind in enumerate(BACKUPS):
        backup.objects.get_or_create(kind=kind, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = (("directory", "0004_values_and_backups"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
