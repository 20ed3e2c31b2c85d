"""mp_sharedvalues."""

from __future__ import annotations

from ipcreel.mechanism.operation import Operation

OPERATIONS: tuple[Operation, ...] = ()
