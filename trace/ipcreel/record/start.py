"""Begins the recording of an interpreter that has just started."""

from __future__ import annotations

import os
import sys

from ipcreel import mechanism
from ipcreel.compiled import is_compiled
from ipcreel.interpose import environment, frames, sleep
from ipcreel.interpose.ending import Ending, at_last
from ipcreel.interpose.imports import when_imported
from ipcreel.interpose.targets import rebind
from ipcreel.record import later, wrap
from ipcreel.record.forking import follow_forks
from ipcreel.record.surroundings import surroundings
from ipcreel.record.wrap import Recording
from ipcreel.tape import process
from ipcreel.tape.pack import pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

# Imported by every interpreter before us, and known to take no function that is replaced.
_ALWAYS = frozenset((
    "_collections_abc", "_sitebuiltins", "abc", "codecs", "encodings", "encodings.aliases", "encodings.utf_8",
    "genericpath", "io", "os", "posixpath", "site", "stat",
))  # fmt: skip

_HEADER_ROOM = 3072  # bytes of the first page of a tape; an argument vector can be longer than a page


def start(clock: Callable[[], int], began_ns: int) -> None:
    """Open the tape, and patch every module of `mechanism.PATCHES`, now or when it is imported.

    Args:
        clock: of the processor time of this process; what it takes to start is stated.
        began_ns: what it showed when that began.
    """
    already = {name: module for name, module in sys.modules.items() if name not in _ALWAYS}
    seed = os.environ.get("PYTHONHASHSEED", "")
    environment.hide(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bootstrap"))
    limit = int(environment.setting("IPCREEL_PAYLOAD_LIMIT") or 1 << 20)
    facts = _facts(seed)
    short = len(pack(facts)) <= _HEADER_ROOM
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
    frames.hide_from_uncaught()
    wrap.internals = bool(environment.setting("IPCREEL_INTERNALS"))
    reading = Recording()
    install = installing(reading)
    callbacks = dict.fromkeys(mechanism.PATCHES, install)
    for name, functions in later.asleep.items() if is_compiled else ():
        sleep.sleep(sys.modules[name], functions, install)
        del callbacks[name]
    callbacks["traceback"] = frames.hide_from_traceback
    follow_forks()
    when_imported(callbacks, Ending(_note_end))
    rebind(already)
    process.fact("start_ns", clock() - began_ns)


def _note_end() -> None:
    """Say that the process ended by itself, and prepare for the end of recording."""
    process.fact("ended_ns", process.now())
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
    return b"\0".join([name + b"=" + value for name, value in os.environ._data.items()])  # type: ignore[attr-defined]


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def installing(reading: Recording) -> Callable[[ModuleType], None]:
    """What installs the mechanisms of a module in it."""

    def install(module: ModuleType) -> None:
        name = module.__name__
        try:
            reading.install(module, mechanism.PATCHES[name])
        except Exception as fault:  # a fault of ours must not reach the program
            process.fact("fault", f"{name}: {type(fault).__name__}: {fault}")

    return install
