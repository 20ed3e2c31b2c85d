"""Events as columns in a Parquet file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ipcreel.reel import Reel, table


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the events of `rows`.

    Raises:
        ReelError: pyarrow is not installed.
    """
    columns = table.arrow_table("events", table.events(reel, rows))
    from pyarrow import parquet

    with output.open("wb") as file:  # of a path pyarrow removes what it could not write, were it a device
        parquet.write_table(columns, file)
