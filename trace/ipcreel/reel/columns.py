"""The events of a reel, a column each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PLAIN = {"begin": "begin_ns", "lane": "lane", "op": "op", "object": "object", "site": "site", "a": "a", "b": "b"}
_NEVER_NS = 1 << 62  # what a damaged reel may say
_AT_ONCE = 1 << 15  # events of which all columns are read while they are in a cache


class Columns:
    """What stands in a reel of each event; each column is read when it is first asked for.

    Attributes:
        raw: (n,) event.dtype(), the events in order of begin, as they stand in the file.
        lanes: [process row, number in the process, native thread id, name] each.
        index: what the reel says of itself behind its events.
        run: what is known of the run as a whole.
    """

    raw: NDArray[np.void]
    lanes: list[list[Any]]
    index: dict[str, Any]
    run: dict[str, Any]

    def read_all(self) -> None:
        """Read all columns, going through the file once and not once for each."""
        wanted = {name: np.empty(len(self.raw), np.int64) for name in _PLAIN if name not in self.__dict__}
        ended = np.empty(len(self.raw), np.int64)
        for low in range(0, len(self.raw), _AT_ONCE):
            some = slice(low, low + _AT_ONCE)
            ended[some] = self.raw["end_ns"][some]
            for name, column in wanted.items():
                column[some] = self.raw[_PLAIN[name]][some]
        self.__dict__.update(wanted, pending=ended == 0, raised=ended < 0)
        np.abs(ended, out=ended)
        ended[self.pending] = self.end_ns
        self.__dict__["end"] = ended

    @cached_property
    def begin(self) -> NDArray[np.int64]:
        """(n,) when each event began, ns of CLOCK_MONOTONIC; ascending."""
        return self.raw["begin_ns"].astype(np.int64)

    @cached_property
    def end(self) -> NDArray[np.int64]:
        """(n,) when each event ended, ns; where it had not, when the reel ends."""
        end = self.raw["end_ns"].astype(np.int64)
        np.abs(end, out=end)
        end[self.pending] = self.end_ns
        return end

    @cached_property
    def pending(self) -> NDArray[np.bool_]:
        """(n,) whether an event had not returned when its process or the recording ended."""
        return np.asarray(self.raw["end_ns"] == 0, np.bool_)

    @cached_property
    def raised(self) -> NDArray[np.bool_]:
        """(n,) whether it raised."""
        return np.asarray(self.raw["end_ns"] < 0, np.bool_)

    @cached_property
    def lane(self) -> NDArray[np.int64]:
        """(n,) row in `lanes`."""
        return self.raw["lane"].astype(np.int64)

    @cached_property
    def op(self) -> NDArray[np.int64]:
        """(n,) code in `operations`."""
        return self.raw["op"].astype(np.int64)

    @cached_property
    def object(self) -> NDArray[np.int64]:
        """(n,) row in `objects`."""
        return self.raw["object"].astype(np.int64)

    @cached_property
    def site(self) -> NDArray[np.int64]:
        """(n,) row in `sites`."""
        return self.raw["site"].astype(np.int64)

    @cached_property
    def a(self) -> NDArray[np.int64]:
        """(n,) what `operations[op]["a"]` says."""
        return self.raw["a"].astype(np.int64)

    @cached_property
    def b(self) -> NDArray[np.int64]:
        """(n,) what `operations[op]["b"]` says."""
        return self.raw["b"].astype(np.int64)

    @cached_property
    def process(self) -> NDArray[np.int64]:
        """(n,) row in `processes`."""
        return np.array([lane[0] for lane in self.lanes], np.int64)[self.lane]

    @cached_property
    def begin_ns(self) -> int:
        """When the first event began."""
        return int(self.index.get("begin_ns") or (self.raw["begin_ns"][0] if len(self.raw) else 0))

    @cached_property
    def end_ns(self) -> int:
        """When the last event ended; one that has not returned lasted at least until the run was asked to end."""
        asked = self.run.get("asked_to_end_ns")
        return max(self._last_ns, int(asked)) if asked and asked < _NEVER_NS and self.pending.any() else self._last_ns

    @cached_property
    def _last_ns(self) -> int:
        """When the last event began or ended."""
        if "end_ns" in self.index:
            return int(self.index["end_ns"])
        return max(int(np.abs(self.raw["end_ns"].astype(np.int64)).max(initial=0)), int(self.begin.max(initial=0)))
