"""The offline kit as one HTML document: its part of the sheet inside it, one small script for its age, nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import re

from django.template.loader import render_to_string

from tocsin.readiness.contents import Contents
from tocsin.web.frame import reader
from tocsin.web.frame.sheet import PLACE, subset, used

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def render(contents: Contents) -> str:
    """The document, in UTC whoever asks. It carries a policy of its own that allows its style and its script by their hashes."""
    reader.arrive(contents.made_at)
    html = str(render_to_string("kit.html", {"kit": contents}))
    css = subset(used(html))
    script = _SCRIPT.search(html)
    html = html.replace("sha256-STYLE", f"sha256-{_digest(css)}", 1)
    html = html.replace("sha256-SCRIPT", f"sha256-{_digest(script.group(1) if script else '')}", 1)
    return html.replace(PLACE, f"<style>{css}</style>", 1)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
