"""The only writers of the blog."""

from tocsin.statuspages.blog.commands.publishing import publish, take_back
from tocsin.statuspages.blog.commands.reading import create_feed, note_use, revoke_feed, subscribe, unsubscribe
from tocsin.statuspages.blog.commands.writing import draft, edit

__all__ = ["create_feed", "draft", "edit", "note_use", "publish", "revoke_feed", "subscribe", "take_back", "unsubscribe"]
