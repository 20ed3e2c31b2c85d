"""What this process writes to: its tape, its lanes, and the numbers of its objects and call sites."""

from __future__ import annotations

import _thread
import os
import sys
import time

from ipcreel.compiled import is_compiled
from ipcreel.interpose import environment
from ipcreel.interpose.frames import is_ours, program_frame
from ipcreel.tape import layout
from ipcreel.tape.writer import Tape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

now, _unix_now = time.monotonic_ns, time.time_ns
_getpid, _getppid, _native_id = os.getpid, os.getppid, _thread.get_native_id
_getframe, _stat = sys._getframe, os.stat

tape = Tape()
sites: dict[int, int] = {}  # id of a code object + instruction offset (the bytecode lies inside the object): number
passed: set[str] = set()  # files of library code that may stand between the program and an operation of its
_files: set[str] = set()  # those that sites lie in
_codes: list[CodeType] = []  # keeps them alive, so that an id is never given twice
_FRAMES = 8  # outwards, that whoever remembers a call site tells it by, at most
_lanes = 0
_begun: dict[int, tuple[int, int]] = {}  # by thread: its number in the kernel, which is not given again soon, and lane
_objects: dict[object, int] = {}
_object_count = 0
_site_count = 0


if TYPE_CHECKING or not is_compiled:
    _OfThread = _thread._local
else:
    from ipcreel.core import Local as _OfThread


class Here(_OfThread):
    """The thread that asks: its lane, and whether it is inside a recorded operation, whose parts are not recorded.

    Attributes:
        lane: its number in this process.
        mark: the lane, or -1 where it is inside: one look at it is all that a wrapper takes.
        outside: the mark of who is outside of any operation.
    """

    lane: int
    mark: int
    outside: int
    before_fork: bool

    def __init__(self) -> None:
        # What a finalizer or a handler does while the lane is being defined is recorded in it.
        global _lanes  # noqa: PLW0603
        thread, native = _thread.get_ident(), _native_id()
        begun = _begun.get(thread)
        if begun is not None and begun[0] == native:
            # A finalizer was the first of this thread to ask, in the middle of the making of what is asked: it has
            # begun the lane.
            self.lane = self.mark = self.outside = begun[1]
            return
        lane = _lanes
        _lanes = lane + 1
        self.lane = self.mark = self.outside = lane
        _begun[thread] = native, lane
        tape.define(layout.LANE, lane, native, _thread_name())

    @property
    def inside(self) -> bool:
        return self.mark < 0

    @inside.setter
    def inside(self, value: bool) -> None:
        self.mark = -1 if value else self.lane


def _thread_name() -> str:
    threading = sys.modules.get("threading")
    thread = getattr(threading, "_active", {}).get(_thread.get_ident())
    return thread.name if thread is not None else "MainThread" if _lanes == 1 else f"thread {_lanes}"


class _Unrecorded:
    """What stands for `here` before a tape is open, or in a process that was not chosen: nothing is recorded."""

    lane = 0
    mark = outside = -1

    @property
    def inside(self) -> bool:
        return True

    @inside.setter
    def inside(self, value: bool) -> None:
        """Code that is let out of a semantic operation is not recorded either."""


here: Here = _Unrecorded()  # type: ignore[assignment]


last_module: object = None  # kept alive until the interpreter empties its modules


def stop_recording() -> None:
    """Record nothing from here on."""
    global here  # noqa: PLW0603
    here = _Unrecorded()  # type: ignore[assignment]


def open_tape(directory: str, how: str, payload_limit: int, parent: str | None, facts: dict[str, object]) -> None:
    """Begin the tape of this process; after a fork, of the child.

    Args:
        directory: that of the recording.
        how: `exec` for a new interpreter, `fork` for a child of a recorded process.
        payload_limit: bytes kept of a payload.
        parent: the name of the tape of the process that forked this one: its objects and sites are ours too.
        facts: more of what is known: plain values.

    Raises:
        OSError: the files of the tape cannot be made.
    """
    global _lanes  # noqa: PLW0603
    begin_ns = now()
    pid = _getpid()
    header: dict[str, object] = {
        "format": "ipcreel tape",
        "version": layout.VERSION,
        "pid": pid,
        "ppid": _getppid(),
        "how": how,
        "parent": parent,
        "begin_ns": begin_ns,
        "begin_unix_ns": _unix_now(),
        "objects_from_parent": _object_count if parent else 0,
        "sites_from_parent": _site_count if parent else 0,
        **facts,
    }
    tape.open(directory, f"{begin_ns:016x}-{pid}", header, payload_limit)
    _lanes = 0
    _begun.clear()


def name_lane(lane: int, native_id: int, name: str) -> None:
    """Call a lane by the name that its thread has from here on."""
    tape.define(layout.LANE, lane, native_id, name)


def site_of(frame: FrameType) -> int:
    """The number of the call site where `frame` stands, defined when it is first seen.

    A frame of ours stands for the one of the program that called it. So does one in a file of `passed`: `with lock:`
    is at the line of the program, not in the library's `__enter__`.
    """
    global _site_count  # noqa: PLW0603
    code, sign = frame.f_code, 1
    number = sites.get(id(code) + frame.f_lasti)
    if number is not None:  # a frame that is passed over has no number under a positive key
        return number
    if _passed_over(frame):
        outer = frame.f_back
        number = sites.get(id(outer.f_code) + outer.f_lasti) if outer is not None else None
        if number is not None:
            return number
        outer = outside_of_library(frame)
        if outer is None:
            outer, sign = program_frame(frame), -1  # a thread of the library's own; elsewhere this is passed over
        if outer is None:
            return 0
        frame, code = outer, outer.f_code
    key = sign * (id(code) + frame.f_lasti)
    number = sites.get(key)
    if number is None:
        number = _site_count + 1
        _site_count = number  # no call comes between: no other thread has this number
        _codes.append(code)
        tape.define(layout.SITE, number, code.co_filename, frame.f_lineno or 0, code.co_qualname, frame.f_lasti)
        sites[key] = number
        if code.co_filename not in _files:
            _define_source(code.co_filename)
    return number


def site_kept(frame: FrameType) -> tuple[int, int]:
    """`site_of`, for whoever remembers it, and by how many frames outwards it is told; -1 where it is by many."""
    number = site_of(frame)
    outer: FrameType | None = frame
    for depth in range(_FRAMES):
        if outer is None:  # a thread of the library's own
            return number, depth - 1
        if sites.get(id(outer.f_code) + outer.f_lasti) == number:  # this one is not passed over
            return number, depth
        outer = outer.f_back
    return number, -1


def _define_source(file: str) -> None:
    """State which version of `file` runs. Its content is hashed after the run, if it is the same file still."""
    _files.add(file)
    if file.startswith("<"):
        return
    try:
        status = _stat(file)
    except (OSError, ValueError):
        return
    tape.define(layout.SOURCE, file, status.st_size, status.st_mtime_ns, "")


def outside_of_library(frame: FrameType | None) -> FrameType | None:
    """The first frame outside of `passed` and of ours; None where there is none: in a thread of the library's own."""
    while frame is not None:
        if not _passed_over(frame):
            return frame
        frame = frame.f_back
    return None


def _passed_over(frame: FrameType) -> bool:
    file = frame.f_code.co_filename
    # The library makes functions out of text too, in namespaces that are no module's.
    return file in passed or is_ours(file) or (file == "<string>" and "__name__" not in frame.f_globals)


def object_number(kind: str, key: object, name: str, shared: bool = True) -> int:
    """The number of the object known by `kind` and `key`, defined when it is first seen.

    Args:
        kind: what it is, such as `sysv.queue`.
        key: what tells it from others of its kind: plain and hashable. For a shared object it must be the same in all
            processes that use the same kernel object.
        name: for people.
        shared: whether other processes can have it too. After a fork, what is not shared is another object.
    """
    number = _objects.get((kind, key))
    if number is None:
        number = new_object(kind, key, name, shared)
        _objects[(kind, key)] = number
    return number


def new_object(kind: str, key: object, name: str, shared: bool = False) -> int:
    """The number of an object that was made just now, under a key that may have belonged to an earlier one.

    Where nothing tells it from others (`key` is None) its key is its number here: other events can point to it by that.
    """
    global _object_count  # noqa: PLW0603
    number = _object_count + 1
    _object_count = number
    key = number if key is None else key
    tape.define(layout.OBJECT, number, kind, shared, list(key) if isinstance(key, tuple) else key, name)
    return number


def name_object(number: int, kind: str, key: object, name: str, shared: bool = True) -> None:
    """Call an object by another name from here on: more is known of it than when it was made."""
    tape.define(layout.OBJECT, number, kind, shared, list(key) if isinstance(key, tuple) else key, name)


def forget_object(kind: str, key: object) -> None:
    """The next object under this key is another one."""
    _objects.pop((kind, key), None)


def fact(key: str, value: object) -> None:
    """State something about the process; the last statement under a key stands. `name` decides if it was chosen."""
    tape.define(layout.FACT, key, value)
    if key == "name":
        choose(str(value))


def choose(name: str) -> None:
    """Record this process or not, by its name and what `--processes` asked for."""
    global here  # noqa: PLW0603
    patterns = environment.setting("IPCREEL_PROCESSES")
    if not patterns:
        return
    from fnmatch import fnmatchcase

    chosen = any(fnmatchcase(name, pattern) for pattern in patterns.split("\n"))
    tape.define(layout.FACT, "chosen", chosen)
    if not chosen:
        here = _Unrecorded()  # type: ignore[assignment]
    elif isinstance(here, _Unrecorded):
        here = Here()
