"""Pools of `multiprocessing`: a job submitted, its tasks run in the workers, their results.

A job has its number in the process of the pool, a task its place in the job; both go over with the task, so that
submit, run and result are joined by (pool, job, task). A pool is known by the queue of its tasks.
"""

from __future__ import annotations

from ipcreel.interpose.targets import dress
from ipcreel.mechanism.mp_identity import key_of, named
from ipcreel.mechanism.operation import IN, OUT, RUN, Operation
from ipcreel.mechanism.timeouts import IN_WORDS, of_timeout
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _number_of(queue: Any, name: str = "") -> int:
    try:
        return process.object_number("mp.pool", key_of(queue._rlock), name)
    except AttributeError:  # a pool of threads: its queue is the process's own
        return process.object_number("mp.pool", id(queue), name, shared=False)


def _pool(args: Args, kwargs: Kwargs, result: Any) -> int:
    queue = getattr(args[0], "_inqueue", None) if args else None
    return _number_of(queue) if queue is not None else 0


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    queue = getattr(args[0], "_inqueue", None)
    return _number_of(queue, named("pool")) if queue is not None else 0


def _size(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return args[0]._processes, 0, None


def _of_job(args: Args, kwargs: Kwargs, result: Any) -> int:
    try:
        return args[0]._ipcreel_object  # type: ignore[no-any-return]
    except AttributeError:
        number = _pool(args[1:], {}, None)
        args[0]._ipcreel_object = number
        return number


def _submitted(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    return args[0]._job, 0, type(args[0]).__name__


def _job(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return args[0]._job, None


def _waits_for(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return args[0]._job, None


def _waited_for(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return args[0]._job, of_timeout(args, kwargs), None


def _arrived(args: Args, kwargs: Kwargs, result: None) -> tuple[int, int, object]:
    task = args[1] if len(args) > 1 else kwargs.get("i")
    return args[0]._job, task if type(task) is int else -1, None


class Task:
    """A task in a worker, in the place of its function."""

    __slots__ = ("function", "job", "pool", "task")

    def __init__(self, pool: int, job: int, task: int, function: Any) -> None:
        self.pool = pool
        self.job = job
        self.task = task
        self.function = function


def _task(args: Args, kwargs: Kwargs, result: Any) -> int:
    return args[0].pool  # type: ignore[no-any-return]


def _begun(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    function = args[0].function
    of_chunk = getattr(function, "__name__", "") in ("mapstar", "starmapstar") and len(args) > 1
    function = args[1][0] if of_chunk and type(args[1]) is tuple else function
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return args[0].job, f"{getattr(function, '__module__', '?')}.{name}"


def _ended(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return args[0].job, args[0].task, None


_POOL = "multiprocessing.pool.Pool."
_JOB, _TASK = "number of the job in the process of its pool", "which task of the job, from 0"
SUBMIT = Operation(
    0x3502, "mp.pool.submit", identify=_of_job, after=_submitted, flow=OUT, replay=RUN, a=_JOB,
    payload="the class of its result: ApplyResult, MapResult, IMapIterator or IMapUnorderedIterator",
)  # fmt: skip
RUN_TASK = Operation(
    0x3503, "mp.pool.run", identify=_task, before=_begun, after=_ended, blocks=True, flow=IN, replay=RUN, a=_JOB,
    b=_TASK, payload="the function; where it raised, the exception",
)  # fmt: skip
RESULT = Operation(
    0x3504, "mp.pool.result", identify=_of_job, before=_job, after=_arrived, blocks=True, flow=IN, replay=RUN, a=_JOB,
    b=_TASK,
)  # fmt: skip
WAIT = Operation(
    0x3505, "mp.pool.wait", identify=_of_job, before=_waits_for, after=_waited_for, blocks=True, flow=IN,
    replay=RUN, a=_JOB, b=IN_WORDS,
)  # fmt: skip

OPERATIONS = (
    Operation(
        0x3501, "mp.pool.create", _POOL + "__init__", identify=_made, after=_size, replay=RUN, a="how many workers"
    ),
    SUBMIT, RUN_TASK, RESULT, WAIT,
    Operation(0x3506, "mp.pool.close", _POOL + "close", identify=_pool, replay=RUN),
    Operation(0x3507, "mp.pool.terminate", _POOL + "terminate", identify=_pool, blocks=True, replay=RUN),
    Operation(0x3508, "mp.pool.join", _POOL + "join", identify=_pool, blocks=True, replay=RUN),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Install what targets cannot name: rows that several results have in common, and the worker's side."""
    pool: Any = module
    for owner, name, row in (
        (pool.ApplyResult, "__init__", SUBMIT), (pool.IMapIterator, "__init__", SUBMIT),
        (pool.ApplyResult, "_set", RESULT), (pool.MapResult, "_set", RESULT), (pool.IMapIterator, "_set", RESULT),
        (pool.IMapUnorderedIterator, "_set", RESULT), (pool.ApplyResult, "wait", WAIT),
        (pool.IMapIterator, "next", WAIT),
    ):  # fmt: skip
        original = owner.__dict__[name]
        wrapper = reading.wrap(row, original)
        dress(wrapper, original)
        setattr(owner, name, wrapper)
    pool.IMapIterator.__next__ = pool.IMapIterator.next
    pool.worker = _worker(pool, reading)


def _worker(pool: Any, reading: Reading) -> Any:
    """The loop that runs in a worker, reading tasks whose functions are seen."""
    plain, left_alone = pool.worker, pool._helper_reraises_exception
    run = reading.wrap(RUN_TASK, lambda task, *args, **kwargs: task.function(*args, **kwargs))

    class Tasks:
        """The queue of tasks, as a worker sees it."""

        def __init__(self, queue: Any) -> None:
            self.queue = queue
            self.number = _number_of(queue)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.queue, name)

        def get(self) -> Any:
            received = self.queue.get()
            if received is None:
                return None
            job, task, function, args, kwargs = received
            if function is left_alone:
                return received
            return job, task, run, (Task(self.number, job, task, function), *args), kwargs

    def worker(inqueue: Any, *args: Any, **kwargs: Any) -> Any:
        return plain(Tasks(inqueue), *args, **kwargs)

    dress(worker, plain)
    return worker
