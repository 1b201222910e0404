"""The only writers of status pages."""

from __future__ import annotations

from tocsin.statuspages.commands.components import create_component, remove_component, rename_page, set_component_state
from tocsin.statuspages.commands.drilling import give_feedback, keep_draft
from tocsin.statuspages.commands.publishing import Publication, close_entries, facts_of, post_update

__all__ = [
    "Publication",
    "close_entries",
    "create_component",
    "facts_of",
    "give_feedback",
    "keep_draft",
    "post_update",
    "remove_component",
    "rename_page",
    "set_component_state",
]
