"""Filters and tags of every template: times in the reader's zone, severities, states, icons.

Built in: templates need no `{% load %}`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tocsin.core import clock as core_clock
from tocsin.directory.rules import BACKUP_KINDS
from tocsin.incidents import rules as incident_rules
from tocsin.web.frame import assets, places, reader, symbols, words

register = template.Library()


# --- times ---


@register.filter
def clock(instant: dt.datetime | None) -> str:
    """`02:14` today, `Fri 20 Nov, 18:00` on another day, with the year when it is another one."""
    if instant is None:
        return ""
    here = reader.present()
    return _time(instant, words.clock(instant, here.zone, here.now, here.calendar))


@register.filter
def near(instant: dt.datetime | None) -> str:
    """`02:14` today, `Fri 18:00` within six days, else with the date."""
    here = reader.present()
    return _time(instant, words.near(instant, here.zone, here.now)) if instant else ""


@register.filter
def hm(instant: dt.datetime | None) -> str:
    """`02:14`, whatever the day: for logs that name the day themselves."""
    return _time(instant, words.hour(instant, reader.present().zone)) if instant else ""


@register.filter
def after(instant: dt.datetime | None, start: dt.datetime) -> str:
    """The end of something that began at `start`: `04:00` on the same day, else with the day."""
    zone = reader.present().zone
    if instant is None or instant.astimezone(zone).date() != start.astimezone(zone).date():
        return clock(instant)
    return hm(instant)


@register.filter
def day(instant: dt.datetime | None) -> str:
    """`today`, `tomorrow`, `Fri 20 Nov`."""
    if instant is None:
        return ""
    here = reader.present()
    return _time(instant, words.day(instant, here.zone, here.now, here.calendar))


@register.filter
def full(instant: dt.datetime | None) -> str:
    """`Thu 19 Nov, 02:41`, always with the day."""
    here = reader.present()
    return _time(instant, words.full(instant, here.zone, here.now, here.calendar)) if instant else ""


@register.filter
def spoken(value: object) -> object:
    """What a field held: an instant as `full` says it, anything else as it is."""
    return full(value) if isinstance(value, dt.datetime) else value


@register.filter
def age(instant: dt.datetime | None) -> str:
    """`12 s ago`, `in 3 min`."""
    if instant is None:
        return ""
    return _time(instant, words.age(instant, reader.present().now), mark_safe(" data-age"))


@register.filter
def until(instant: dt.datetime | None) -> str:
    """How long until then, without "in": `39 h`."""
    return words.span(instant - reader.present().now) if instant else ""


@register.filter
def seconds(instant: dt.datetime | None) -> str:
    """`02:41:07`."""
    return _time(instant, f"{instant.astimezone(reader.present().zone):%H:%M:%S}") if instant else ""


@register.filter
def since(instant: dt.datetime | None) -> str:
    """How long ago, without "ago": `27 min`."""
    return words.span(reader.present().now - instant) if instant else ""


@register.filter
def span(length: dt.timedelta | float | None) -> str:
    """A length of time, from a timedelta or seconds: `40 s`, `27 min`, `39 h`, `3 d`."""
    if length is None:
        return ""
    return words.span(length if isinstance(length, dt.timedelta) else dt.timedelta(seconds=float(length)))


@register.filter
def local(instant: dt.datetime | None, zone: str) -> str:
    """`10:41` on the wall of another zone: `{{ now|local:person.zone }}`."""
    return words.hour(instant, reader.known_zone(zone)) if instant else ""


@register.filter
def machine(instant: dt.datetime | None) -> str:
    """RFC 3339, UTC."""
    return core_clock.rfc3339(instant) if instant else ""


@register.filter
def city(zone: str) -> str:
    """`Europe/Vienna` as `Vienna`, `America/New_York` as `New York`."""
    return words.city(zone)


@register.filter
def week_hours(windows: Iterable[Mapping[str, Any]]) -> str:
    """`Mon–Fri 22:00–06:00, Sat–Sun`: the hours in which a layer or a step counts."""
    return words.week_hours(windows)


@register.simple_tag
def zone() -> str:
    """The reader's zone as a place: `Vienna`."""
    return words.city(reader.present().zone.key)


def _time(instant: dt.datetime, text: str, extra: str = "") -> SafeString:
    """Written out directly: some pages show hundreds of times, and only the words can hold what must be escaped."""
    machine = core_clock.rfc3339(instant.replace(microsecond=0))
    title = words.universal(instant, reader.present().calendar)
    return mark_safe(f'<time datetime="{machine}" title="{title}"{extra}>{escape(text)}</time>')  # noqa: S308


# --- shapes with words ---


@register.simple_tag
def administration(path: str) -> list[tuple[str, str, bool]]:
    """The pages of administrators: name, address, and whether the reader is there."""
    return [(name, place, places.stands_at(path, place)) for name, place in places.ADMINISTRATION]


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite. Never without its word beside it."""
    reader.present().symbols.add(name)
    solid = " solid" if name in symbols.SOLID else ""
    return format_html('<svg class="i{}" aria-hidden="true"><use href="#{}"/></svg>', solid, name)


@register.simple_tag
def sprite() -> SafeString:
    """The symbols that this page used, once, at its end."""
    return symbols.sprite(reader.present().symbols)


@register.simple_tag
def sev(number: int | str | None, text: str = "") -> SafeString:
    """Severity as shape and word: `{% sev 1 %}` or `{% sev 1 "1 Sev 1" %}`."""
    if number in (None, ""):
        return mark_safe('<span class="dim">unknown</span>')
    return format_html('<span class="sev sev{}">{}{}</span>', number, icon(f"sev{number}"), text or f"Sev {number}")


@register.simple_tag
def st(status: str, text: str = "") -> SafeString:
    """State as shape and word: alert, page, incident, action and attempt states; `{% st "gap" "Nobody" %}`."""
    state = words.STATES.get(status, words.State("st off", "off", status.replace("_", " ").capitalize()))
    return format_html('<span class="{}">{}{}</span>', state.classes, icon(state.shape), text or state.word)


@register.simple_tag
def urgency(value: str) -> SafeString:
    """What an alert does: pages at once, pages gently, or is only recorded."""
    kind, shape, word = words.URGENCIES[value]
    return format_html('<span class="sev {}">{}{}</span>', kind, icon(shape), word)


# --- words ---


@register.simple_tag
def plural(count: int, one: str, many: str = "") -> str:
    """`{% plural 3 "alert" %}` is `3 alerts`, `{% plural 1 "alert" %}` is `1 alert`."""
    return words.plural(count, one, many)


@register.simple_tag
def spelled(count: int, one: str, many: str = "") -> str:
    """`{% spelled 3 "alert" %}` is `Three alerts`, to begin a sentence."""
    return words.spelled(count, one, many)


@register.filter
def kind_words(kind: str) -> str:
    """A kind of backup system in words: `state_document` is `incident state document`."""
    return BACKUP_KINDS.get(kind, kind).lower()


@register.filter
def listed(names: Any) -> str:
    """`Ana, Ben and Mei`."""
    return words.listed([str(name) for name in names])


@register.filter
def role(name: str) -> str:
    """What a role in an incident is called."""
    return incident_rules.role_label(name)


# --- the page ---


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, with a mark that changes when the file does."""
    return f"{static(path)}?v={assets.mark(path)}"


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str, prefix: str) -> SafeString:
    """` aria-current="page"` on the link to the part of the house we are in: what the view calls `here`, else by address."""
    path = context["request"].path
    here = context.get("here")
    by_address = path == prefix if prefix == "/" else path.startswith(prefix)
    current = here == name if here else by_address
    return mark_safe(' aria-current="page"') if current else mark_safe("")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """This page's address with some of its query changed; None removes."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return "?" + params.urlencode()
