"""The only writers of status pages."""

from __future__ import annotations

from tocsin.statuspages.commands.closing import close_entries, leave_open, say_last_words
from tocsin.statuspages.commands.components import create_component, remove_component, rename_page, set_component_state
from tocsin.statuspages.commands.drilling import give_feedback, keep_draft
from tocsin.statuspages.commands.publishing import Publication, facts_of, post_update

__all__ = [
    "Publication",
    "close_entries",
    "create_component",
    "facts_of",
    "give_feedback",
    "keep_draft",
    "leave_open",
    "post_update",
    "remove_component",
    "rename_page",
    "say_last_words",
    "set_component_state",
]
