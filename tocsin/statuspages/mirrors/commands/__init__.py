"""The only writers of pages elsewhere."""

from __future__ import annotations

from tocsin.statuspages.mirrors.commands.registering import (
    change_mirror,
    create_mirror,
    pause_mirror,
    remove_mirror,
    renew_key,
    resume_mirror,
    try_mirror,
)
from tocsin.statuspages.mirrors.commands.retrying import retry, retry_work, say_closed

__all__ = [
    "change_mirror",
    "create_mirror",
    "pause_mirror",
    "remove_mirror",
    "renew_key",
    "resume_mirror",
    "retry",
    "retry_work",
    "say_closed",
    "try_mirror",
]
