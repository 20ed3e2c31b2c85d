"""How homes give and take: a thousand offers over a queue that holds two hundred and fifty.

Two semaphores count, in the kernel, what may be done without waiting: `slots`, how many more offers fit in the queue
for certain, and `offered`, how many offers lie in it. Two counters say who is not done: homes in need, and offers that
are not used up. A giver waits for a slot, a taker for an offer. Who uses an offer up gives its slot free; who takes a
part puts the rest back into the same slot.

When no home is in need any more, the last of them releases one slot too many. The giver whom it lets through sees that
nobody needs anything, passes it on to the next giver, and keeps what it has: so all get through, and nothing is sent
that nobody would take. When no offer is left, one token too many goes round among the takers in the same way.
"""

import sysv_ipc

from energymarket.bugs import Bug
from energymarket.ipc import NEEDS, OFFERS
from energymarket.ledger import Share, max_shares, share_slice
from energymarket.offer import ANY_GIVER, Offer, decode_offer, message_type_of
from energymarket.plan import Plan, Shared
from energymarket.primitives import QueueCounter, uninterrupted


class Counts:
    """Who is not done, and what may be done without waiting."""

    def __init__(self, plan: Plan) -> None:
        counters = sysv_ipc.MessageQueue(plan.keys.counters)
        self.needs = QueueCounter(counters, NEEDS)
        self.offers = QueueCounter(counters, OFFERS)
        self.slots = sysv_ipc.Semaphore(plan.keys.slots)
        self.offered = sysv_ipc.Semaphore(plan.keys.offered)
        self._slot_count = plan.slots

    def prepare(self) -> None:
        """For the next tick, by main, while nobody shares."""
        self.slots.value = self._slot_count
        self.offered.value = 0
        self.needs.set(0)
        self.offers.set(0)

    def begin(self) -> None:
        """By main, when all have announced themselves and before any of them goes on."""
        if self.needs.value == 0:
            self.slots.release()
        if self.offers.value == 0:
            self.offered.release()

    def announce(self, offers: bool, needs: bool) -> None:
        if offers:
            self.offers.add(1)
        if needs:
            self.needs.add(1)

    def meet_need(self) -> None:
        """One less needs something; after the last, one slot too many goes round among the givers."""
        if self.needs.add(-1) == 0:
            self.slots.release()

    def use_up_offer(self) -> None:
        """One offer less; after the last, one token too many goes round among the takers."""
        if self.offers.add(-1) <= 0:
            self.offered.release()


class Sharing:
    """One home's side of the queue."""

    def __init__(self, home: int, plan: Plan, shared: Shared) -> None:
        self._home = home
        self._bug = plan.bug
        self._shares = shared.shares
        self._max_shares = max_shares(plan.config.run.homes)
        self._queue = sysv_ipc.MessageQueue(plan.keys.offers)
        self._counts = Counts(plan)
        self._slots = self._counts.slots
        self._slot_count = plan.slots
        self._offered = self._counts.offered

    def announce(self, offers: bool, needs: bool) -> None:
        """Tells the others, before anyone shares, what to expect of this home."""
        self._counts.announce(offers, needs)

    def give(self, tick: int, ukwh: int) -> bool:
        """Offers a surplus; False where nobody needs any more."""
        offer = Offer(tick, self._home, ukwh)
        if self._bug is Bug.FULL_QUEUE:  # zoo: no slot is waited for, so the kernel makes the giver wait
            self._send(offer)
            self._slots.release()
            return True
        uninterrupted(self._slots.acquire)
        if self._counts.needs.value == 0:
            self._slots.release()
            return False
        self._send(offer)
        return True

    def take_back(self) -> int:
        """What nobody took of this home's offer, once all have shared."""
        try:
            text, _ = self._queue.receive(block=False, type=message_type_of(self._home))
        except sysv_ipc.BusyError:
            return 0
        return decode_offer(text).ukwh

    def take(self, need_ukwh: int, patient: bool = True) -> int:
        """Takes from neighbours up to a need; returns what it got.

        Args:
            patient: wait for offers that are still to come.
        """
        missing_ukwh = need_ukwh
        if self._bug is Bug.FULL_QUEUE:  # zoo: all offer before anyone takes
            self._wait_for_all_offers()
        while missing_ukwh and (offer := self._next_offer(patient)):
            taken_ukwh = min(missing_ukwh, offer.ukwh)
            missing_ukwh -= taken_ukwh
            self._note(Share(offer.giver, self._home, taken_ukwh))
            self._put_back(offer, taken_ukwh)
        if not missing_ukwh or not patient:
            self._counts.meet_need()
        return need_ukwh - missing_ukwh

    def _next_offer(self, patient: bool) -> Offer | None:
        """The oldest offer; None where there will be none."""
        self._offered.block = patient
        try:
            uninterrupted(self._offered.acquire)
        except sysv_ipc.BusyError:
            return None
        try:
            text, _ = self._queue.receive(block=False, type=ANY_GIVER)
        except sysv_ipc.BusyError:  # all are used up: this was the token that goes round
            self._offered.release()
            return None
        return decode_offer(text)

    def _put_back(self, offer: Offer, taken_ukwh: int) -> None:
        rest_ukwh = offer.ukwh - taken_ukwh
        if rest_ukwh and self._bug is Bug.DOUBLE_TAKE:  # zoo: the whole offer goes back, not the rest of it
            rest_ukwh = offer.ukwh
        if rest_ukwh:
            self._send(Offer(offer.tick, offer.giver, rest_ukwh))
            return
        self._slots.release()
        self._counts.use_up_offer()

    def _send(self, offer: Offer) -> None:
        self._queue.send(offer.encode(), type=offer.message_type)  # there is a slot: it does not wait
        self._offered.release()

    def _wait_for_all_offers(self) -> None:
        all_made = self._slot_count + self._counts.offers.value
        uninterrupted(self._slots.acquire, None, all_made)
        self._slots.release(all_made)

    def _note(self, share: Share) -> None:
        with self._shares.get_lock():
            count = self._shares[0]
            if count < self._max_shares:
                self._shares[share_slice(count)] = [share.giver, share.taker, share.ukwh]
                self._shares[0] = count + 1
