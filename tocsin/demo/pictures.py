"""A graph as a PNG, drawn without any library: what somebody would have cut out of a dashboard."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 560, 180
_PAPER, _GRID, _LINE, _FALL = (255, 255, 255), (222, 230, 228), (10, 90, 99), (173, 31, 36)
Colour = tuple[int, int, int]


def graph(values: Sequence[float], broken_from: int) -> bytes:
    """A line of values between 0 and 1 over a grid; from `broken_from` on it is red."""
    canvas = [[_PAPER] * WIDTH for _ in range(HEIGHT)]
    for y in range(20, HEIGHT, 40):
        canvas[y] = [_GRID] * WIDTH
    step = WIDTH / (len(values) - 1)
    for number, (left, right) in enumerate(itertools.pairwise(values)):
        _stroke(canvas, number * step, left, (number + 1) * step, right, _FALL if number >= broken_from else _LINE)
    return _png(canvas)


def _stroke(canvas: list[list[Colour]], x0: float, v0: float, x1: float, v1: float, colour: Colour) -> None:
    steps = max(int(x1 - x0), int(abs(v1 - v0) * HEIGHT)) + 1
    for place in range(steps + 1):
        share = place / steps
        x = int(x0 + (x1 - x0) * share)
        y = int((HEIGHT - 24) * (1 - (v0 + (v1 - v0) * share))) + 12
        for down in (-1, 0, 1):
            if 0 <= x < WIDTH and 0 <= y + down < HEIGHT:
                canvas[y + down][x] = colour


def _png(canvas: list[list[Colour]]) -> bytes:
    raw = b"".join(b"\x00" + bytes(part for pixel in row for part in pixel) for row in canvas)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
