"""Which words are the same words: what their readers get, without the promise of the next ones, which moves with the clock."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tocsin.incidents.models import Incident
from tocsin.statuspages.commands._wording import wording


def digest(incident: Incident, *, status: str, internal: Any, external: Any) -> str:
    """Of the exact words for each audience. Raises what `post_update` raises for words that could not be published."""
    said = wording(incident, status=status, next_update_at=None, internal=internal, external=external)
    plain = [status, *([audience, one.title, one.body] for audience, one in said.items())]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
