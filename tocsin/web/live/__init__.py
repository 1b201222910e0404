"""The live door: server-sent events by position in the event log, for pages that are looked at."""

from tocsin.web.live.door import Live, live

start, stop, close = live.start, live.stop, live.close
"""The life of this process's door. `close` ends the open streams, so that a server that waits for them can finish."""

__all__ = ("Live", "close", "live", "start", "stop")
