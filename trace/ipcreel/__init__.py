"""Records a multi-process Python program and gives the run back.

    reel = ipcreel.open("market.reel")

event       what one event is
tape        what one process writes, and the merge of tapes into a reel
reel        the model that every reader uses
analysis    what follows from a reel: pure functions over arrays
mechanism   the tables of operations, a module a mechanism
interpose   puts wrappers in the place of what a program calls
record      the first reading of the tables: call, and write down the outcome
replay      the second reading: take the outcome from the tape
export      a reel in the forms of other tools
expect      what a test expects of a reel
cli         the command
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["minimize", "open"]


def __getattr__(name: str) -> "Any":
    # Every recorded process imports this package: numpy comes only with the first reel.
    if name == "minimize":
        from ipcreel.reel.minimal import minimize

        return minimize
    if name in ("open", "Reel", "ReelError"):
        from ipcreel import reel

        return reel.open_reel if name == "open" else getattr(reel, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
