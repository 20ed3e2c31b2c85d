"""What Python cannot do by itself: in C, or where that was not compiled by ctypes."""

from __future__ import annotations

from ipcreel.compiled import is_compiled

if is_compiled:
    from ipcreel.core import (
        copy_fields,
        hold_signals,
        let_signals_come,
        map_memory,
        set_variable,
        stand_in,
    )
else:
    from ipcreel.interpose.by_ctypes import (
        copy_fields,
        hold_signals,
        let_signals_come,
        map_memory,
        set_variable,
        stand_in,
    )

__all__ = [
    "copy_fields", "hold_signals", "let_signals_come", "map_memory", "set_variable", "stand_in",
]  # fmt: skip
