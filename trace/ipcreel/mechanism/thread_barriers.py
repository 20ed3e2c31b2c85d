"""`threading.Barrier`."""

from __future__ import annotations

from ipcreel.mechanism import timeouts
from ipcreel.mechanism.operation import GIVE, IN, OUT, RUN, Operation
from ipcreel.mechanism.ownership import made_by_program, new_of_program, number_of, unwatched, watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]


def _made(args: Args, kwargs: Kwargs, result: Any) -> int:
    barrier = args[0]
    barrier._ipcreel_object = number = new_of_program("barrier")
    return number


def _parties(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    parties = args[0]._parties
    return (parties if type(parties) is int else 0), args[0]._action is not None, None


def _wanted(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    return timeouts.of_timeout(args, kwargs), None


def _passed(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return timeouts.of_timeout(args, kwargs), (result if type(result) is int else 0), None


def _read(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    return 0, int(result), None


def _give_number(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> int:
    return b


def _give_truth(args: Args, kwargs: Kwargs, a: int, b: int, payload: object) -> bool:
    return bool(b)


OPERATIONS = (
    Operation(
        0x2501, "threads.barrier.create", "threading.Barrier", identify=_made, concerns=made_by_program,
        after=_parties, replay=RUN,
        a="parties", b="1 where it has an action",
    ),
    Operation(
        0x2502, "threads.barrier.wait", "threading.Barrier.wait", identify=number_of, concerns=watched, before=_wanted,
        after=_passed, blocks=True, flow=IN, replay=RUN,
        a=timeouts.IN_WORDS, b="index of this arrival: the last one, parties - 1, lets all through and runs the action",
    ),
    Operation(
        0x2503, "threads.barrier.reset", "threading.Barrier.reset", identify=number_of, concerns=watched, flow=OUT,
        replay=RUN,
    ),
    Operation(
        0x2504, "threads.barrier.abort", "threading.Barrier.abort", identify=number_of, concerns=watched, flow=OUT,
        replay=RUN,
    ),
    Operation(
        0x2505, "threads.barrier.n_waiting", "threading.Barrier.n_waiting:get", identify=number_of, concerns=watched,
        after=_read, give=_give_number, replay=GIVE,
        b="how many wait",
    ),
    Operation(
        0x2506, "threads.barrier.broken", "threading.Barrier.broken:get", identify=number_of, concerns=watched,
        after=_read, give=_give_truth, replay=GIVE,
        b="1 broken, 0 not",
    ),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """A barrier that the library makes, a manager's, stays its own."""
    library: Any = module
    unwatched(library.Barrier)
