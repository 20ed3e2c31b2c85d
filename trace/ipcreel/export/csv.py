"""Events as comma-separated values, a line each."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel, table


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the events of `rows`."""
    columns = table.events(reel, rows)
    with output.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(_plain(column) for column in columns.values()), strict=True))


def _plain(column: list[object] | NDArray[np.generic]) -> list[object]:
    values: list[object] = column.tolist() if isinstance(column, np.ndarray) else column
    return ["" if value is None or (isinstance(value, float) and math.isnan(value)) else value for value in values]
