"""Structured logs that never hold a secret and never hold anything up.

Lines go through a bounded queue to a thread of their own: a full disk or a reader that stopped costs lines, not pages. They are
JSON when the output is not a terminal. Every value passes `redact` first.
"""

from __future__ import annotations

import atexit
import logging
import queue
import re
import sys
import threading
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from tocsin.core import clock
from tocsin.core.observe import metrics

HIDDEN = "[hidden]"
_ROOM = 10_000
_LONGEST = 20_000
_SECRET_NAMES = re.compile(
    r"(passw|secret|token|authori[sz]ation|cookie|csrf|api_?key|private_?key|credential|session_?(id|key))", re.IGNORECASE
)
_BEFORE_SECRETS = (
    "in|ack|setup|start/mail|invite|link|join|reset|verify|embed|leave-list|unsubscribe|subscription|status/s|calendar|feeds?"
)
"""The parts of addresses that a secret follows."""
_IN_TEXT = (
    (
        re.compile(rf"(/(?:{_BEFORE_SECRETS})/)[^/\s\"'?#]{{6,}}"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(bearer|basic|digest|genie-?key|token)\s+[A-Za-z0-9+/=_.~:-]{6,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(r"(?i)\b(authorization|proxy-authorization|cookie|set-cookie|x-gotify-key)(['\"]?\s*[:=]\s*)[^\r\n]+"),
        rf"\1\2{HIDDEN}",
    ),
    (
        re.compile(r"(?i)\b(password|passwd|secret|secret_key|token|api_?key)(['\"]?\s*[=:]\s*['\"]?)[^\s,;&'\"})\]]+"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s:@]*:[^/\s@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\b[A-Za-z0-9_-]{43}\b"), HIDDEN),
)
"""The last one is the shape of our own tokens: 256 bits in URL-safe base 64."""


def redact_text(text: str) -> str:
    """The text, at most 20,000 characters of it, with everything that looks like a secret hidden."""
    text = text[:_LONGEST]
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def redact(value: Any, *, depth: int = 6) -> Any:
    """The value with secrets hidden: by the name they stand under, and by their look."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict) and depth:
        return {name: HIDDEN if _names_secret(name) else redact(item, depth=depth - 1) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [redact(item, depth=depth - 1) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(str(value))


def _names_secret(name: Any) -> bool:
    return _SECRET_NAMES.search(str(name)) is not None


def _redacted(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: HIDDEN if _names_secret(name) else redact(item) for name, item in event.items()}


def _timed(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["at"] = clock.rfc3339(clock.now())
    return event


class _Writer:
    """A thread that writes lines as fast as the stream takes them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(_ROOM)
        self._thread = threading.Thread(target=self._run, daemon=True, name="log")
        self._thread.start()

    def put(self, line: str) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            metrics.LOG_DROPPED.inc()

    def close(self) -> None:
        """Write what is left, for at most a second."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(1.0)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
            except (OSError, ValueError):
                metrics.LOG_DROPPED.inc()


class _Logger:
    """What structlog writes to."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer

    def msg(self, message: str) -> None:
        self._writer.put(message)

    log = debug = info = warning = error = critical = exception = fatal = msg


class _Standard(logging.Handler):
    """Lines of libraries that log in Python's own way, made structured. Tracebacks of ours come as well."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            target = structlog.get_logger(record.name)
            name = record.levelname.lower() if record.levelname.lower() in {"debug", "info", "warning", "error"} else "error"
            getattr(target, name)(record.getMessage(), logger=record.name, exc_info=record.exc_info or None)
        except Exception:  # noqa: S110  (a broken log line must not break its author)
            pass


_writer: _Writer | None = None


def configure(level: str, *, stream: TextIO | None = None, terminal: bool | None = None) -> None:
    """Set up logging for this process; called once by the composition root. `level` as in `TOCSIN_LOG`."""
    global _writer
    stream = stream or sys.stderr
    terminal = stream.isatty() if terminal is None else terminal
    if _writer is None:
        atexit.register(close)
    _writer = _Writer(stream)
    number = logging.getLevelNamesMapping()[level.upper()]
    renderer = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(default=str)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _timed,
            structlog.processors.format_exc_info,
            _redacted,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *names: _Logger(_current()),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Standard()]
    root.setLevel(max(number, logging.INFO))
    logging.getLogger("django.request").setLevel(logging.ERROR)
    for noisy in ("httpx2", "httpcore2", "asyncio", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _current() -> _Writer:
    assert _writer is not None
    return _writer


def close() -> None:
    """Write out what waits; for the end of the process and for tests."""
    if _writer is not None:
        _writer.close()
