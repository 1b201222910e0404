"""Programs that some tests need and that pip does not bring, and how each is installed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests import axe

EDITOR = Path(__file__).resolve().parents[1] / "tocsin" / "web" / "static" / "editor.js"
INSTALL = {
    "chromium": "apt-get install -y --no-install-recommends chromium",
    "prometheus-alertmanager": "apt-get install -y --no-install-recommends prometheus-alertmanager",
    "editor": "make editor",
    "axe-core": "apt-get install -y --no-install-recommends npm, and a registry that npm can reach",
}


def missing(program: str) -> str:
    """Empty when the program is here, otherwise the command that installs it."""
    if program == "editor":
        return "" if EDITOR.exists() else INSTALL[program]
    if program == "axe-core":
        return "" if axe.script() else INSTALL[program]
    return "" if shutil.which(program) else INSTALL.get(program, f"install {program}")
