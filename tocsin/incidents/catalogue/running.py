"""What happens in an incident, its room and its document, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from tocsin.directory.rules import BACKUP_KINDS
from tocsin.incidents import assessing, rules
from tocsin.incidents.catalogue.entries import Data, Entry, Words, said, told
from tocsin.incidents.iterating import telling

NOTE_ICONS: Mapping[str, str] = {
    "observation": "eye",
    "change": "change",
    "decision": "fork",
    "escalation": "up",
    "communication": "tell",
    "status": "flag",
}

FIELDS: Mapping[str, str] = {
    "summary": "Summary",
    "description": "Description",
    "service": "Faulty service",
    "products": "Affected products",
    "video_url": "Video call",
    "support_cases": "Support cases",
    "source": "Source",
    "private": "Private",
}


def state_words(word: Any) -> str:
    """A state as people say it."""
    return rules.STATE_WORDS.get(str(word), str(word))


def role_words(data: Data) -> str:
    """A role with what it is for."""
    label = rules.role_label(str(data.get("role", "")))
    return f"{label} for {data['about']}" if data.get("about") else label


def _declared(data: Data) -> Entry:
    drill = "a drill, " if data.get("drill") else ""
    numbers = [f"alert #{number}" for number in data.get("alerts", ())]
    origin = f", from {rules.joined(numbers)}" if numbers else ""
    return Entry("Declared", "flag", f"as {drill}Sev {data.get('severity')}{origin}. {data.get('summary', '')}")


def _role_taken(data: Data) -> Entry:
    before = f", after {data['old_name']}" if data.get("old_name") else ""
    return Entry("Role", "flag", f"{data.get('name')} is {role_words(data).lower()}{before}")


def _offer_answered(data: Data) -> Entry | None:
    """Whoever accepted has a line already."""
    said = {"declined": "does not become", "withdrawn": "is not asked any more to be"}.get(str(data.get("answer")))
    return Entry("Role", "flag", f"{data.get('name')} {said} {role_words(data).lower()}", quiet=True) if said else None


def _prepared(data: Data) -> str:
    template = f"from the template {data['name']}" if data.get("name") else "by whoever declared it"
    return f"{template}, told {rules.joined(list(data['told']))}" if data.get("told") else template


def _times(data: Data) -> Entry:
    words = [rules.TIMES[name] for name in rules.TIMES if name in data]
    unknown = [f"{rules.TIMES[name]} unknown" for name in data.get("unknown", ())]
    return Entry("Times", "clock", f"{rules.joined([*words, *unknown])} set", quiet=True)


def _noted(data: Data) -> Entry:
    kind = str(data.get("kind"))
    return Entry(rules.NOTES.get(kind, kind), NOTE_ICONS.get(kind, "note"), str(data.get("text", "")))


def _field(data: Data) -> Entry:
    field = str(data.get("field"))
    words = FIELDS.get(field, field)
    text = f"{words} changed" if field == "description" else f"{words}: {_value(data.get('old'))} → {_value(data.get('new'))}"
    return Entry("Changed", "pen", text, quiet=True)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "empty" if value in (None, "") else str(value)


def _state_changed(data: Data) -> Entry:
    """The last one is quiet: the resolution has a line of its own."""
    text = f"{state_words(data['old'])} → {state_words(data['new'])}"
    return Entry("Status", "flag", text, quiet=data["new"] == rules.RESOLVED)


def _assessed(data: Data) -> Entry | None:
    """That it began with a change is told by the line of the change."""
    if data.get("answers") and not _told_answers(data):
        return None
    words = [f"{assessing.FIELDS[name].lower()}: {assessing.in_words(name, one['new'])}" for name, one in _told_answers(data)]
    return Entry("Assessed", "eye", "; ".join(words) or "nothing is known yet")


def answers(data: Data) -> list[tuple[str, Any]]:
    """The answers of an assessment that changed, in the order of the form."""
    given = data.get("answers") or {}
    return [(name, given[name]) for name in assessing.FIELDS if name in given]


def _told_answers(data: Data) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in answers(data) if name != "coincides" or one["new"] == "no"]


def _suspected(data: Data) -> Entry:
    minutes = data.get("minutes")
    near = (
        ""
        if minutes is None
        else f", {_span(minutes)} before the impact"
        if minutes >= 0
        else f", {_span(-minutes)} after it began"
    )
    rollback = f". Roll back: {data['rollback']}" if data.get("rollback") else ""
    return Entry("Suspected cause", "change", f"{data.get('what')}{near}{rollback}", path=str(data.get("link") or ""))


def _span(minutes: float) -> str:
    return rules.duration_words(dt.timedelta(minutes=minutes))


def _resolved(data: Data) -> Entry:
    known = [rules.RESTORED[one].lower() for one in data.get("restored", ()) if one in rules.RESTORED]
    said = f"; {rules.joined(known)}" if known else ""
    return Entry("Resolved", "done", f"impact is over and none is about to follow{said}")


def _kind(data: Data) -> str:
    kind = str(data.get("kind", ""))
    return BACKUP_KINDS.get(kind, kind).lower()


def _nth(number: Any) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th") + " that is known"


def _imported(data: Data) -> Entry:
    return Entry("Imported", "pass", f"run elsewhere as {data.get('reference')}", path=str(data.get("url") or ""))


def _message(data: Data) -> Entry | None:
    """A typed note has a line of its own."""
    return None if data.get("kind") else Entry("", "talk", str(data.get("text", "")), "talk")


def _linked(verb: str) -> Callable[[Data], Entry | None]:
    """What leads to something private says nothing here."""

    def entry(data: Data) -> Entry | None:
        if not data.get("title"):
            return None
        what = " ".join(str(data[name]) for name in ("key", "title") if data.get(name))
        return Entry(
            "Link", "pass", f"{verb}{str(data.get('words', '')).lower()} {what}", quiet=True, path=str(data.get("path") or "")
        )

    return entry


TIMELINE: Mapping[str, Words] = {
    "incident.declared": _declared,
    "incident.set_up": said(lambda data: "room and state document are open", "Set up", "talk", quiet=True),
    "incident.state_changed": _state_changed,
    "incident.severity_changed": said(lambda data: f"Sev {data['old']} → Sev {data['new']}", "Severity", "flag"),
    "incident.severity_confirmed": said(lambda data: f"confirmed as Sev {data['severity']}", "Severity", "flag"),
    "incident.field_changed": _field,
    "incident.role_taken": _role_taken,
    "incident.role_released": said(lambda data: f"{data.get('name')} is no longer {role_words(data).lower()}", "Role", "flag"),
    "incident.member_added": said(lambda data: f"{data.get('name')} may see this incident", "Access", "lock", quiet=True),
    "incident.noted": _noted,
    "incident.team_paged": said(lambda data: f"{data.get('name')} called in", "Escalation", "up"),
    "incident.times_set": _times,
    "incident.alert_linked": said(
        lambda data: f"#{data['number']} {data['title']} belongs to this incident", "Alert", "bell", group="alerts"
    ),
    "incident.resolved": _resolved,
    "incident.assessed": _assessed,
    "incident.cause_suspected": _suspected,
    "incident.linked": _linked(""),
    "incident.unlinked": _linked("no longer "),
    "incident.responder_released": said(
        lambda data: f"{data.get('name')} is not needed, with thanks", "Escalation", "off", quiet=True
    ),
    "incident.prepared": said(_prepared, "Prepared", "note", quiet=True),
    "incident.role_offered": said(
        lambda data: f"{data.get('name')} is asked to be {role_words(data).lower()}", "Role", "flag", quiet=True
    ),
    "incident.offer_answered": _offer_answered,
    "incident.followed": said(lambda data: f"{data.get('name')} is told of it by mail", "Follower", "mail", quiet=True),
    "incident.unfollowed": said(lambda data: f"{data.get('name')} is told no more", "Follower", "mail", quiet=True),
    "incident.case_labelled": said(lambda data: f"{data.get('reference')} belongs to this incident", "Case", "tell", quiet=True),
    "incident.case_unlabelled": said(lambda data: f"{data.get('reference')} no longer belongs here", "Case", "tell", quiet=True),
    "incident.case_followed_up": said(
        lambda data: f"customer of {data.get('reference')} has {'' if data.get('done') else 'not '}heard how it ended",
        "Case",
        "tell",
        quiet=True,
    ),
    "incident.post_added": said(
        lambda data: f"{data.get('where')}, the {_nth(data.get('posts'))}", "Public post", "globe", quiet=True
    ),
    "incident.post_removed": said(lambda data: f"on {data.get('where')} is not about it", "Public post", "off", quiet=True),
    "incident.task_linked": said(lambda data: f"{data.get('title')}, {data.get('url')}", "Task", "clip", quiet=True),
    "incident.task_state_changed": said(lambda data: f"{data.get('title')} is {data.get('new')}", "Task", "done", quiet=True),
    "incident.task_unlinked": said(lambda data: f"{data.get('title')} no longer belongs here", "Task", "off", quiet=True),
    "incident.item_ticked": said(lambda data: f"{data['section']}: {data['text']}", "Checklist", "done", group="talk", quiet=True),
    "incident.item_skipped": said(lambda data: f"{data['text']}: {data['reason']}", "Skipped", "fork"),
    "incident.item_unticked": said(lambda data: f"open again: {data['text']}", "Checklist", "box", group="talk", quiet=True),
    "incident.primary_down": said(
        lambda data: f"primary {_kind(data)} is down, we use {data['name']} {data['link']}", "Backup", "pass"
    ),
    "incident.primary_up": said(lambda data: f"primary {_kind(data)} works again, we leave {data['name']}", "Backup", "back"),
    "incident.imported": _imported,
    **{name: told(one) for name, one in telling.TIMELINE.items()},
    "incident.change_logged": lambda data: None,  # the note that tells it has a line
    "message.posted": _message,
    "document.section_saved": said(
        lambda data: f"“{data.get('heading')}” saved, version {data.get('version')}", "Document", "note", group="talk", quiet=True
    ),
    "document.row_added": said(
        lambda data: f"{data.get('table')}: " + ", ".join(text for text in data.get("cells", {}).values() if text),
        "Document",
        "note",
        group="talk",
    ),
    "document.row_changed": said(
        lambda data: f"{data.get('table')}, now: " + ", ".join(text for text in data.get("cells", {}).values() if text),
        "Document",
        "note",
        group="talk",
    ),
}
