"""Which scope of a token an operation takes. Every operation names one: `auth=READS`, `auth=RESPONDS` or `auth=CONFIGURES`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from tocsin.core.actor import Actor
from tocsin.directory import permissions, rules


class Scope(HttpBearer):
    """The door has found out whose token it is; here it is asked whether the token goes this far."""

    openapi_name = "token"
    openapi_bearerFormat = "tcs_…"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        permissions.require_scope(actor, self.scope)
        return actor


READS, RESPONDS, CONFIGURES = Scope(rules.READ), Scope(rules.RESPOND), Scope(rules.CONFIGURE)
