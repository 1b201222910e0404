"""One measured figure and what it stands beside."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`target` is the most it may be (None: recorded only); `peer` names what `beside` was measured on in the same run."""

    name: str
    value: float
    unit: str
    target: float | None = None
    peer: str = ""
    beside: float | None = None

    @property
    def missed(self) -> bool:
        return self.target is not None and self.value > self.target

    def line(self) -> str:
        text = f"  {self.name:<52}{self.value:>12,.2f} {self.unit}"
        if self.target is not None:
            text += f"   {'MISSED' if self.missed else 'ok'}, at most {self.target:g}"
        if self.beside:
            text += f"   {self.peer} {self.beside:,.0f} {self.unit}, ratio {self.value / self.beside:.2f}"
        return text


def percentile(values: Sequence[float], share: int) -> float:
    """The value below which so many percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
