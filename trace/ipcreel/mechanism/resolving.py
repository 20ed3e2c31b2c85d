"""What the system is asked for by name: addresses, services, interfaces."""

from __future__ import annotations

from ipcreel.mechanism.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _asked(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return 0, args or None


def _answered(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return 0, 0, result


def _give(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> Any:
    return payload


def _question(code: int, name: str, *, blocks: bool = False) -> Operation:
    return Operation(
        code, f"resolver.name.{name}", f"_socket.{name}", before=_asked if blocks else None, after=_answered,
        blocks=blocks, give=_give, payload="the answer" + ("; while pending, the question" if blocks else ""),
    )  # fmt: skip


OPERATIONS = (
    _question(0x1501, "getaddrinfo", blocks=True),
    _question(0x1502, "getnameinfo", blocks=True),
    _question(0x1503, "gethostbyname", blocks=True),
    _question(0x1504, "gethostbyname_ex", blocks=True),
    _question(0x1505, "gethostbyaddr", blocks=True),
    _question(0x1506, "gethostname"),
    _question(0x1507, "getservbyname"),
    _question(0x1508, "getservbyport"),
    _question(0x1509, "getprotobyname"),
    _question(0x150A, "if_nameindex"),
    _question(0x150B, "if_nametoindex"),
    _question(0x150C, "if_indextoname"),
)
