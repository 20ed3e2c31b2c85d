"""A range of time over a number of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_EXACT = 1 << 62


@dataclass(frozen=True, slots=True)
class Window:
    """[begin_ns, end_ns) drawn over `width_px` pixels.

    Positions are integers in units of 1/width_px ns, so that the edges of pixels are exact: pixel p covers
    [p * length, (p + 1) * length). Ranges too long for 64 bits (13 days) are coarsened by powers of two.
    """

    begin_ns: int
    end_ns: int
    width_px: int

    def __post_init__(self) -> None:
        if self.end_ns <= self.begin_ns or self.width_px < 1:
            raise ValueError(
                f"[{self.begin_ns}, {self.end_ns}) ns over {self.width_px} px; expected a length and a width"
            )

    @property
    def shift(self) -> int:
        """Bits dropped from times so that length * max(width_px, 4096) fits 62 bits."""
        return max(0, ((self.end_ns - self.begin_ns) * max(self.width_px, 4096) // _EXACT).bit_length())

    @property
    def length(self) -> int:
        """A pixel in units of position."""
        return max((self.end_ns - self.begin_ns) >> self.shift, 1)

    @property
    def pixel_ns(self) -> float:
        return (self.end_ns - self.begin_ns) / self.width_px

    def positions(self, at_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Times as positions, clipped to the window."""
        inside = np.clip(at_ns, self.begin_ns, self.end_ns)
        inside -= self.begin_ns
        if self.shift:
            inside >>= self.shift
            np.minimum(inside, self.length, out=inside)
        inside *= self.width_px
        return inside

    def x_px(self, at_ns: int) -> float:
        """Where a moment lies, in pixels from the left; outside of the window too."""
        return (at_ns - self.begin_ns) * self.width_px / (self.end_ns - self.begin_ns)

    def at_ns(self, x_px: float) -> int:
        """The moment at a pixel; the inverse of `x_px`."""
        return self.begin_ns + round(x_px * (self.end_ns - self.begin_ns) / self.width_px)
