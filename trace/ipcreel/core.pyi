from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ipcreel.interpose.by_ctypes import copy_fields as copy_fields
from ipcreel.interpose.by_ctypes import hold_signals as hold_signals
from ipcreel.interpose.by_ctypes import let_signals_come as let_signals_come
from ipcreel.interpose.by_ctypes import map_memory as map_memory
from ipcreel.interpose.by_ctypes import set_variable as set_variable
from ipcreel.interpose.by_ctypes import stand_in as stand_in
from ipcreel.tape.plain import Entry as Entry
from ipcreel.tape.plain import Event as Event
from ipcreel.tape.plain import Wrapper as Wrapper
from ipcreel.tape.plain import Writer as Writer
from ipcreel.tape.plain import bits_of_float as bits_of_float
from ipcreel.tape.plain import float_of_bits as float_of_bits
from ipcreel.tape.plain import give_number as give_number
from ipcreel.tape.plain import is_plain as is_plain
from ipcreel.tape.plain import is_within as is_within

VERSION: int

class Shared:
    def __init__(
        self,
        op: int,
        writer: Writer,
        scope: dict[str, Any],
        form: int,
        acquire: Callable[..., bool] | None,
        release: Callable[..., None] | None,
        otherwise: object,
        /,
    ) -> None: ...
    def __call__(self, *args: object) -> object: ...

class Local:
    lane: int
    mark: int
    outside: int
    before_fork: bool

def pack(value: object, depth: int = 0, /) -> bytes: ...
def fall_back_on(pack: Callable[[object, int], bytes], /) -> None: ...
def judge_again() -> None: ...
def find_frame(judge: Callable[[CodeType], int], /) -> int: ...
def put_events(
    taped: NDArray[np.uint8],
    place: NDArray[np.int64],
    payload: NDArray[np.int64],
    first_lane: int,
    objects: NDArray[np.uint32],
    sites: NDArray[np.uint32],
    markers: NDArray[np.uint8],
    into: NDArray[np.uint8],
    /,
) -> None: ...
def end_of(stream: bytes | memoryview, /) -> int: ...
def find_records(
    stream: bytes | memoryview, begin: int, until: int, over_zeros: bool, /
) -> tuple[bytes, list[tuple[int, int]], int]: ...
def put_to_sleep(
    kind: type,
    functions: dict[str, Any],
    names: tuple[str, ...],
    sleeper: object,
    replacements: dict[int, tuple[Any, Any]],
    left_alone: tuple[str, ...],
    /,
) -> dict[str, ModuleType]: ...
def sleeping_file(kind: type, awake: Callable[[], None], /) -> type: ...
def become(instance: object, kind: type, /) -> None: ...
def made_stays(objects: list[object], /) -> None: ...
def stay(modules: list[ModuleType], /) -> None: ...
def origins_have(call: object, original: object, asleep: object, /) -> None: ...
