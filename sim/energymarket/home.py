"""A home: makes and uses energy, shares, trades."""

from energymarket.actor import Actor, Phase, run_child
from energymarket.board import is_whole
from energymarket.bugs import Bug
from energymarket.client import MarketClient
from energymarket.ledger import Entry, encode_entry, row_slice
from energymarket.plan import FIRST_HOME, Plan, Shared
from energymarket.profile import Household, Needs, Policy
from energymarket.protocol import Trade
from energymarket.sharing import Sharing


def home_process(home: int, plan: Plan, shared: Shared, port: int) -> None:
    run_child(lambda: _live(home, plan, shared, port))


def _live(home: int, plan: Plan, shared: Shared, port: int) -> None:
    actor = Home(home, plan, shared, MarketClient(home, port))
    actor.live(plan.config.run.ticks)
    actor.client.close()


class Home(Actor):
    """One home, tick by tick."""

    def __init__(self, home: int, plan: Plan, shared: Shared, client: MarketClient) -> None:
        super().__init__(plan.barrier(FIRST_HOME + home))
        self.client = client
        self._home = home
        self._bug = plan.bug
        self._shared = shared
        self._sharing = Sharing(home, plan, shared)
        self._household = Household(plan.config.run.seed, home, plan.config.homes)
        self._policy = self._household.profile.policy
        self._needs = Needs(0, 0)
        self._offered = False
        self._taken_ukwh = 0
        self._traded_tick = 0

    def compute(self, tick: int) -> None:
        self._needs = self._household.next_needs(self._shared.temperature_c.value)
        delta_ukwh = self._needs.delta_ukwh
        self._sharing.announce(offers=delta_ukwh > 0 and self._policy.offers, needs=delta_ukwh < 0)

    def share(self, tick: int) -> None:
        delta_ukwh = self._needs.delta_ukwh
        self._taken_ukwh = 0
        self._offered = delta_ukwh > 0 and self._policy.offers and self._sharing.give(tick, delta_ukwh)
        if delta_ukwh < 0:
            self._taken_ukwh = self._sharing.take(-delta_ukwh, patient=not self._hurries)

    def leave(self, phase: Phase, tick: int) -> None:
        if phase is Phase.SHARE and self._hurries:  # zoo: trades before it has seen that all have shared
            self.barrier.arrive()
            self._trade_once(tick)
            self.barrier.depart()
        else:
            super().leave(phase, tick)

    def trade(self, tick: int) -> None:
        self._trade_once(tick)

    def price(self, tick: int) -> None:
        if not is_whole(self._read_board()):
            with self._shared.torn_reads.get_lock():
                self._shared.torn_reads.value += 1

    @property
    def _hurries(self) -> bool:
        """A leader of the barrier cannot announce itself without waiting for those that it leads."""
        return self._bug is Bug.EARLY_PHASE and self._needs.delta_ukwh < 0 and not self.barrier.leads

    def _trade_once(self, tick: int) -> None:
        if self._traded_tick == tick:
            return
        self._traded_tick = tick
        entry = self._settle(tick)
        self._shared.ledger[row_slice(self._home)] = encode_entry(entry)

    def _settle(self, tick: int) -> Entry:
        """Sells what is too much, buys what is missing."""
        needs = self._needs
        if needs.delta_ukwh <= 0:
            missing_ukwh = -needs.delta_ukwh - self._taken_ukwh
            self._deal("buy", tick, missing_ukwh)
            return Entry(
                needs.produced_ukwh, needs.consumed_ukwh, taken_ukwh=self._taken_ukwh, bought_ukwh=missing_ukwh
            )
        left_ukwh = self._left_ukwh()
        given_ukwh = needs.delta_ukwh - left_ukwh
        if self._policy is Policy.GIVE_ONLY:
            return Entry(needs.produced_ukwh, needs.consumed_ukwh, given_ukwh=given_ukwh, unused_ukwh=left_ukwh)
        self._deal("sell", tick, left_ukwh)
        return Entry(needs.produced_ukwh, needs.consumed_ukwh, given_ukwh=given_ukwh, sold_ukwh=left_ukwh)

    def _left_ukwh(self) -> int:
        """What of a surplus found no taker."""
        if not self._offered:
            return self._needs.delta_ukwh
        if self._bug is Bug.ORPHAN_OFFER and self._policy is Policy.GIVE_ONLY:  # zoo: it never looks what is left
            return 0
        return self._sharing.take_back()

    def _deal(self, verb: str, tick: int, ukwh: int) -> None:
        if ukwh:
            self.client.trade(Trade(verb, tick, ukwh))

    def _read_board(self) -> list[float]:
        board = self._shared.board
        if self._bug is Bug.TORN_READ:  # zoo: without its lock
            return board.get_obj()[:]  # type: ignore[return-value]
        return board[:]
