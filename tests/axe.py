"""axe-core, the accessibility checker: fetched once through npm into `.cache/`, never kept in the repository."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.14.1"
CACHE = Path(__file__).resolve().parents[1] / ".cache" / "axe-core"


@functools.cache
def script() -> Path | None:
    """The path of `axe.min.js`, or None where neither the cache nor npm has it."""
    kept = CACHE / f"axe-{VERSION}.min.js"
    if kept.exists():
        return kept
    if not shutil.which("npm"):
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:  # of one's own: several workers may fetch at once
        command = ["npm", "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, cwd=folder, check=True, timeout=90, stdin=subprocess.DEVNULL, capture_output=True)
            return _unpack(Path(folder) / f"axe-core-{VERSION}.tgz", kept)
        except (subprocess.SubprocessError, OSError):
            return None


def _unpack(archive: Path, kept: Path) -> Path | None:
    with tarfile.open(archive) as bundle:
        member = bundle.extractfile("package/axe.min.js")
        if member is None:
            return None
        fresh = archive.with_suffix(".js")
        fresh.write_bytes(member.read())
        fresh.replace(kept)
    return kept
