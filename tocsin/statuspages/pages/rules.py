"""What a page may look like and where it may be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tocsin.core.errors import Invalid

MOST = 30
"""Pages that an installation may have: each is made anew whenever something changes."""
HOUSE: Mapping[str, tuple[str, str]] = {
    "ink": ("#13201e", "#e4ecea"),
    "muted": ("#52615e", "#9cada9"),
    "accent": ("#0a5a63", "#62b4ba"),
    "alarm": ("#ad1f24", "#ff938a"),
    "warn": ("#825000", "#dfae57"),
}
"""Colours that a page may have of its own, as the house has them on light and on dark paper."""
PAPER = ("#ffffff", "#0f1615")
DARK = "_dark"
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TAKEN = frozenset({"new"})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def theme(given: Mapping[str, object]) -> dict[str, str]:
    """Colours by name, such as `accent` on light and `accent_dark` on dark paper. Raises Invalid for one that nobody could read;
    an empty one is as in the house.
    """
    found: dict[str, str] = {}
    for name, colour in given.items():
        plain, dark = name.removesuffix(DARK), name.endswith(DARK)
        if plain not in HOUSE:
            raise Invalid(f"There is no colour {name[:40]!r}; they are {', '.join(HOUSE)}, each also with {DARK}.", field="theme")
        if not isinstance(colour, str) or (colour and not _COLOUR.fullmatch(colour)):
            raise Invalid(f"Write {name} as # and six digits, such as {HOUSE[plain][dark]}.", field="theme")
        if colour and contrast(colour, PAPER[dark]) < LEAST_CONTRAST:
            paper = "dark" if dark else "light"
            fix = "a lighter" if dark else "a darker"
            told = f"{name} {colour} has a contrast of {contrast(colour, PAPER[dark]):.1f} with {paper} paper"
            raise Invalid(f"{told}; readers need {LEAST_CONTRAST}. Choose {fix} one.", field="theme")
        if colour:
            found[name] = colour.lower()
    return found


def variables(chosen: Mapping[str, str]) -> str:
    """A rule for a style sheet that sets these colours; nothing where all are as in the house."""
    named = [name for name in HOUSE if name in chosen or f"{name}{DARK}" in chosen]
    pairs = ((name, chosen.get(name) or HOUSE[name][0], chosen.get(f"{name}{DARK}") or HOUSE[name][1]) for name in named)
    body = ";".join(f"--{name}:light-dark({light},{dark})" for name, light, dark in pairs)
    return f":root{{{body}}}" if body else ""


def contrast(one: str, other: str) -> float:
    """How well one colour is read on another, as WCAG counts it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def slug(text: str) -> str:
    """What stands in the address of a page. Raises Invalid."""
    if not _SLUG.fullmatch(text) or len(text) > 40 or text in _TAKEN:
        raise Invalid("Small letters, digits and single hyphens, at most 40, such as partners.", field="slug")
    return text


def host(text: str, house: str) -> str:
    """A host name in small letters, other than that of the `house`; empty stays empty. Raises Invalid."""
    found = text.strip().lower().rstrip(".")
    labels = found.split(".")
    if found and (len(found) > 253 or len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(one) for one in labels)):
        raise Invalid("A host name such as status.example.com, without https:// and without a port.", field="host")
    if found == house:
        raise Invalid("This host is the one of Tocsin itself. The page needs a name of its own.", field="host")
    return found
