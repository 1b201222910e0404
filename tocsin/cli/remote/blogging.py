"""`blog`: posts for everybody in the house, by mail and in a feed reader."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli.answers import USAGE, fail, say
from tocsin.cli.remote.client import Remote
from tocsin.cli.remote.declare import Limit, fields, line, noun, table, verb

blog = noun("blog", "The company blog: what is written down for everybody in the house.")

Wanted = Annotated[str, typer.Argument(metavar="POST", help="Short name or id.", show_default=False)]
Author = Annotated[list[str] | None, typer.Option("--author", help="Mail address or id; may be repeated. Left out: you.")]


Text = Annotated[str, typer.Option("--text", help="The text, as Markdown.")]
File = Annotated[str, typer.Option("--file", help="A file with the text instead; - is the input.")]


def _words(text: str, file: str) -> str | None:
    """What is to be said, None when neither was given."""
    if text and file:
        fail(USAGE, "--text or --file, not both")
    if not file:
        return text or None
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(USAGE, f"{file} cannot be read: {error}")


def _state(answer: Any) -> None:
    words = {
        "draft": "is a draft",
        "on_its_way": f"is published at {answer['publishes_at']}; until then: tocsin blog take-back {answer['slug']}",
        "published": "is published",
    }
    say(f"{answer['slug']} {words[answer['state']]}")


@verb(blog, "list", table("slug", "title", "authors", "incident", "published_at"))
def list_posts(
    api: Remote,
    drafts: Annotated[bool, typer.Option("--drafts", help="Drafts that you see, instead of published posts.")] = False,
    search: Annotated[str, typer.Option("--search", help="Words in the title or the text of a published post.")] = "",
    limit: Limit = 200,
) -> Any:
    """List posts, the newest first."""
    return api.listed("blog-posts", state="draft" if drafts else "published", q=search, limit=limit)


@verb(blog, "show", fields)
def show_post(api: Remote, wanted: Wanted) -> Any:
    """Show one post."""
    return api.get("blog-posts", wanted)


@verb(blog, "draft", _state)
def draft_post(
    api: Remote,
    title: Annotated[str, typer.Argument(metavar="TITLE", show_default=False)],
    text: Text = "",
    file: File = "",
    incident: Annotated[str | None, typer.Option("--incident", help="The key of the incident it is about.")] = None,
    author: Author = None,
) -> Any:
    """Begin a post. Its authors and administrators alone see it until it is published."""
    return api.post("blog-posts", title=title, text=_words(text, file) or "", incident=incident, authors=author or None)


@verb(blog, "edit", _state)
def edit_post(
    api: Remote,
    wanted: Wanted,
    title: Annotated[str | None, typer.Option("--title")] = None,
    text: Text = "",
    file: File = "",
    author: Annotated[list[str] | None, typer.Option("--author", help="All who write it; left out: as they are.")] = None,
) -> Any:
    """Edit a post; what is left out stays, and earlier versions are kept."""
    return api.change("blog-posts", wanted, title=title, text=_words(text, file), authors=author or None)


@verb(blog, "revisions", table("number", "at", "by", "title"))
def list_revisions(api: Remote, wanted: Wanted) -> Any:
    """Every version of a post, with who left it so and when."""
    return api.get("blog-posts", wanted, "revisions")


@verb(blog, "publish", _state)
def publish_post(
    api: Remote,
    wanted: Wanted,
    revision: Annotated[int | None, typer.Option("--revision", min=1, help="The version you read.")] = None,
) -> Any:
    """Publish a post to everybody in the house; for a few seconds it can be taken back."""
    return api.post("blog-posts", wanted, "publish", revision=revision)


@verb(blog, "take-back", line("{slug} is a draft again, nobody has read it"))
def take_back_post(api: Remote, wanted: Wanted) -> Any:
    """Take back a post that is on its way."""
    return api.post("blog-posts", wanted, "take-back")


@verb(blog, "mailed", line("{sent} sent, {waiting} on the way, {refused} refused"))
def get_mailed(api: Remote, wanted: Wanted) -> Any:
    """How the mail of a post went."""
    return api.get("blog-posts", wanted, "mailed")


@verb(blog, "subscribe", line("each new post comes to you by mail"))
def subscribe(api: Remote) -> Any:
    """Get posts by mail."""
    return api.post("blog-posts", "subscribe")


@verb(blog, "unsubscribe", line("no more posts come to you by mail"))
def unsubscribe(api: Remote) -> Any:
    """Get no more posts by mail."""
    return api.post("blog-posts", "unsubscribe")


@verb(blog, "feeds", table("id", "hint", "created_at", "last_used_at"))
def list_feeds(api: Remote) -> Any:
    """Your secret addresses for a feed reader."""
    return api.get("blog-posts", "feeds")


@verb(blog, "create-feed", line("{address}"))
def create_feed(api: Remote) -> Any:
    """Make a secret address for a feed reader; it is shown this once."""
    return api.post("blog-posts", "feeds")


@verb(blog, "revoke-feed", line("The address that ends in {hint} is closed."))
def revoke_feed(api: Remote, feed: Annotated[str, typer.Argument(metavar="FEED", help="Its id.", show_default=False)]) -> Any:
    """Close a secret address."""
    return api.post("blog-posts", "feeds", feed, "revoke")
