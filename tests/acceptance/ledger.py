"""The ledger: one JSON object a line, in the file before the world answers. It is the truth of what was sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class LedgerWriter:
    """Appends lines, each handed to the system before `write` returns: whatever dies, this machine does not."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, line: dict[str, Any]) -> None:
        os.write(self._handle, (json.dumps(line) + "\n").encode())


class LedgerReader:
    """Reads what was appended, keeping all lines seen so far; an unfinished last line waits for its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._lines: list[dict[str, Any]] = []

    def lines(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return self._lines
        with self._path.open("rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._lines += [json.loads(line) for line in whole.splitlines()]
        return self._lines
