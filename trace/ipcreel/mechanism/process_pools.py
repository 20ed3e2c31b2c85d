"""`concurrent.futures.ProcessPoolExecutor`, where a call begins and ends in another process than it was submitted in.

A call is known, in all processes of a pool, by the pipe that brings calls to the workers and by its number in the pool.
"""

from __future__ import annotations

import os
import sys

from ipcreel.mechanism.futures import BEGIN, END, install_executor
from ipcreel.mechanism.operation import Operation
from ipcreel.mechanism.stand_in import dressed
from ipcreel.mechanism.threads import describe
from ipcreel.tape import process
from ipcreel.tape.process import new_object, passed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

OPERATIONS: tuple[Operation, ...] = ()

_fstat = os.fstat
_getframe = sys._getframe


def _pipe_of(call_queue: Any) -> int:
    """The inode of the pipe behind a queue: the same in every process that has it; 0 where it is closed."""
    try:
        return _fstat(call_queue._reader.fileno()).st_ino
    except (AttributeError, OSError, ValueError):
        return 0


def _new_call(pipe: int, work_id: int) -> int:
    return new_object("call", (pipe, work_id), f"call {work_id}", shared=True)


class _Calls:
    """The queue that brings a worker its calls: between two of them it notes the begin of one."""

    def __init__(self, queue: Any, reading: Reading, at_work: list[int]) -> None:
        self.queue = queue
        self.reading = reading
        self.at_work = at_work
        self.pipe = _pipe_of(queue)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        call = self.queue.get(*args, **kwargs)
        if call is not None and process.here is not None:
            self.at_work[:] = [_new_call(self.pipe, call.work_id)]
            self.reading.note(BEGIN, self.at_work[0])
        return call


def _install_parent(library: Any) -> None:
    """Number a future like its call, before its submit returns and before a worker can see it."""
    kind = library._WorkItem
    plain = kind.__init__

    def __init__(self: Any, future: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        plain(self, future, *args, **kwargs)
        here = process.here
        executor = _getframe(1).f_locals.get("self")
        if here is None or not isinstance(executor, library.ProcessPoolExecutor):
            return
        pipe = executor.__dict__.get("_ipcreel_pipe")
        if pipe is None:
            pipe = executor._ipcreel_pipe = _pipe_of(executor._call_queue)
        future._ipcreel_key = [pipe, executor._queue_count]
        future._ipcreel_object = _new_call(pipe, executor._queue_count)

    kind.__init__ = dressed(__init__, plain)


def _install_worker(library: Any, reading: Reading) -> None:
    at_work: list[int] = []  # the call that the worker is in
    plain_worker, plain_sendback = library._process_worker, library._sendback_result

    def _process_worker(call_queue: Any, *args: Any, **kwargs: Any) -> Any:
        return plain_worker(_Calls(call_queue, reading, at_work), *args, **kwargs)

    def _sendback_result(*args: Any, **kwargs: Any) -> None:
        if at_work and process.here is not None:
            failure = getattr(kwargs.get("exception"), "exc", None)
            payload = describe(failure) if failure is not None else None
            reading.note(END, at_work.pop(), failure is not None, 0, payload)
        plain_sendback(*args, **kwargs)

    library._process_worker = dressed(_process_worker, plain_worker)
    library._sendback_result = dressed(_sendback_result, plain_sendback)


def install(module: ModuleType, reading: Reading) -> None:
    """Both sides of the pool: every process of it has this module."""
    library: Any = module
    passed.add(module.__file__ or "")
    install_executor(library.ProcessPoolExecutor, reading)
    _install_parent(library)
    _install_worker(library, reading)
