"""Whether a mail server answers where it is meant to: one connection, its first line, no mail."""

from __future__ import annotations

import socket

WITHIN = 2.0
"""Seconds."""
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  where such a listener is asked, not bound


def fault(host: str, port: int, *, within: float = WITHIN) -> str:
    """Why nobody greets there, in words; empty when somebody does."""
    try:
        with socket.create_connection((_EVERYWHERE.get(host, host), port), timeout=within) as caller:
            caller.settimeout(within)
            said = caller.recv(512)
    except OSError as error:
        return (error.strerror or str(error) or type(error).__name__).lower()
    return "" if said.startswith(b"220") else "somebody else is there" if said else "it hangs up"
