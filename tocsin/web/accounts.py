"""How people sign in: what the sign-in library may do here and what it may not."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; people are invited."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
