"""Alerts, and whom they and the incident called, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tocsin.incidents.catalogue.entries import Data, Entry, Words, said

ALERT_EVENTS = ("alert.triggered", "alert.acknowledged", "alert.resolved")
"""Events of linked alerts that belong to the incident's story too."""


def _stopped(data: Data) -> Entry | None:
    """Whoever acknowledged has a line already."""
    reason = data.get("reason", "no longer needed")
    return None if reason == "acknowledged" else Entry("Page", "off", f"paging stopped, {reason}", "alerts", quiet=True)


def _sent(data: Data) -> Entry:
    by = f" by {data['channel']}" if data.get("channel") else ""
    return Entry("Page", "mail", f"{data.get('name', 'Somebody')} was sent a page{by}", "alerts", quiet=True)


def _call_failed(data: Data) -> Entry:
    rest = "and is not tried again" if data.get("final") else "and is tried again"
    words = f"webhook {data.get('name')} could not be called {rest}: {data.get('answer', '')}"
    return Entry("Page", "sev2", words, group="alerts", quiet=not data.get("final"))


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


TIMELINE: Mapping[str, Words] = {
    "page.created": _page("is paged"),
    "page.sent": _sent,
    "page.failed": _page("could not be reached", quiet=False),
    "page.undelivered": _page("could not be reached", quiet=False),
    "page.acknowledged": _page("acknowledged", icon="ack", quiet=False),
    "webhook.called": said(lambda data: f"webhook {data.get('name')} was called", "Page", "pass", group="alerts", quiet=True),
    "webhook.call_failed": _call_failed,
    "escalation.exhausted": said(lambda data: "nobody has answered yet, it starts again", "Escalation", "up", group="alerts"),
    "escalation.stopped": _stopped,
    "alert.triggered": _alert("triggered"),
    "alert.acknowledged": _alert("acknowledged"),
    "alert.resolved": _alert("resolved"),
}
