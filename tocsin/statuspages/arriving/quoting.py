"""What somebody wrote in a reply, without the mail they reply to and without their signature. Pure."""

from __future__ import annotations

import re

_WROTE = re.compile(
    r"^\s*(?:on|am|le|el|il|op|den|em|на|dnia)\b.{0,400}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu|пишет|napisał(?:\(a\))?)\b.{0,200}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_DATED = re.compile(r"[0-9@]")
_BEGINS = re.compile(r"^\s*(?:on|am|le|el|il|op|den|em|на|dnia)\b", re.IGNORECASE)
_DIVIDER = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|"
    r"oorspronkelijk bericht|forwarded message)\s*-{2,}|_{20,}|begin forwarded message:)\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\s*\*?(?:from|von|de|da|van|från|fra)\s?:\*?\s\S", re.IGNORECASE)
_SENT = re.compile(r"^\s*\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden|skickat|sendt)\s?:\*?\s\S", re.IGNORECASE)
_SIGNED = re.compile(
    r"^(?:-- ?|\s*(?:sent from my .{1,60}|sent from (?:outlook|mail) for .{1,60}|get outlook for .{1,60}|"
    r"von meinem .{1,40} gesendet|envoyé de mon .{1,40}|enviado desde mi .{1,40}))\s*$",
    re.IGNORECASE,
)
_LOOKED_AT = 2_000
"""Lines."""


def newly_written(text: str) -> str:
    """The part of a mail that its sender typed; empty when they only quoted."""
    lines = text.replace("\u00a0", " ").splitlines()[:_LOOKED_AT]
    cut, after = _quote_at(lines)
    above = _tidy(lines[:cut])
    return above or _tidy(lines[after:])


def _quote_at(lines: list[str]) -> tuple[int, int]:
    """Where the quoted mail begins, and where its attribution ends; both the number of lines when nothing is quoted."""
    for place, line in enumerate(lines):
        if _DIVIDER.match(line):
            return place, len(lines)
        if _FROM.match(line) and any(_SENT.match(one) for one in lines[place + 1 : place + 4]):
            return place, len(lines)
        if _BEGINS.match(line):
            for length in (1, 2, 3):
                said = "\n".join(lines[place : place + length])
                if _WROTE.match(said) and _DATED.search(said) and _is_quoted_below(lines, place + length):
                    return place, place + length
    return len(lines), len(lines)


def _is_quoted_below(lines: list[str], place: int) -> bool:
    """Whether a quoted mail follows, as mail programs write it: with marks, or nothing but itself until the end."""
    rest = [line for line in lines[place:] if line.strip()]
    return not rest or rest[0].lstrip().startswith(">") or not any(line.lstrip().startswith(">") for line in rest)


def _tidy(lines: list[str]) -> str:
    """Without quoted lines, and without the signature and what follows it."""
    kept: list[str] = []
    for line in lines:
        if _SIGNED.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    text = "\n".join(kept).strip()
    return re.sub(r"\n{3,}", "\n\n", text)
