"""Managers of `multiprocessing`: the calls that proxies make.

A call spans the message to the manager and the one that comes back, which are operations of its connection. What the
manager holds (a lock, an event, a queue) is the program's, and used by threads of the manager: so its operations are
recorded there.
"""

from __future__ import annotations

from ipcreel.mechanism import ownership
from ipcreel.mechanism.mp_identity import named
from ipcreel.mechanism.operation import RUN, Operation
from ipcreel.tape import process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

    Args = tuple[Any, ...]
    Kwargs = dict[str, Any]

_PLAIN = frozenset((int, float, bool, str, bytes))


def _proxy(args: Args, kwargs: Kwargs, result: Any) -> int:
    token = getattr(args[0], "_token", None) if args else None
    return 0 if token is None else _managed(token, f"{token.typeid} {token.id}")


def _created(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    _managed(result[0], named(result[0].typeid))
    return 0, 0, None


def _managed(token: Any, name: str) -> int:
    return process.object_number("mp.managed", (str(token.address), token.typeid, token.id), name)


def _method(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    name = args[1] if len(args) > 1 else kwargs.get("methodname")
    return 0, {"method": name if type(name) is str else "?"}


def _returned(args: Args, kwargs: Kwargs, result: Any) -> tuple[int, int, object]:
    if type(result) not in _PLAIN:
        return 0, 0, None
    return 0, 0, {**_method(args, kwargs)[1], "result": result}  # type: ignore[dict-item]


def _type(args: Args, kwargs: Kwargs) -> tuple[int, object]:
    kind = args[1] if len(args) > 1 else None
    return 0, kind if type(kind) is str else None


_MANAGER = "multiprocessing.managers.BaseManager."
OPERATIONS = (
    Operation(
        0x3601, "mp.manager.call", "multiprocessing.managers.BaseProxy._callmethod", identify=_proxy, before=_method,
        after=_returned, blocks=True, replay=RUN,
        payload="`method`, and `result` where it is a number, a text or bytes",
    ),
    Operation(0x3602, "mp.manager.start", _MANAGER + "start", blocks=True, replay=RUN),
    Operation(0x3603, "mp.manager.connect", _MANAGER + "connect", blocks=True, replay=RUN),
    Operation(
        0x3604, "mp.manager.create", _MANAGER + "_create", before=_type, after=_created, blocks=True, replay=RUN,
        payload="the type of the object that the manager is to hold",
    ),
    Operation(0x3605, "mp.manager.join", _MANAGER + "join", blocks=True, replay=RUN),
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """The server makes what a proxy asks for."""
    library: Any = module
    ownership.makes_for_other_process(library.Server.create.__code__)
