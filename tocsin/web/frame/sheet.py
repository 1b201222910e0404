"""Pages that carry the style sheet inside them: one round trip, allowed by its hash (decision 30).

A page that stays as it is carries its part, found by reading it: a rule stays when every class, id and element of one of its
selectors is on the page. A page that changes while it is read carries the whole.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from tocsin.web.forms.request import Request, by_script
from tocsin.web.frame import assets
from tocsin.web.gate.security import allow_style

PLACE = "<style></style>"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};])\s*")
_GROUP = re.compile(r":(?:is|not|has|where|dir)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_CLASSES = re.compile(r'class="([^"]*)"')
_IDS = re.compile(r'\bid="([^"]*)"')
_ELEMENTS = re.compile(r"<([a-z][a-z0-9]*)")
_LOOSE = re.compile(r"\[[^\]]*\]|::?[a-z-]+")
_NAMES = re.compile(r"[.#]?[a-zA-Z][\w-]*")


def render_inlined(
    request: Request, template: str, context: dict[str, Any], *, status: int = 200, variables: str = ""
) -> HttpResponse:
    """Render a page that has an empty `<style></style>` in its head, filled with the rules it needs and its own `variables`."""
    html, css = inline(render_to_string(template, context, request), variables)
    allow_style(request, css)
    return HttpResponse(html, status=status)


def render_with_sheet(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The same with all rules: parts of the page will be replaced by others. Whoever has the page asks for it anew without them."""
    html, css = render_to_string(template, context, request), whole()
    if by_script(request):
        return HttpResponse(html.replace(PLACE, "", 1), status=status)
    allow_style(request, css)
    return HttpResponse(html.replace(PLACE, f"<style>{css}</style>", 1), status=status)


def inline(html: str, variables: str = "") -> tuple[str, str]:
    """A page with the rules it needs in its empty `<style></style>`, and those rules. `variables` is one more rule: it stands in no
    layer of the sheet, so it wins.
    """
    css = subset(used(html)) + variables
    return html.replace(PLACE, f"<style>{css}</style>", 1), css


def used(html: str) -> frozenset[str]:
    """What a page's selectors may name: `p`, `.btn`, `#main`."""
    names = set(_ELEMENTS.findall(html)) | {"root"}
    names |= {f".{name}" for value in _CLASSES.findall(html) for name in value.split()}
    names |= {f"#{name}" for name in _IDS.findall(html)}
    return frozenset(names)


@functools.cache
def whole() -> str:
    """The sheet without comments and needless space."""
    return _AROUND.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", assets.text("tocsin.css")))).strip()


@functools.lru_cache(maxsize=64)
def subset(names: frozenset[str]) -> str:
    """The rules of the sheet that can apply to these names, without comments and needless space."""
    return "".join(_kept(_SPACE.sub(" ", _COMMENT.sub("", assets.text("tocsin.css"))), names))


def _kept(css: str, names: frozenset[str]) -> Iterator[str]:
    for head, body in _blocks(css):
        if not body:
            yield f"{head};"
        elif head.startswith("@"):
            inner = "".join(_kept(body, names))
            if inner:
                yield f"{head}{{{inner}}}"
        else:
            selectors = [part for part in _split(head) if _applies(part, names)]
            if selectors:
                yield f"{','.join(selectors)}{{{_tight(body)}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Top-level `head { body }` pairs; a statement without a block has an empty body."""
    start = depth = opened = 0
    for index, char in enumerate(css):
        if char == "{":
            depth += 1
            opened = opened or index
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : index].strip()
                start, opened = index + 1, 0
        elif char == ";" and depth == 0:
            yield css[start:index].strip(), ""
            start = index + 1


def _split(head: str) -> Iterator[str]:
    """Selectors of a list, split at commas outside brackets."""
    depth = start = 0
    for index, char in enumerate(head):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            yield head[start:index].strip()
            start = index + 1
    yield head[start:].strip()


def _applies(selector: str, names: frozenset[str]) -> bool:
    bare = _LOOSE.sub("", _GROUP.sub("", selector))
    return all(name in names for name in _NAMES.findall(bare))


def _tight(body: str) -> str:
    return re.sub(r"\s*([:;,{}])\s*", r"\1", body).removesuffix(";")
