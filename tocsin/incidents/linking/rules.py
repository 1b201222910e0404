"""The kinds of links, with their words at both ends. Plain values only."""

from __future__ import annotations

from collections.abc import Mapping

RELATED, REPEATS, DUPLICATES, CAUSED_BY, FOLLOWS = "related", "repeats", "duplicates", "caused_by", "follow_up_of"
CHANGE, POSTMORTEM, CLEANUP, CASE, PROBLEM = "causing_change", "postmortem", "cleanup_task", "support_case", "problem_record"

BETWEEN: Mapping[str, tuple[str, str]] = {
    RELATED: ("Related to", "Related to"),
    REPEATS: ("Repeats", "Repeated by"),
    DUPLICATES: ("Duplicate of", "Duplicated by"),
    CAUSED_BY: ("Caused by", "Caused"),
    FOLLOWS: ("Follow-up of", "Followed up by"),
}
"""Kinds between two incidents: the words here, and those at the other end."""

TO: Mapping[str, str] = {
    CHANGE: "Causing change",
    POSTMORTEM: "Postmortem",
    CLEANUP: "Cleanup task",
    CASE: "Support case",
    PROBLEM: "Problem record",
}
"""Kinds that lead to something else."""

KINDS: Mapping[str, str] = {**{kind: words for kind, (words, _) in BETWEEN.items()}, **TO}
HINTS: Mapping[str, str] = {
    **dict.fromkeys(BETWEEN, "the key of the other incident"),
    CHANGE: "the id of a change, or an address",
    POSTMORTEM: "the key of the incident it belongs to, or an address",
    CLEANUP: "the number of an action, or an address",
    CASE: "its reference",
    PROBLEM: "an address",
}
"""What stands for the other end."""


def is_address(text: str) -> bool:
    """Whether somebody meant an address rather than a key, a number or an id."""
    return text.lower().startswith(("https://", "http://"))


def words(kind: str, *, inverse: bool = False) -> str:
    """The words of a kind, at this end or at the other."""
    return BETWEEN[kind][int(inverse)] if kind in BETWEEN else TO.get(kind, kind)
