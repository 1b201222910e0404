"""The layers of a schedule: `schedule rotations`, `add-rotation`, `change-rotation`, `change-members` and `remove-rotation`."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from tocsin.cli.answers import NO, USAGE, fail, say, show_table
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import verb
from tocsin.cli.remote.rosters import ScheduleName, named, schedule

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))?(?: (\d\d:\d\d)-(\d\d:\d\d))?")

LayerName = Annotated[str, typer.Argument(metavar="LAYER", help="rot_… as `schedule rotations` shows it.", show_default=False)]
Turns = Annotated[
    list[str] | None,
    typer.Option("--member", help="Mail address; repeat in the order of turns. a@x.org+b@x.org share one, nobody is a turn too."),
]
StartsOn = Annotated[str | None, typer.Option("--starts-on", help="Day of the first hand-over: 2026-11-23.")]
Handover = Annotated[str | None, typer.Option("--handover", help="Wall time of the hand-over: 09:00.")]
Lengths = Annotated[list[int] | None, typer.Option("--length", help="Length of a turn; repeat for 4 and 3 days.")]
Unit = Annotated[str | None, typer.Option("--unit", help="hours, days, weeks or months.")]
Anchor = Annotated[str | None, typer.Option("--anchor", help="How months count: date, weekday or workday.")]
Hours = Annotated[
    list[str] | None,
    typer.Option("--hours", help="When the layer counts: `Mon-Fri 22:00-06:00` or `Sat-Sun`; repeat. `always` takes hours away."),
]
ByCalendar = Annotated[
    bool | None, typer.Option("--by-calendar/--by-hours", help="Whether shifts without an hour that counts take a turn too.")
]
LayerTitle = Annotated[str | None, typer.Option("--name")]
Zone = Annotated[str | None, typer.Option("--zone", help="The schedule's zone when left out.")]


def windows(texts: list[str] | None) -> list[dict[str, Any]] | None:
    """Hours of the week as the API takes them; None when nothing was said."""
    if texts is None:
        return None
    return [_window(text) for text in texts if text != "always"]


def _window(text: str) -> dict[str, Any]:
    read = _HOURS.fullmatch(text)
    first, last = (read[1], read[2] or read[1]) if read else ("", "")
    if read is None or first not in DAYS or last not in DAYS:
        fail(USAGE, f"--hours takes `Mon-Fri 22:00-06:00`, `Sat-Sun` or `always`; not {text!r}")
    begin, end = DAYS.index(first), DAYS.index(last)
    days = list(range(begin, end + 1)) if begin <= end else [*range(begin, 7), *range(end + 1)]
    return {"days": days, "from": read[3] or "00:00", "to": read[4] or "00:00"}


def turns(texts: list[str] | None) -> list[list[str]] | None:
    """One list for each turn, empty for `nobody`; None when nothing was said."""
    if texts is None:
        return None
    return [[] if text == "nobody" else [name.strip() for name in text.split("+")] for text in texts]


def _rows(answer: Any) -> None:
    columns = ("id", "name", "turns", "length", "hand-over", "hours", "zone")
    show_table(columns, [_row(one) for one in answer["items"]])


def _row(one: Any) -> list[str]:
    names = ", ".join(" + ".join(person["name"] for person in turn) or "nobody" for turn in one["members"])
    length = " and ".join(str(number) for number in one["lengths"]) + f" {one['unit']}"
    return [
        one["id"],
        one["name"],
        names,
        length,
        one["handover_time"][:5],
        "; ".join(_said(each) for each in one["windows"]),
        one["zone"],
    ]


def _said(window: Any) -> str:
    days = ",".join(DAYS[day] for day in sorted(window["days"]))
    return days if window["from"] == window["to"] else f"{days} {window['from']}-{window['to']}"


@verb(schedule, "rotations", _rows)
def list_rotations(api: Remote, wanted: ScheduleName) -> Any:
    """List the layers, the lowest first."""
    return api.get("schedules", wanted, "rotations")


@verb(schedule, "add-rotation", named)
def add_rotation(
    api: Remote,
    wanted: ScheduleName,
    member: Turns = None,
    starts_on: StartsOn = None,
    handover: Handover = None,
    length: Lengths = None,
    unit: Unit = None,
    anchor: Anchor = None,
    hours: Hours = None,
    by_calendar: ByCalendar = None,
    name: LayerTitle = None,
    zone: Zone = None,
) -> Any:
    """Add a layer: turns that change hands at a wall time, above the layers there are."""
    if not member or not starts_on:
        fail(USAGE, "a layer needs --member and --starts-on")
    given = {"starts_on": starts_on, "handover_time": handover or "09:00", "members": turns(member)}
    shape = {"lengths": length, "unit": unit, "anchor": anchor, "windows": windows(hours), "by_calendar": by_calendar}
    return api.post("schedules", wanted, "add-rotation", name=name, zone=zone, **given, **shape)


@verb(schedule, "change-rotation", lambda answer: _rows({"items": [answer]}))
def change_rotation(
    api: Remote,
    wanted: ScheduleName,
    layer: LayerName,
    member: Turns = None,
    starts_on: StartsOn = None,
    handover: Handover = None,
    length: Lengths = None,
    unit: Unit = None,
    anchor: Anchor = None,
    hours: Hours = None,
    by_calendar: ByCalendar = None,
    name: LayerTitle = None,
    zone: Zone = None,
) -> Any:
    """Change a layer from now on; what is left out stays."""
    given = {"starts_on": starts_on, "handover_time": handover, "members": turns(member), "name": name, "zone": zone}
    shape = {"lengths": length, "unit": unit, "anchor": anchor, "windows": windows(hours), "by_calendar": by_calendar}
    changed = {field: value for field, value in {**given, **shape}.items() if value is not None}
    return api.post("schedules", wanted, "rotations", layer, "change", **{**_present(api, wanted, layer), **changed})


def _present(api: Remote, wanted: str, layer: str) -> dict[str, Any]:
    """A layer as it is, in the shape the API takes."""
    found = [one for one in api.get("schedules", wanted, "rotations")["items"] if one["id"] == layer]
    if not found:
        fail(NO, f"the schedule has no layer {layer}; `tocsin schedule rotations {wanted}` lists them")
    present = {field: value for field, value in found[0].items() if field != "id"}
    return {**present, "members": [[person["id"] for person in turn] for turn in present["members"]]}


@verb(schedule, "change-members", lambda answer: _rows({"items": [answer]}))
def change_members(
    api: Remote,
    wanted: ScheduleName,
    layer: LayerName,
    since: Annotated[str, typer.Option("--since", help="In force from the first hand-over not before this day: 2026-12-01.")],
    member: Turns = None,
) -> Any:
    """Give a layer another list of members from a day on; turns before it do not move."""
    if not member:
        fail(USAGE, "say who has turns with --member")
    return api.post("schedules", wanted, "rotations", layer, "change-members", since=since, members=turns(member))


@verb(schedule, "remove-rotation", lambda answer: say("The layer has ended."))
def remove_rotation(api: Remote, wanted: ScheduleName, layer: LayerName) -> Any:
    """End a layer now; what was, stays."""
    return api.post("schedules", wanted, "rotations", layer, "remove")
