"""Thread pools of a replay: each call is run by the thread that ran it, and a thread is started where one was.

The queues of a pool are the library's own, and not on the tape. What a thread took from one shows in what it did next.
"""

from __future__ import annotations

from _thread import LockType, allocate_lock
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipcreel.replay.reading import Replaying

_BEGIN, _START, _JOIN = "futures.call.begin", "threads.thread.start", "threads.thread.join"


class Choosing:
    """A queue from which a thread takes what fits, and waits until there is such an item."""

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading
        reading.pools.append(self)
        self._items: list[Any] = []
        self._guard = allocate_lock()
        self._waiting: list[LockType] = []

    def put(self, item: Any) -> None:
        """Add an item, or None: the sign to end."""
        with self._guard:
            self._items.append(item)
        self.look_again()

    def look_again(self) -> None:
        """Let those who wait look whether there is something for them."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter.release()

    def _find(self, fits: Callable[[Any], bool]) -> Any:
        while True:
            with self._guard:
                for place, item in enumerate(self._items):
                    if self._reading.has_left or fits(item):
                        return self._items.pop(place)
                waiter = allocate_lock()
                waiter.acquire()
                self._waiting.append(waiter)
            waiter.acquire()


class TapedWork(Choosing):
    """The queue of an executor's work: a thread takes the call that its lane goes on with."""

    def __init__(self, reading: Replaying, empty: type[Exception]) -> None:
        """Take the reading, and what is raised where nothing can be had."""
        super().__init__(reading)
        self._empty = empty

    def put(self, item: Any) -> None:
        """Add a call, or None: the sign to end."""
        if item is not None:
            item.future._ipcreel_object = self._reading.here.submitted
        super().put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next call of this thread; None at its end."""
        if self._reading.comes(_BEGIN):
            wanted = self._reading.here.events[-1].object
            return self._find(lambda item: item is not None and item.future._ipcreel_object == wanted)
        if not self._reading.here.events and not self._reading.has_left:
            self._reading.stand_until_left("it waits for work")
        return self._find(lambda item: item is None)

    def get_nowait(self) -> Any:
        """A call that nobody ran: it was cancelled before."""
        begun = self._reading.script.begun
        with self._guard:
            for place, item in enumerate(self._items):
                if item is not None and item.future._ipcreel_object not in begun:
                    return self._items.pop(place)
        raise self._empty

    def qsize(self) -> int:
        """How many calls there are."""
        return len(self._items)

    def empty(self) -> bool:
        """Whether there is none."""
        return not self._items


class TapedTasks(Choosing):
    """A queue between a `ThreadPool` and its threads: of tasks, each of which begins with a job's number and its own,
    or of their results.
    """

    def __init__(self, reading: Replaying, name: str, empty: type[Exception]) -> None:
        """Take the reading, the operation that follows when something was taken, and what is raised where nothing is
        to be had.
        """
        super().__init__(reading)
        self._name = name
        self._empty = empty

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """What this thread took here, None at its end."""
        if not block:
            return self._left()
        if not self._reading.comes(self._name):
            return self._find(lambda item: item is None)
        event = self._reading.here.events[-1]
        if event.end_ns > 0:
            return self._find(lambda item: item is not None and item[:2] == (event.a, event.b))
        return self._find(lambda item: item is not None and item[0] == event.a)

    def _left(self) -> Any:
        """What nobody took."""
        with self._guard:
            if not self._items:
                raise self._empty
            return self._items.pop(0)


class TapedThreads(set):  # type: ignore[type-arg]
    """The threads of a pool, in the order in which they were joined: a set goes by addresses."""

    def __init__(self, reading: Replaying) -> None:
        super().__init__()
        self._reading = reading

    def __iter__(self) -> Iterator[Any]:
        left = list(super().__iter__())
        while left:
            next_ = self._reading.here.events[-1].object if self._reading.comes(_JOIN) else -1
            place = next((at for at, thread in enumerate(left) if thread._ipcreel_object == next_), 0)
            yield left.pop(place)


class TapedIdle:
    """What a pool counts its idle threads with: there was one where no thread was started."""

    def __init__(self, reading: Replaying) -> None:
        self._reading = reading

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Whether a thread was idle; in a try, when the tape was left, another one is started as long as one may be."""
        if self._reading.has_left:
            return False
        return self._reading.here.inside or not self._reading.comes(_START)

    def release(self, n: int = 1) -> None:
        """Nothing: the tape knows."""


def adapt(module: ModuleType, reading: Replaying) -> None:
    """Give the pools of threads in `module` their taped queues."""
    if module.__name__ == "concurrent.futures.thread":
        _adapt_executor(module, reading)
    elif module.__name__ == "multiprocessing.pool":
        _adapt_pool(module, reading)


def _adapt_executor(module: ModuleType, reading: Replaying) -> None:
    pool: Any = getattr(module, "ThreadPoolExecutor")  # noqa: B009
    plain = pool.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        plain(self, *args, **kwargs)
        self._work_queue = TapedWork(reading, module.queue.Empty)
        self._idle_semaphore = TapedIdle(reading)
        self._threads = TapedThreads(reading)

    __init__.__wrapped__ = plain  # type: ignore[attr-defined]
    pool.__init__ = __init__


def _adapt_pool(module: ModuleType, reading: Replaying) -> None:
    library: Any = module

    def _setup_queues(self: Any) -> None:
        self._inqueue = TapedTasks(reading, "mp.pool.run", library.queue.Empty)
        self._outqueue = TapedTasks(reading, "mp.pool.result", library.queue.Empty)
        self._quick_put, self._quick_get = self._inqueue.put, self._outqueue.get

    library.ThreadPool._setup_queues = _setup_queues
