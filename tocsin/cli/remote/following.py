"""`incident follow-up` and what belongs to it: tasks elsewhere, the last words of the status pages."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tocsin.cli.answers import say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.command import Key, LeftOpen, reasons
from tocsin.cli.remote.declare import line, table, verb
from tocsin.cli.remote.rooms import incident

Task = Annotated[str, typer.Argument(metavar="TASK", help="Its id, as tasks lists it.", show_default=False)]

_task = line("{title} is {state}: {address}")


def _left(answer: Any) -> None:
    """What is not done, a line each."""
    left = answer["left"]
    say(f"{answer['incident']}: {'nothing is left' if not left else f'{left} left'}")
    for entry in answer["entries"]:
        say(f"{entry['page']} page still says “{entry['title']}”: {entry['why'] or 'nobody has said why'}")
    written = answer["postmortem"]
    if written:
        say(f"postmortem {written['state'].replace('_', ' ')}, {written['owner']['name']} owns it")
    for action in answer["actions"]:
        say(f"x/{action['number']} {action['state']}: {action['title']} ({action['owner']['name']}, due {action['due_on']})")
    for task in answer["tasks"]:
        say(f"{task['id']} {task['state']}: {task['title']} {task['address']}")
    for case in answer["cases"]:
        say(f"{case['reference']} {case['customer']} {'has heard' if case['followed_up_at'] else 'has not heard'} how it ended")


@verb(incident, "follow-up", _left)
def follow_up(api: Remote, wanted: Key) -> Any:
    """What is left to do after an incident: postmortem, actions, tasks elsewhere, customers, status pages."""
    return api.get("incidents", wanted, "follow-up")


@verb(incident, "tasks", table("id", "state", "title", "address", "state_by"))
def list_tasks(api: Remote, wanted: Key) -> Any:
    """Tasks in other trackers that clean up after an incident."""
    return api.listed("incidents", wanted, "tasks", limit=1000)


@verb(incident, "link-task", _task)
def link_task(
    api: Remote,
    wanted: Key,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where the task is, https://.", show_default=False)],
    title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False)],
) -> Any:
    """Link a task in another tracker to an incident."""
    return api.post("incidents", wanted, "link-task", address=address, title=title)


@verb(incident, "complete-task", _task)
def complete_task(api: Remote, wanted: Key, task: Task) -> Any:
    """A task elsewhere is done."""
    return api.post("incidents", wanted, "tasks", task, "complete")


@verb(incident, "reopen-task", _task)
def reopen_task(api: Remote, wanted: Key, task: Task) -> Any:
    """A task elsewhere is not done after all."""
    return api.post("incidents", wanted, "tasks", task, "reopen")


@verb(incident, "unlink-task", line("the task does not belong there any more"))
def unlink_task(api: Remote, wanted: Key, task: Task) -> Any:
    """A task elsewhere does not belong to the incident after all."""
    return api.post("incidents", wanted, "tasks", task, "unlink")


def _closed(answer: Any) -> None:
    for update in answer["updates"]:
        say(f"{update['page']}: {update['title']}")
    if not answer["updates"]:
        say("nothing was left to close")


@verb(incident, "close-updates", _closed)
def close_updates(api: Remote, wanted: Key, leave_open: LeftOpen = None) -> Any:
    """Close what every status page still says of an incident, with the drafted last words."""
    return api.post("incidents", wanted, "close-updates", leave_open=reasons(leave_open))


def _reports(answer: Any) -> None:
    for one in answer["items"]:
        say(f"{one['name']}: {one['words']} (as of {one['as_of'] or 'never'})")
        for report in one["reports"]:
            say(f"  {report['title']} {report['status']}".rstrip())
    if not answer["items"]:
        say("no vendor behind it reports anything")


@verb(incident, "vendor-reports", _reports)
def vendor_reports(api: Remote, wanted: Key) -> Any:
    """What the vendors report that the faulty service cannot do without; of all vendors while the service is unknown."""
    return api.get("incidents", wanted, "vendor-reports")


@verb(incident, "followers", table("id", "name"))
def list_followers(api: Remote, wanted: Key) -> Any:
    """Who is told by mail what is published inside."""
    return api.listed("incidents", wanted, "followers", limit=1000)


@verb(incident, "follow", line("you are told what is published of {key}"))
def follow(api: Remote, wanted: Key) -> Any:
    """Be told by mail what is published inside."""
    return api.post("incidents", wanted, "follow")


@verb(incident, "unfollow", line("you are not told of {key} any more"))
def unfollow(api: Remote, wanted: Key) -> Any:
    """Be told no more."""
    return api.post("incidents", wanted, "unfollow")
