"""What is seen in each pixel of each row of a timeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 15
"""Steps of how busy a pixel is; 0 is empty."""

BLOCKED_BIT = np.uint16(1 << 12)
URGENT_BIT = np.uint16(1 << 15)
KINDS_MASK = np.uint16((1 << 12) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Two columns of shape (rows, width_px).

    shade: in the high four bits the kind that takes most of the pixel, in the low four how busy the pixel is,
        0..LEVELS; 0 where nothing happened.
    mask: bit k where a span of kind k touches the pixel; BLOCKED_BIT where the kind shown is mostly blocked;
        URGENT_BIT where an urgent span begins. No span that touches a pixel is missing from its mask; beyond the exact
        raster a bit may also stand a pixel beside its span.
    """

    shade: NDArray[np.uint8]
    mask: NDArray[np.uint16]

    @classmethod
    def empty(cls, rows: int, width_px: int) -> Frame:
        return cls(np.zeros((rows, width_px), np.uint8), np.zeros((rows, width_px), np.uint16))

    @property
    def kind(self) -> NDArray[np.uint8]:
        return self.shade >> np.uint8(4)

    @property
    def level(self) -> NDArray[np.uint8]:
        return self.shade & np.uint8(15)


def ranked(shade: NDArray[np.uint8], mask: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Level (4 bits), kind (4 bits), blocked (1 bit): of two of these the greater is the busier."""
    wide = shade.astype(np.uint16)
    key: NDArray[np.uint16] = wide & np.uint16(15)
    key <<= np.uint16(5)
    key |= wide >> np.uint16(4) << np.uint16(1)
    key |= (mask & BLOCKED_BIT) >> np.uint16(12)
    return key
