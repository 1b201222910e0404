"""The only writers of pages as such, of their groups, and of what a part is called."""

from __future__ import annotations

from tocsin.statuspages.pages.commands.making import archive_page, change_page, create_page, renew_address, restore_page

__all__ = ["archive_page", "change_page", "create_page", "renew_address", "restore_page"]
