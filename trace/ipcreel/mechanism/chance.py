"""Chance: random bytes of the kernel, and the seeds that generators draw from it."""

from __future__ import annotations

from ipcreel.mechanism.keeping import argument, give_payload, number
from ipcreel.mechanism.operation import Operation
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_SEED_BYTES = 32


def _drawn(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return len(result), 0, result


def _seeded(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, result


def _give_seed(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> bytes:
    return bytes(payload)


def _clocked(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, number(result[1]), result[0]


def _give_clocked(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    return payload, b


SEED = Operation(
    0x4403, "chance.generator.seed", after=_seeded, give=_give_seed,
    payload="what a random.Random that was given no seed was seeded with: 32 bytes, least first, as one integer",
)  # fmt: skip
CLOCKED = Operation(
    0x4404, "chance.uuid.draw", after=_clocked, give=_give_clocked, b="how safe, as uuid says",
    payload="the sixteen bytes that uuid1 took from the clock and the network card",
)  # fmt: skip

OPERATIONS = (
    Operation(
        0x4401, "chance.bytes.draw", "os.urandom", before=argument(0, "size"), after=_drawn, give=give_payload,
        a="how many", payload="the bytes",
    ),
    Operation(
        0x4402, "chance.kernel_bytes.draw", "os.getrandom", before=argument(0, "size"), after=_drawn, blocks=True,
        give=give_payload, a="how many", payload="the bytes",
    ),
    SEED,
    CLOCKED,
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """Have generators draw their seeds where it can be seen: C does it behind Python's back."""
    if module.__name__ == "random":
        _install_seeds(module, reading)
    elif module.__name__ == "uuid" and getattr(module, "_generate_time_safe", None) is not None:
        module._generate_time_safe = reading.wrap(CLOCKED, module._generate_time_safe)  # type: ignore[attr-defined]


def _install_seeds(module: ModuleType, reading: Reading) -> None:
    import os

    from ipcreel.interpose.targets import dress

    draw = reading.wrap(SEED, _drawing(os.urandom))
    plain = module.Random.seed
    last = 0  # what the tape has as the seed of the module's own generator

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        nonlocal last
        if a is None:
            here = process.here
            if last and here is not None and here.inside:
                # The library's own, for the names of its files. It outlives the operation, whose inside the tape does
                # not have: its seed follows from one that it has.
                a = last + 1
            else:
                a = int.from_bytes(draw(), "little")
                last = a if self is generator else last
        plain(self, a, version)

    dress(seed, plain)
    seed.__defaults__ = plain.__defaults__
    module.Random.seed = seed
    generator = module._inst
    generator.seed()  # it seeded itself while the module was imported
    module.seed = generator.seed  # type: ignore[attr-defined]
    os.register_at_fork(after_in_child=generator.seed)  # runs right after the module's own, which was not seen


def _drawing(urandom: Any) -> Any:
    from ipcreel.mechanism.inside import of_library

    return of_library(lambda: urandom(_SEED_BYTES))
