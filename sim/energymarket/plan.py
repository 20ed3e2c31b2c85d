"""What every process of a run is told at its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from multiprocessing.sharedctypes import Synchronized, SynchronizedArray

from energymarket import board, ledger
from energymarket.bugs import Bug
from energymarket.config import Config
from energymarket.ipc import Keys
from energymarket.primitives import TickBarrier

MAIN, WEATHER, MARKET, EXTERNAL, FIRST_HOME = range(5)  # the members of the tick barrier; homes follow


@dataclass(frozen=True, slots=True)
class Plan:
    """`slots` is how many offers fit in the queue."""

    config: Config
    keys: Keys
    slots: int
    bug: Bug = Bug.NONE

    def barrier(self, member: int) -> TickBarrier:
        return TickBarrier(member, member_count(self.config.run.homes), self.keys.barrier)


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared memory of a run."""

    temperature_c: "Synchronized[float]"
    board: "SynchronizedArray[float]"  # see board.FIELDS
    ledger: "SynchronizedArray[int]"  # see ledger.COLUMNS
    shares: "SynchronizedArray[int]"  # see ledger.decode_shares
    raised: "SynchronizedArray[int]"  # wars, fuel shortages that external raised in this tick
    torn_reads: "Synchronized[int]"


def member_count(homes: int) -> int:
    return FIRST_HOME + homes


def make_shared(context: BaseContext, config: Config) -> Shared:
    homes = config.run.homes
    first = board.encode_board(board.first_board(config.price.start, config.price.floor))
    return Shared(
        temperature_c=context.Value("d", 0.0),
        board=context.Array("d", first),
        ledger=context.Array("q", homes * ledger.WIDTH),
        shares=context.Array("q", ledger.shares_length(homes)),
        raised=context.Array("q", 2),
        torn_reads=context.Value("q", 0),
    )


def names(homes: int) -> Sequence[str]:
    """The processes in order of their places in the barrier."""
    return ["main", "weather", "market", "external", *(f"home-{home}" for home in range(homes))]
