"""How long an operation is willing to wait, read from its arguments."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOREVER = -1
IN_WORDS = "timeout in ns, 0 where it does not wait, -1 where it waits for ever"


def nanoseconds(timeout: Any) -> int:
    """A timeout in seconds as nanoseconds; FOREVER for None, and for what is no timeout."""
    if timeout is None:
        return FOREVER
    try:
        return min(max(0, int(timeout * 1e9)), 2**63 - 1)
    except (TypeError, ValueError, OverflowError, AttributeError):
        return FOREVER


def of_block_and_timeout(args: tuple[Any, ...], kwargs: dict[str, Any], first: int = 1) -> int:
    """The patience of `f(…, block=True, timeout=None)`, `block` being argument number `first`."""
    count = len(args)
    block = args[first] if count > first else kwargs.get("block", True)
    if block is False or (type(block) is int and not block):
        return 0
    return nanoseconds(args[first + 1] if count > first + 1 else kwargs.get("timeout"))


def of_timeout(args: tuple[Any, ...], kwargs: dict[str, Any], first: int = 1) -> int:
    """The patience of `f(…, timeout=None)`, `timeout` being argument number `first`."""
    return nanoseconds(args[first] if len(args) > first else kwargs.get("timeout"))
