"""Who hears which event, which provider fills which port, what the engine runs. The one switchboard, one line each."""

from __future__ import annotations

from tocsin.core.eventlog import events, sealing
from tocsin.core.work import engine
from tocsin.core.work.engine import Module

MODULES: tuple[Module, ...] = (
    Module("clock", engine.synchronise, "clock", every=30.0),
    Module("seal", sealing.seal, "seal", alone=True),
    Module("checkpoint", engine.checkpoint, "checkpoint", every=2.0, alone=True),
)
"""What the engine runs, each in a thread of its own."""


def install() -> None:
    """Fill every port and wire every handler. Called once, when all rooms are loaded; calling it again changes nothing."""
    events.wire(())
