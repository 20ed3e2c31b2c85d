"""Processes begun by `_posixsubprocess.fork_exec`, through which `subprocess` and `multiprocessing` start programs."""

from __future__ import annotations

from ipcreel.interpose import carrying
from ipcreel.interpose.targets import replace_function
from ipcreel.mechanism.keeping import give_b, result_in_b
from ipcreel.mechanism.operation import OUT, Operation
from ipcreel.mechanism.processes import argv_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_ENVIRONMENT_AT = 5  # the place of env_list among the arguments


def _argv(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, argv_of(args[0] if args else None)


FORK_EXEC = Operation(
    0x4110, "process.fork_exec", before=_argv, after=result_in_b, blocks=True, flow=OUT, give=give_b,
    b="pid of the child", payload="argv",
)  # fmt: skip
OPERATIONS = (FORK_EXEC,)


def install(module: ModuleType, reading: Reading) -> None:
    """What is started is given our variables, and is followed."""
    original = module.fork_exec

    def fork_exec(*args: Any) -> Any:
        at = _ENVIRONMENT_AT
        if len(args) > at:
            args = (*args[:at], carrying.carried_list(args[at]), *args[at + 1 :])
        return original(*args)

    replace_function(module, "fork_exec", FORK_EXEC, reading.wrap, fork_exec)
