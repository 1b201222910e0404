"""Build the editor of the state document out of its packages: `make editor`.

`editor/package-lock.json` pins every package with its hash. Node does it: the machine's own when it is new enough, otherwise one
from a wheel (`requirements-editor.lock`) that the calling `make` has put beside this interpreter. Without the result every
section of a document is a form.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "tocsin" / "web" / "static" / "editor.js"
OLDEST_NODE = 18
OPTIONS = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--legal-comments=linked",
    "--log-level=warning",
)


def main() -> int:
    node = find_node()
    if node is None:
        print("node is missing: install Node 18 or newer with npm, or let `make editor` fetch it as a wheel", file=sys.stderr)
        return 1
    if "--node" in sys.argv:
        return 0
    environment = {**os.environ, "PATH": os.pathsep.join([str(node), os.environ.get("PATH", "")])}
    run([str(node / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    bundler = HERE / "node_modules" / "esbuild" / "bin" / "esbuild"
    run([str(node / "node"), str(bundler), "src/main.js", *OPTIONS, f"--outfile={TARGET}"], environment)
    print(f"{TARGET.relative_to(HERE.parent)}: {TARGET.stat().st_size // 1024} KiB")
    return 0


def run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=HERE, env=environment, check=True, timeout=300, stdin=subprocess.DEVNULL)


def find_node() -> Path | None:
    """The folder of a node that is new enough and has npm beside it."""
    beside = Path(sys.executable).parent
    for found in (shutil.which("node"), shutil.which("node", path=str(beside))):
        if found and (Path(found).parent / "npm").exists() and version(found) >= OLDEST_NODE:
            return Path(found).parent
    return None


def version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30).stdout
    number = re.match(r"v(\d+)", said)
    return int(number.group(1)) if number else 0


if __name__ == "__main__":
    sys.exit(main())
