from django.db import migrations
from django.db.models import Max

from tocsin.core import clock

CALM = (
    "Stay calm: observe, say what you think, try it, look again. Not to know yet is fine, to ask for help too. "
    "Restore service first, unless that destroys what shows the cause."
)
TALK = "Video to understand each other fast, the room for what must stay, with its time: keep both open."
ESCALATE = (
    ("Platform and infrastructure teams", "./page?q=platform"),
    ("Teams of other products that may be hit", "./page"),
    ("Somebody who only writes to customers", "./roles?role=external_communications"),
    ("More incident managers, as backup or for the night", "./page?q=incident+manager"),
    ("Executives: head of engineering, CTO, founders", "./page?q=executive"),
    ("Anybody else who may know", "/people"),
)
"""Beside the three lines that stood there: teams of the service, security, vendors."""


def seed(apps, schema_editor):
    section, item = apps.get_model("incidents", "SheetSection"), apps.get_model("incidents", "SheetItem")
    for slug, words in (("fix", CALM), ("communications", TALK)):
        for row in section.objects.filter(pk=slug):
            row.text = f"{words} {row.text}".strip()
            row.save()
    now = clock.now()
    for row in section.objects.filter(pk="escalate"):
        last = row.items.aggregate(last=Max("position"))["last"] or 0
        for place, (words, link) in enumerate(ESCALATE, last + 1):
            if not row.items.filter(text=words).exists():
                item.objects.create(section=row, position=place, text=words, link=link, created_at=now, updated_at=now)


class Migration(migrations.Migration):
    dependencies = (("incidents", "0011_suspected_causes"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
