"""A wheel carries the editor: hatch builds it before it packs. An installation from a checkout has `make env` do it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorHook(BuildHookInterface[Any]):
    """Runs `editor/build.py`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            subprocess.run([sys.executable, str(Path(self.root) / "editor" / "build.py")], check=True)
