"""The live door: server-sent events by position in the event log, for pages that are looked at."""

from tocsin.web.live.door import Live

__all__ = ("Live",)
