"""What the kit asks the floor above: the one page that everything stands on. Filled in `wiring.py`."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.readiness.contents import Contents

Render = Callable[[Contents], str]
"""The contents as one HTML document that needs nothing but itself."""

_render: list[Render] = []


def wire(render: Render) -> None:
    """Called once by `wiring.py`; calling again replaces it."""
    _render[:] = [render]


def page(contents: Contents) -> str:
    """The document."""
    return _render[0](contents)
