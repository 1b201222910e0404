from django.db import migrations

from tocsin.core import clock

# Section: short name, title, text, lines. A line: words, link, what Tocsin sees by itself, minutes until it comes back.
# A link that begins with a dot goes on from the page of the incident.
SHEET = (
    (
        "connect",
        "Connect",
        "",
        (
            ("Connect to the VPN and whatever else you need to reach our systems", "", "", None),
            ("Acknowledge the page, so that nobody else is woken for it", "/", "", None),
            ("Take command: the incident is assigned to you", ".", "command", None),
            ("Tocsin, chat or video does not work? Go on in the backup systems", "/backups", "", None),
        ),
    ),
    (
        "communications",
        "Open Communications",
        "One room, one call, one document. Whoever is not there does not work on the incident.",
        (
            ("Open the room and the state document", ".", "set_up", None),
            ("Start the video call and put its link into the incident", "./edit", "video", None),
            ("Say in the room who you are and that you run this", ".", "", None),
        ),
    ),
    (
        "assess",
        "Assess",
        "What do customers lose, how many are they, since when? Write down what you know with its time.",
        (
            ("Write what customers see into the state document", ".#doc", "", None),
            ("Find when the impact began", "./times", "impact_started", None),
            ("Compare with the scale and confirm the severity", "./severity", "severity", None),
            ("Look for recent changes that fit in time", "/changes", "", None),
        ),
    ),
    (
        "escalate",
        "Escalate",
        "Better one page too many. You need no approval.",
        (
            ("Page every team whose service may have a part in it", "./page", "", None),
            ("Is it about security or data? Page the security team", "/page-security", "", None),
            ("Does a vendor have a part in it? Call them", "/vendors", "", None),
        ),
    ),
    (
        "delegate",
        "Delegate",
        "You lead, others do. Give every job to one person by name and hear them say yes.",
        (
            ("Name a tech lead", "./roles", "tech_lead", None),
            ("Name a communications manager", "./roles", "communications_manager", None),
            ("Write down who works on which stream", ".#doc", "", None),
        ),
    ),
    (
        "periodic",
        "Periodic Tasks",
        "These come back for as long as the incident is being fixed.",
        (
            ("Communicate: is the next update due, inside and outside?", "./update", "", 30),
            ("Impact: does it still grow, and whom does it hit now?", ".#doc", "", 20),
            ("Observations: is what we see written down with its time?", "./note", "", 15),
            ("Severity: does it still fit?", "./severity", "", 30),
            ("Relief: who has been at it too long? Send somebody to rest", "./relief", "", 60),
            ("Handover: who takes over when, and do they know?", "./relief", "", 120),
        ),
    ),
    (
        "communicate",
        "Communicate",
        "Say what fails, for whom, what you do about it and when you speak again. Unknown is an answer.",
        (
            ("First words to colleagues within 30 minutes", "./update", "", None),
            ("First words to customers within 30 minutes", "./update", "", None),
            ("Support knows what to tell those who call", "./update", "", None),
        ),
    ),
    (
        "fix",
        "Fix",
        "Undo before you repair. One change at a time, announced before it is made.",
        (
            ("Each theory has somebody who tests it", ".#doc", "", None),
            ("Each change is in the table: who, what, when, how it is undone", ".#doc", "", None),
            ("The impact is over", "./times", "impact_ended", None),
        ),
    ),
    (
        "resolve",
        "Resolve",
        "",
        (
            ("Customers say so too, not only the graphs", "", "", None),
            ("Nothing is about to follow: queues are empty, workarounds hold", "", "", None),
            ("Set the times, name the owner of the postmortem, resolve", "./resolve", "resolved", None),
        ),
    ),
    (
        "handover",
        "Handover",
        "Two people, one call. You are in command until the other says: I have it.",
        (
            ("Who comes has read up before you talk", "./catch-up", "", None),
            ("Say who leaves and who joins, what we believe, what runs now", "./hand-over", "", None),
            ("Agree when the next handover is, and to whom", "./hand-over", "", None),
        ),
    ),
    (
        "backups",
        "Backup Systems",
        "When a system of every day is down, all of us move to the same place: the one on this list.",
        (("Say in every place you can reach that we have moved", "/backups", "", None),),
    ),
    (
        "responsibility",
        "IM responsibility",
        "You are in command. Until it is resolved this incident goes before all other work: yours, and that of anybody you need. You may "
        "take people away from what they had planned, whoever planned it. You need not know the answer or touch a keyboard; your work is "
        "to bring order: one plan, clear jobs, decisions made in time. You may depart from this sheet. Say why when you do.",
        (),
    ),
)


def seed(apps, schema_editor):
    section, item = apps.get_model("incidents", "SheetSection"), apps.get_model("incidents", "SheetItem")
    now = clock.now()
    for place, (slug, title, text, lines) in enumerate(SHEET):
        row, made = section.objects.get_or_create(slug=slug, defaults={"title": title, "position": place, "text": text})
        for position, (words, link, fact, minutes) in enumerate(lines if made else ()):
            item.objects.create(
                section=row, position=position, text=words, link=link, fact=fact, every_minutes=minutes, created_at=now, updated_at=now
            )


class Migration(migrations.Migration):
    dependencies = (("incidents", "0005_cheat_sheet"),)
    operations = (migrations.RunPython(seed, migrations.RunPython.noop),)
