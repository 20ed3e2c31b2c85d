"""Several rows of a frame in one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelview.raster.frame import BLOCKED_BIT, Frame, ranked


def merge(frame: Frame, line: NDArray[np.intp], lines: int) -> Frame:
    """Rows that share a line become one: the busiest row is shown, the bits of all are kept.

    Args:
        frame: (rows, width) to merge.
        line: (rows,) the line of each row, ascending.
        lines: how many lines there are; one without a row stays empty.
    """
    if np.array_equal(line, np.arange(lines)):
        return frame
    merged = Frame.empty(lines, frame.shade.shape[1])
    first = np.flatnonzero(np.concatenate(([True], line[1:] != line[:-1]))) if len(line) else np.zeros(0, np.intp)
    if not len(first):
        return merged
    busiest = np.maximum.reduceat(ranked(frame.shade, frame.mask), first, axis=0)
    merged.mask[line[first]] = np.bitwise_or.reduceat(frame.mask & ~BLOCKED_BIT, first, axis=0)
    merged.shade[line[first]] = (busiest << np.uint16(3) & np.uint16(0xF0) | busiest >> np.uint16(5)).astype(np.uint8)
    merged.mask[line[first]] |= np.where(busiest & np.uint16(1), BLOCKED_BIT, np.uint16(0))
    return merged
