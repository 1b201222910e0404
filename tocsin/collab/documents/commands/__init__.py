"""The only writers of the text and the rows of documents."""

from tocsin.collab.documents.commands.rows import Brought, bring_in, change_row
from tocsin.collab.documents.commands.writing import CHANNEL, Typed, Written, cut, restore, save_section, write

__all__ = ("CHANNEL", "Brought", "Typed", "Written", "bring_in", "change_row", "cut", "restore", "save_section", "write")
