"""What is told of an incident, asked about it, written and learned from it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.core import clock
from tocsin.incidents import rules
from tocsin.incidents.catalogue.entries import Data, Entry, Words, said


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


TIMELINE: Mapping[str, Words] = {
    "update.published": _update,
    "update.held": said(_on_its_way, "Update", "tell", quiet=True),
    "update.taken_back": said(lambda data: "taken back before anybody read it", "Update", "tell", quiet=True),
    "update.refused": said(lambda data: f"not published: {data.get('why', '')}", "Update", "sev2"),
    "reading.asked": said(lambda data: f"{data.get('reader')} is asked to read a draft", "Draft", "eye", quiet=True),
    "reading.answered": said(_draft_read, "Draft", "eye"),
    "reading.withdrawn": said(lambda data: f"{data.get('reader')} need not read it any more", "Draft", "off", quiet=True),
    "update.due": _update_due,
    "update.left_open": said(
        lambda data: "; ".join(f"the {page} page stays open: {why}" for page, why in data.get("pages", {}).items()),
        "Update",
        "tell",
    ),
    "mirror.told": said(
        lambda data: f"{data.get('mirror')} carries what the {data.get('page')} page says", "Update", "globe", quiet=True
    ),
    "mirror.failed": said(
        lambda data: f"{data.get('mirror')} could not be told what the {data.get('page')} page says: {data.get('answer', '')}",
        "Update",
        "sev2",
    ),
    "mirror.retried": said(lambda data: f"{data.get('mirror')} is told again", "Update", "tell", quiet=True),
    "mirror.closed": said(lambda data: f"closed by hand on {data.get('mirror')}", "Update", "tell", quiet=True),
    "update.draft_kept": said(lambda data: f"kept, {next(iter(data['titles'].values()), '') or data['status']}", "Draft", "tell"),
    "blog.published": lambda data: Entry(
        "Blog post", "pen", str(data.get("title", "")), quiet=True, path=str(data.get("path", ""))
    ),
    "question.asked": said(
        lambda data: f"{data.get('name')} asks by mail: {data.get('text', '')}", "Question", "talk", group="talk"
    ),
    "question.answered": said(lambda data: f"to {data.get('name')}: {data.get('text', '')}", "Answer", "talk", group="talk"),
    "question.set_aside": said(lambda data: f"of {data.get('name')} is set aside", "Question", "talk", group="talk", quiet=True),
    "update.feedback_given": said(lambda data: str(data.get("text", "")), "Feedback", "talk", group="talk"),
    "postmortem.started": said(lambda data: f"begun, {data.get('owner_name')} owns it", "Postmortem", "pen"),
    "postmortem.state_changed": said(
        lambda data: f"{str(data.get('old')).replace('_', ' ')} → {str(data.get('new')).replace('_', ' ')}",
        "Postmortem",
        "pen",
        quiet=True,
    ),
    "review.started": said(
        lambda data: f"of how we spoke, led by {data.get('lead')}, {data.get('scribe')} writes", "Review", "pen", quiet=True
    ),
    "review.completed": said(
        lambda data: f"of how we spoke is done; regroup on {data.get('regroup_on')}", "Review", "pen", quiet=True
    ),
    "action.created": said(lambda data: f"x/{data.get('number')} {data.get('title')}", "Action", "done", quiet=True),
}
