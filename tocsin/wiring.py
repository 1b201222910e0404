"""Who hears which event, which provider fills which port, what the engine runs. The one switchboard, one line each."""

from __future__ import annotations

from tocsin.core.eventlog import events


def install() -> None:
    """Fill every port and wire every handler. Called once, when all rooms are loaded; calling it again changes nothing."""
    events.wire(())
