"""Words of a page's own language around what somebody wrote. Built in: templates need no `{% load %}`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tocsin.core import clock
from tocsin.statuspages.maintenance import saying
from tocsin.statuspages.maintenance.repeating import Repeat
from tocsin.statuspages.words import Words
from tocsin.web.frame import reader, words

register = template.Library()


@register.filter
def said(pattern: str, value: object) -> SafeString:
    """What a language says around a value: `{{ words.more|said:3 }}` is `and 3 more`."""
    return format_html(pattern, value)


@register.filter
def repeated(said: Words, repeat: Repeat) -> str:
    """How planned work comes again, in the words of a page."""
    return saying.in_words(repeat, said)


@register.filter
def both(pattern: str, value: str) -> SafeString:
    """The same with another value to come: `{{ words.began|both:"Resolved"|said:at }}`."""
    before, _, after = pattern.partition("{}")
    held = conditional_escape(value).replace("{", "{{").replace("}", "}}")
    return mark_safe(f"{before}{held}{after}")  # noqa: S308  the pattern is ours, the value is escaped


@register.filter
def at(table: Mapping[str, str], name: str) -> str:
    """What stands there under a name that is itself a value: `{{ words.statuses|at:update.status }}`."""
    return table[name]


@register.filter
def instant(moment: dt.datetime, text: str) -> SafeString:
    """A text for people around the machine's time of a moment, which says itself in UTC on demand."""
    universal = words.universal(moment, reader.present().calendar)
    return format_html('<time datetime="{}" title="{}">{}</time>', clock.rfc3339(moment), universal, text)
