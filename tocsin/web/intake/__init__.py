"""The door for monitoring systems: checks, one commit for all who wait, then the answer."""

from tocsin.web.intake.door import intake, start, stop

__all__ = ("intake", "start", "stop")
