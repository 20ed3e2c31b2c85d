"""Events as columns in a Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.export import tables
from ipcreel.reel import Reel, ReelError


def write(reel: Reel, rows: NDArray[np.int64], output: Path) -> None:
    """Write the events of `rows`.

    Raises:
        ReelError: pyarrow is not installed.
    """
    table = arrow_table("events", tables.events(reel, rows))
    from pyarrow import parquet

    parquet.write_table(table, output)


def arrow_table(view: str, columns: tables.Columns) -> Any:
    """A view as an Arrow table.

    Raises:
        ReelError: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError:
        raise ReelError("this needs pyarrow. Install it with `pip install 'ipcreel[query]'`.") from None
    types = {name: getattr(pyarrow, kind)() for name, kind in _TYPES.get(view, {}).items()}
    arrays = {name: pyarrow.array(column, types.get(name), from_pandas=True) for name, column in columns.items()}
    return pyarrow.table(arrays)


# Columns that hold nothing in some reels: their type must not depend on that.
_TYPES = {
    "events": {"object": "string", "file": "string", "line": "int64", "function": "string", "payload": "string"},
    "flows": {"kind": "string", "certainty": "string"},
    "waits": {"lane": "string"},
    "objects": {"object": "string", "kind": "string", "shared": "bool_", "events": "int64"},
    "processes": {"parent": "string"},
    "findings": {"code": "string", "at_s": "float64", "event": "int64", "what": "string", "cause": "string"},
}
