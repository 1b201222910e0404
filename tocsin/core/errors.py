"""The ways a command says no. Doors turn each into one status code; no other exception is an answer to a person."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A command did not happen. `code` is stable, `detail` is a sentence that says what is wrong and how to mend it."""

    status = 400
    code = "refused"

    def __init__(self, detail: str, *, field: str = "", code: str = "", current: Any = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.code = code or self.code
        self.current = current
        """What is true instead, for conflicts: something the door can show."""


class Invalid(Refused):
    """A field holds what it must not hold: 422."""

    status = 422
    code = "invalid"


class NotAllowed(Refused):
    """The actor may not do this: 403."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such thing, or it is not for this actor to know: 404."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """The thing is not in a state that allows this: 409."""

    status = 409
    code = "conflict"


class Stale(Refused):
    """Somebody changed it since it was read: 412; `current` holds what it is now."""

    status = 412
    code = "stale"


class Unavailable(Refused):
    """The store cannot answer now: 503, try again."""

    status = 503
    code = "unavailable"
