"""The only writers of documents, their text and their rows."""

from tocsin.collab.documents.commands.opening import open_document, set_title
from tocsin.collab.documents.commands.rows import Brought, add_row, bring_in, change_row
from tocsin.collab.documents.commands.writing import CHANNEL, Typed, Written, cut, restore, save_section, write

__all__ = (
    "CHANNEL",
    "Brought",
    "Typed",
    "Written",
    "add_row",
    "bring_in",
    "change_row",
    "cut",
    "open_document",
    "restore",
    "save_section",
    "set_title",
    "write",
)
