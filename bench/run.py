"""`make bench`: each number the product promises, measured beside a peer or a physical limit, on loopback, in a few minutes.

Every line has the figure, its target and, where there is one, what it is compared with and the ratio.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import (  # noqa: E402  (the path must be there first)
    document,
    dwell,
    intake,
    month,
    nodes,
    pages,
    paint,
    palette,
    proof,
    room,
    rota,
    scale,
    start,
    stopped,
    subscribers,
    viewers,
    weights,
    years,
)
from bench.figures import Figure  # noqa: E402
from tests import tables  # noqa: E402

Measure = Callable[[Path], Iterator[Figure]]
MEASURES: dict[str, Measure] = {
    "start": start.measure,
    "dwell": dwell.measure,
    "intake": intake.measure,
    "weights": weights.measure,
    "proof": proof.measure,
    "month": month.measure,
    "pages": pages.measure,
    "stopped": stopped.measure,
    "nodes": nodes.measure,
    "paint": paint.measure,
    "palette": palette.measure,
    "scale": scale.measure,
    "room": room.measure,
    "viewers": viewers.measure,
    "rota": rota.measure,
    "subscribers": subscribers.measure,
    "document": document.measure,
    "years": years.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=f"of {', '.join(MEASURES)}; all when none is named")
    wanted = parser.parse_args().only or list(MEASURES)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as in every installation, only the first start compiles
    missed = 0
    for name in wanted:
        begun = time.monotonic()
        print(f"\n== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
            os.environ[tables.FOLDER] = f"{folder}/tables"
            for figure in MEASURES[name](Path(folder)):
                print(figure.line(), flush=True)
                missed += figure.missed
        print(f"   ({time.monotonic() - begun:.0f} s)")
    print(f"\n{missed} targets missed" if missed else "\nevery target met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
