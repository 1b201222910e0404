"""The engine module of incidents: it puts the questions whose time has come."""

from __future__ import annotations

import datetime as dt

from tocsin.core.work import leases
from tocsin.core.work.engine import OWNER, Module
from tocsin.incidents.commands.iterating import asking, prompts
from tocsin.incidents.iterating.models import Prompt

_TOGETHER = 20


def ask_prompts(now: dt.datetime) -> int:
    """Claim due questions and put them, each in a transaction of its own."""
    claimed = leases.claim(Prompt, lane=prompts.LANE, owner=OWNER, now=now, limit=_TOGETHER)
    for prompt in claimed:
        asking.ask(prompt, now=now)
    return len(claimed)


MODULES = (Module("prompts", ask_prompts, prompts.LANE, every=5.0),)
