"""Begins the recording of an interpreter that has just started."""

from __future__ import annotations

import gc
import os
import sys

from ipcreel.compiled import is_compiled
from ipcreel.interpose import environment, interrupt, sleep, streams
from ipcreel.interpose.builtin import also_kept, rebind
from ipcreel.interpose.ending import Ending, at_last
from ipcreel.interpose.frames import HOOKS
from ipcreel.interpose.imports import when_imported
from ipcreel.record import later
from ipcreel.record.forking import follow_forks
from ipcreel.record.surroundings import surroundings
from ipcreel.tape import process
from ipcreel.tape.writer import packed

if is_compiled:
    from ipcreel.core import fall_back_on, made_stays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ipcreel.record.wrap import Recording

# Imported by every interpreter before us, and known to take no function that is replaced.
_ALWAYS = frozenset((
    "_collections_abc", "_frozen_importlib_external", "_sitebuiltins", "abc", "codecs", "encodings",
    "encodings.aliases", "encodings.utf_8", "genericpath", "io", "os", "os.path", "posixpath", "site", "stat",
    "zipimport",
))  # fmt: skip

_HEADER_ROOM = 3072  # bytes of the first page of a tape; an argument vector can be longer than a page

_reading: Recording | None = None  # what installs: made when something is installed first
_hooks: sleep.Sleeper | None = None


def start(clock: Callable[[], int], began_ns: int, bootstrap: str) -> None:
    """Open the tape, and patch every module of `mechanism.PATCHES`, now or when it is imported or asked for something.

    Args:
        clock: of the processor time of this process; what it takes to start is stated.
        began_ns: what it showed when that began.
        bootstrap: the folder in PYTHONPATH through which we came.
    """
    if is_compiled:
        fall_back_on(_pack)
    already = {name: module for name, module in sys.modules.items() if name not in _ALWAYS}
    seed = os.environ.get("PYTHONHASHSEED", "")
    environment.hide(bootstrap)
    limit = int(environment.setting("IPCREEL_PAYLOAD_LIMIT") or 1 << 20)
    facts = _facts(seed)
    short = len(packed(facts)) <= _HEADER_ROOM
    process.open_tape(environment.setting("IPCREEL_TAPES"), "exec", limit, None, facts if short else {})
    if not short:
        process.fact("header", facts)
    if limit:
        process.fact("environment", _environment())
    helper = _library_process(sys.orig_argv)
    if helper == "resource_tracker":  # it outlives the program by design, and waits for it to end: it is left alone
        process.fact("name", helper)
        process.fact("unrecorded", ["a process of multiprocessing's own"])
        return
    if limit:
        process.fact("surroundings", surroundings())
    process.here = process.Here()
    if helper:
        process.fact("name", helper)
    elif environment.setting("IPCREEL_PROCESSES"):
        from ipcreel.tape.naming import program_name

        process.choose(program_name(list(sys.orig_argv)))
    follow_forks()
    callbacks = _callbacks()
    rebind(already)
    del already  # or the modules of others would stay too
    if is_compiled:
        made_stays(gc.get_objects(generation=0))  # all that was made since we began: no collection looks at it
    when_imported(callbacks, Ending(_note_end))
    process.fact("start_ns", clock() - began_ns)


def _callbacks() -> dict[str, Callable[[Any], None]]:
    """What is to be done to which module of Python once it is there; what can sleep is put to sleep now."""
    global _hooks  # noqa: PLW0603
    callbacks: dict[str, Callable[[Any], None]] = dict.fromkeys(later.watched or _patches(), _install)
    callbacks["traceback"] = _hide_from_traceback
    if not later.asleep:
        _hide_from_uncaught(sys)
        return callbacks
    for name, functions in later.asleep.items():
        sleep.sleep(sys.modules[name], functions, _install)
        del callbacks[name]
    _hooks = sleep.sleep(sys, HOOKS, _hide_from_uncaught)
    for hook in HOOKS:
        also_kept(hook)
    interrupt.sleep(sys.modules["_signal"], _install)
    streams.sleep(sys, _install)
    del callbacks["_signal"], callbacks["sys"]
    return callbacks


def _install(module: Any) -> None:
    """Install the mechanisms of a module in it, or in the `Sleeper` that stands for it."""
    global _reading  # noqa: PLW0603
    name = module.__name__
    try:
        if _reading is None:
            wrap: Any = later.load("ipcreel.record.wrap")
            if wrap is None:  # a handler runs in the middle of that
                return
            wrap.internals = bool(environment.setting("IPCREEL_INTERNALS"))
            _reading = wrap.Recording()
        _reading.install(module, _patches()[name])
    except Exception as fault:  # a fault of ours must not reach the program
        process.fact("fault", f"{name}: {type(fault).__name__}: {fault}")


def _pack(value: object, depth: int) -> bytes:
    """What has no form in C is packed in Python; as text where that is being loaded."""
    module: Any = later.load("ipcreel.tape.pack")
    packs: bytes = packed(ascii(value)) if module is None else module.pack(value, depth)
    return packs


def _patches() -> dict[str, tuple[str, ...]]:
    return later.load("ipcreel.mechanism").PATCHES  # type: ignore[union-attr,no-any-return]


def _hide_from_uncaught(module: Any) -> None:
    _hide("hide_from_uncaught", module)


def _hide_from_traceback(module: Any) -> None:
    _hide("hide_from_traceback", module)


def _hide(how: str, module: Any) -> None:
    try:
        getattr(later.load("ipcreel.interpose.tracebacks"), how)(module)
    except Exception as fault:  # at the very end, where the program has kept it from being noticed
        process.fact("fault", f"{module.__name__}: {type(fault).__name__}: {fault}")


def _note_end() -> None:
    """Say that the process ended by itself, and prepare for the end of recording."""
    process.fact("ended_ns", process.now())
    if _hooks is not None and _reading is not None:
        _hooks.wake()  # there may be frames of ours in what is said later: nothing wakes any more then
    later.keep()
    process.last_module = at_last(_stop)


def _stop() -> None:
    process.stop_recording()
    sleep.end()


def _library_process(argv: list[str]) -> str:
    """Which of the processes that `multiprocessing` starts for itself this is, if any."""
    head, _, rest = argv[-1].partition(" import main;") if len(argv) > 2 and argv[-2] == "-c" else ("", "", "")
    name = head.removeprefix("from multiprocessing.")
    return name if name in ("resource_tracker", "forkserver") and rest.lstrip().startswith("main(") else ""


def _facts(seed: str) -> dict[str, object]:
    """What a replay needs in order to start an interpreter like this one."""
    return {
        "argv": list(sys.orig_argv),
        "executable": sys.executable,
        "python": sys.version,
        "folder": _folder(),
        "hash_seed": seed if sys.flags.hash_randomization and "-R" not in sys.orig_argv else "0",
    }


def _environment() -> bytes:
    """As the program found it: NAME=value, with a zero byte between."""
    return b"\0".join([b"=".join(pair) for pair in os.environ._data.items()])  # type: ignore[attr-defined]


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""
