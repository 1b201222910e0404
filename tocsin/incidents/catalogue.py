"""Events in words: one table for the timeline and one for the history.

`describe` gives what a line of the timeline says, `changes` what the history lists as old and new. Both take the name and the
data of an event and nothing else, so that they never ask the database; an event without an entry is not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core import clock
from tocsin.directory.rules import BACKUP_KINDS
from tocsin.incidents import assessing, rules
from tocsin.incidents.iterating import telling
from tocsin.incidents.iterating.telling import Told

Data = Mapping[str, Any]

ALERT_EVENTS = ("alert.triggered", "alert.acknowledged", "alert.resolved")
"""Events of linked alerts that belong to the incident's story too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the timeline says of an event. `group` is key, talk or alerts."""

    kind: str
    icon: str
    text: str
    group: str = "key"
    quiet: bool = False
    path: str = ""


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


def _state(word: Any) -> str:
    return rules.STATE_WORDS.get(str(word), str(word))


def _role(data: Data) -> str:
    label = rules.role_label(str(data.get("role", "")))
    return f"{label} for {data['about']}" if data.get("about") else label


def _declared(data: Data) -> Entry:
    drill = "a drill, " if data.get("drill") else ""
    numbers = [f"alert #{number}" for number in data.get("alerts", ())]
    origin = f", from {rules.joined(numbers)}" if numbers else ""
    return Entry("Declared", "flag", f"as {drill}Sev {data.get('severity')}{origin}. {data.get('summary', '')}")


def _role_taken(data: Data) -> Entry:
    before = f", after {data['old_name']}" if data.get("old_name") else ""
    return Entry("Role", "flag", f"{data.get('name')} is {_role(data).lower()}{before}")


def _offer_answered(data: Data) -> Entry | None:
    """Whoever accepted has a line already."""
    said = {"declined": "does not become", "withdrawn": "is not asked any more to be"}.get(str(data.get("answer")))
    return Entry("Role", "flag", f"{data.get('name')} {said} {_role(data).lower()}", quiet=True) if said else None


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
    text = f"{_state(data['old'])} → {_state(data['new'])}"
    return Entry("Status", "flag", text, quiet=data["new"] == rules.RESOLVED)


def _assessed(data: Data) -> Entry | None:
    """That it began with a change is told by the line of the change."""
    if data.get("answers") and not _told_answers(data):
        return None
    words = [f"{assessing.FIELDS[name].lower()}: {assessing.in_words(name, one['new'])}" for name, one in _told_answers(data)]
    return Entry("Assessed", "eye", "; ".join(words) or "nothing is known yet")


def _answers(data: Data) -> list[tuple[str, Any]]:
    answers = data.get("answers") or {}
    return [(name, answers[name]) for name in assessing.FIELDS if name in answers]


def _told_answers(data: Data) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in _answers(data) if name != "coincides" or one["new"] == "no"]


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


def _stopped(data: Data) -> Entry | None:
    """Whoever acknowledged has a line already."""
    reason = data.get("reason", "no longer needed")
    return None if reason == "acknowledged" else Entry("Page", "off", f"paging stopped, {reason}", "alerts", quiet=True)


def _sent(data: Data) -> Entry:
    by = f" by {data['channel']}" if data.get("channel") else ""
    return Entry("Page", "mail", f"{data.get('name', 'Somebody')} was sent a page{by}", "alerts", quiet=True)


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


def _update(data: Data) -> Entry:
    pages = rules.joined([str(page) for page in data.get("pages", ())]) or "status"
    titles = data.get("titles") or {}
    title = next(iter(titles.values()), "")
    words = f"{str(data.get('status', '')).capitalize()} on the {pages} page"
    lists = [str(name) for name in data.get("lists", ())]
    mailed = f" (mailed to {rules.joined(lists)})" if lists else ""
    return Entry("Update", "tell", f"{words}{': ' + title if title else ''}{mailed}{_read_before(data)}")


def _read_before(data: Data) -> str:
    read, unread = (rules.joined([str(name) for name in data.get(which, ())]) for which in ("read_by", "unread_by"))
    return (f" (read before by {read})" if read else "") + (f" (not read before by {unread}, who was asked)" if unread else "")


def _on_its_way(data: Data) -> str:
    where = " and ".join({"internal": "inside", "external": "to customers"}.get(page, page) for page in data.get("pages", ()))
    when = f"at {clock.parse(str(data['due_at'])):%H:%M UTC}" if data.get("scheduled") else "in a moment"
    return f"confirmed, goes out {where} {when}"


def _draft_read(data: Data) -> str:
    verb = "approves" if data.get("verdict") == "approved" else "comments on"
    said = f": {data['comment']}" if data.get("comment") else ""
    return f"{data.get('reader')} {verb} the draft of {data.get('author')}{said}"


def _update_due(data: Data) -> Entry:
    what = "first words" if data.get("first") else "next words"
    where = "to customers" if data.get("page") == "external" else "to the company"
    at = f"{clock.parse(str(data['due_at'])):%H:%M UTC}" if data.get("due_at") else ""
    verb = {"before": f"due at {at}", "due": "due now"}.get(str(data.get("step")), f"overdue since {at}")
    return Entry("Due", "clock", f"{what} {where} are {verb}", quiet=data.get("step") != "late")


def _call_failed(data: Data) -> Entry:
    rest = "and is not tried again" if data.get("final") else "and is tried again"
    words = f"webhook {data.get('name')} could not be called {rest}: {data.get('answer', '')}"
    return Entry("Page", "sev2", words, group="alerts", quiet=not data.get("final"))


def _message(data: Data) -> Entry | None:
    """A typed note has a line of its own."""
    return None if data.get("kind") else Entry("", "talk", str(data.get("text", "")), "talk")


def _page(verb: str, *, icon: str = "bell", quiet: bool = True) -> Callable[[Data], Entry]:
    def entry(data: Data) -> Entry:
        who = data.get("person_name") or data.get("name") or "Somebody"
        reason = data.get("error") or data.get("reason") or ""
        return Entry("Page", icon, f"{who} {verb}{': ' + str(reason) if reason and not quiet else ''}", group="alerts", quiet=quiet)

    return entry


def _alert(verb: str) -> Callable[[Data], Entry]:
    def entry(data: Data) -> Entry:
        return Entry(
            "Alert", "bell", f"#{data.get('number')} {data.get('title', '')} {verb}", "alerts", True, str(data.get("path", ""))
        )

    return entry


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


def _said(text: Callable[[Data], str], kind: str, icon: str, **more: Any) -> Callable[[Data], Entry]:
    return lambda data: Entry(kind, icon, text(data), **more)


def _told(one: Told) -> Callable[[Data], Entry]:
    return lambda data: Entry(one.kind if isinstance(one.kind, str) else one.kind(data), one.icon, one.text(data), quiet=one.quiet)


_TIMELINE: Mapping[str, Callable[[Data], Entry | None]] = {
    "incident.declared": _declared,
    "incident.set_up": _said(lambda data: "room and state document are open", "Set up", "talk", quiet=True),
    "incident.state_changed": _state_changed,
    "incident.severity_changed": _said(lambda data: f"Sev {data['old']} → Sev {data['new']}", "Severity", "flag"),
    "incident.severity_confirmed": _said(lambda data: f"confirmed as Sev {data['severity']}", "Severity", "flag"),
    "incident.field_changed": _field,
    "incident.role_taken": _role_taken,
    "incident.role_released": _said(lambda data: f"{data.get('name')} is no longer {_role(data).lower()}", "Role", "flag"),
    "incident.member_added": _said(lambda data: f"{data.get('name')} may see this incident", "Access", "lock", quiet=True),
    "incident.noted": _noted,
    "incident.team_paged": _said(lambda data: f"{data.get('name')} called in", "Escalation", "up"),
    "incident.times_set": _times,
    "incident.alert_linked": _said(
        lambda data: f"#{data['number']} {data['title']} belongs to this incident", "Alert", "bell", group="alerts"
    ),
    "incident.resolved": _resolved,
    "incident.assessed": _assessed,
    "incident.cause_suspected": _suspected,
    "incident.linked": _linked(""),
    "incident.unlinked": _linked("no longer "),
    "incident.responder_released": _said(
        lambda data: f"{data.get('name')} is not needed, with thanks", "Escalation", "off", quiet=True
    ),
    "incident.prepared": _said(_prepared, "Prepared", "note", quiet=True),
    "incident.role_offered": _said(
        lambda data: f"{data.get('name')} is asked to be {_role(data).lower()}", "Role", "flag", quiet=True
    ),
    "incident.offer_answered": _offer_answered,
    "incident.followed": _said(lambda data: f"{data.get('name')} is told of it by mail", "Follower", "mail", quiet=True),
    "incident.unfollowed": _said(lambda data: f"{data.get('name')} is told no more", "Follower", "mail", quiet=True),
    "incident.case_labelled": _said(lambda data: f"{data.get('reference')} belongs to this incident", "Case", "tell", quiet=True),
    "incident.case_unlabelled": _said(lambda data: f"{data.get('reference')} no longer belongs here", "Case", "tell", quiet=True),
    "incident.case_followed_up": _said(
        lambda data: f"customer of {data.get('reference')} has {'' if data.get('done') else 'not '}heard how it ended",
        "Case",
        "tell",
        quiet=True,
    ),
    "incident.post_added": _said(
        lambda data: f"{data.get('where')}, the {_nth(data.get('posts'))}", "Public post", "globe", quiet=True
    ),
    "incident.post_removed": _said(lambda data: f"on {data.get('where')} is not about it", "Public post", "off", quiet=True),
    "incident.task_linked": _said(lambda data: f"{data.get('title')}, {data.get('url')}", "Task", "clip", quiet=True),
    "incident.task_state_changed": _said(lambda data: f"{data.get('title')} is {data.get('new')}", "Task", "done", quiet=True),
    "incident.task_unlinked": _said(lambda data: f"{data.get('title')} no longer belongs here", "Task", "off", quiet=True),
    "incident.item_ticked": _said(lambda data: f"{data['section']}: {data['text']}", "Checklist", "done", group="talk", quiet=True),
    "incident.item_skipped": _said(lambda data: f"{data['text']}: {data['reason']}", "Skipped", "fork"),
    "incident.item_unticked": _said(lambda data: f"open again: {data['text']}", "Checklist", "box", group="talk", quiet=True),
    "incident.primary_down": _said(
        lambda data: f"primary {_kind(data)} is down, we use {data['name']} {data['link']}", "Backup", "pass"
    ),
    "incident.primary_up": _said(lambda data: f"primary {_kind(data)} works again, we leave {data['name']}", "Backup", "back"),
    "incident.imported": _imported,
    **{name: _told(one) for name, one in telling.TIMELINE.items()},
    "incident.change_logged": lambda data: None,  # the note that tells it has a line
    "message.posted": _message,
    "document.section_saved": _said(
        lambda data: f"“{data.get('heading')}” saved, version {data.get('version')}", "Document", "note", group="talk", quiet=True
    ),
    "document.row_added": _said(
        lambda data: f"{data.get('table')}: " + ", ".join(text for text in data.get("cells", {}).values() if text),
        "Document",
        "note",
        group="talk",
    ),
    "document.row_changed": _said(
        lambda data: f"{data.get('table')}, now: " + ", ".join(text for text in data.get("cells", {}).values() if text),
        "Document",
        "note",
        group="talk",
    ),
    "update.published": _update,
    "update.held": _said(_on_its_way, "Update", "tell", quiet=True),
    "update.taken_back": _said(lambda data: "taken back before anybody read it", "Update", "tell", quiet=True),
    "update.refused": _said(lambda data: f"not published: {data.get('why', '')}", "Update", "sev2"),
    "reading.asked": _said(lambda data: f"{data.get('reader')} is asked to read a draft", "Draft", "eye", quiet=True),
    "reading.answered": _said(_draft_read, "Draft", "eye"),
    "reading.withdrawn": _said(lambda data: f"{data.get('reader')} need not read it any more", "Draft", "off", quiet=True),
    "update.due": _update_due,
    "update.left_open": _said(
        lambda data: "; ".join(f"the {page} page stays open: {why}" for page, why in data.get("pages", {}).items()),
        "Update",
        "tell",
    ),
    "mirror.told": _said(
        lambda data: f"{data.get('mirror')} carries what the {data.get('page')} page says", "Update", "globe", quiet=True
    ),
    "mirror.failed": _said(
        lambda data: f"{data.get('mirror')} could not be told what the {data.get('page')} page says: {data.get('answer', '')}",
        "Update",
        "sev2",
    ),
    "mirror.retried": _said(lambda data: f"{data.get('mirror')} is told again", "Update", "tell", quiet=True),
    "mirror.closed": _said(lambda data: f"closed by hand on {data.get('mirror')}", "Update", "tell", quiet=True),
    "update.draft_kept": _said(lambda data: f"kept, {next(iter(data['titles'].values()), '') or data['status']}", "Draft", "tell"),
    "blog.published": lambda data: Entry(
        "Blog post", "pen", str(data.get("title", "")), quiet=True, path=str(data.get("path", ""))
    ),
    "question.asked": _said(
        lambda data: f"{data.get('name')} asks by mail: {data.get('text', '')}", "Question", "talk", group="talk"
    ),
    "question.answered": _said(lambda data: f"to {data.get('name')}: {data.get('text', '')}", "Answer", "talk", group="talk"),
    "question.set_aside": _said(lambda data: f"of {data.get('name')} is set aside", "Question", "talk", group="talk", quiet=True),
    "update.feedback_given": _said(lambda data: str(data.get("text", "")), "Feedback", "talk", group="talk"),
    "postmortem.started": _said(lambda data: f"begun, {data.get('owner_name')} owns it", "Postmortem", "pen"),
    "postmortem.state_changed": _said(
        lambda data: f"{str(data.get('old')).replace('_', ' ')} → {str(data.get('new')).replace('_', ' ')}",
        "Postmortem",
        "pen",
        quiet=True,
    ),
    "review.started": _said(
        lambda data: f"of how we spoke, led by {data.get('lead')}, {data.get('scribe')} writes", "Review", "pen", quiet=True
    ),
    "review.completed": _said(
        lambda data: f"of how we spoke is done; regroup on {data.get('regroup_on')}", "Review", "pen", quiet=True
    ),
    "action.created": _said(lambda data: f"x/{data.get('number')} {data.get('title')}", "Action", "done", quiet=True),
    "page.created": _page("is paged"),
    "page.sent": _sent,
    "page.failed": _page("could not be reached", quiet=False),
    "page.undelivered": _page("could not be reached", quiet=False),
    "page.acknowledged": _page("acknowledged", icon="ack", quiet=False),
    "webhook.called": _said(lambda data: f"webhook {data.get('name')} was called", "Page", "pass", group="alerts", quiet=True),
    "webhook.call_failed": _call_failed,
    "escalation.exhausted": _said(lambda data: "nobody has answered yet, it starts again", "Escalation", "up", group="alerts"),
    "escalation.stopped": _stopped,
    "alert.triggered": _alert("triggered"),
    "alert.acknowledged": _alert("acknowledged"),
    "alert.resolved": _alert("resolved"),
}
NAMES = tuple(_TIMELINE)
"""Every event that has words."""


def describe(name: str, data: Data) -> Entry | None:
    """What the timeline says of this event, None when it says nothing."""
    entry = _TIMELINE.get(name)
    return entry(data) if entry else None


Change = tuple[str, Any, Any]
"""What changed, its old value, its new value."""


def changes(name: str, data: Data) -> list[Change]:
    """The changes an event stands for: several for times, none for talk."""
    listed = _CHANGES.get(name)
    if listed:
        return listed(data)
    entry = describe(name, data) if name.startswith(("page.", "incident.", "escalation.")) or name == "update.published" else None
    return [(entry.kind, "", entry.text)] if entry else []


def _role_change(data: Data) -> list[Change]:
    return [(_role(data), data.get("old_name") or "", data.get("name"))]


def _time_changes(data: Data) -> list[Change]:
    unknown = data.get("unknown", ())
    return [
        (rules.TIMES[name].capitalize(), data[name]["old"], "unknown" if name in unknown else data[name]["new"])
        for name in rules.TIMES
        if name in data
    ]


_CHANGES: Mapping[str, Callable[[Data], list[Change]]] = {
    "incident.state_changed": lambda data: [("State", _state(data["old"]), _state(data["new"]))],
    "incident.severity_changed": lambda data: [("Severity", f"Sev {data['old']}", f"Sev {data['new']}")],
    "incident.field_changed": lambda data: [(FIELDS.get(data["field"], data["field"]), data.get("old"), data.get("new"))],
    "incident.role_taken": _role_change,
    "incident.role_released": lambda data: [(_role(data), data.get("name"), "")],
    "incident.times_set": _time_changes,
    "incident.assessed": lambda data: [
        (assessing.FIELDS[name], assessing.in_words(name, one["old"]), assessing.in_words(name, one["new"]))
        for name, one in _answers(data)
    ],
}
