"""How the page is, as a picture of two words for other people's pages."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.html import escape

from tocsin.statuspages.outside import rules

_COLOURS = {
    rules.NONE: "#2a7a3b",
    rules.MAINTENANCE: "#38618c",
    rules.MINOR: "#8a5a00",
    rules.MAJOR: "#b3401d",
    rules.CRITICAL: "#a8182a",
}
"""White on each of them is read with a contrast of at least 4.5."""
_LETTER, _ROOM = 6.6, 10
"""Pixels: about what a letter of 11 px takes, and what is left free around words."""

_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{name}: {words}">'
    "<title>{name}: {words}</title>"
    '<rect width="{whole}" height="20" rx="3" fill="#3f434a"/>'
    '<path d="M{left} 0h{bend}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{bend}z" fill="{colour}"/>'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
    '<text x="{room}" y="14" textLength="{named}" lengthAdjust="spacingAndGlyphs">{name}</text>'
    '<text x="{start}" y="14" textLength="{said}" lengthAdjust="spacingAndGlyphs">{words}</text></g></svg>'
)


def draw(name: str, indicator: str, indicators: Mapping[str, str]) -> bytes:
    """An SVG that asks for nothing and runs nothing, in the words of `indicators`."""
    words = indicators[indicator]
    named, said = (round(len(text) * _LETTER) for text in (name, words))
    left = named + 2 * _ROOM
    picture = _PICTURE.format(
        whole=left + said + 2 * _ROOM,
        left=left,
        bend=said + 2 * _ROOM - 3,
        colour=_COLOURS[indicator],
        room=_ROOM,
        start=left + _ROOM,
        named=named,
        said=said,
        name=escape(name),
        words=escape(words),
    )
    return picture.encode()
