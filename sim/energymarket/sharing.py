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
from energymarket.ledger import Share, share_slice
from energymarket.offer import ANY_GIVER, Offer, decode_offer, message_type_of
from energymarket.plan import Plan, Shared
from energymarket.primitives import QueueCounter


class Sharing:
    """One home's side of the queue."""

    def __init__(self, home: int, plan: Plan, shared: Shared) -> None:
        self._home = home
        self._bug = plan.bug
        self._shares = shared.shares
        self._queue = sysv_ipc.MessageQueue(plan.keys.offers)
        counters = sysv_ipc.MessageQueue(plan.keys.counters)
        self._needs = QueueCounter(counters, NEEDS)
        self._offers = QueueCounter(counters, OFFERS)
        self._slots = sysv_ipc.Semaphore(plan.keys.slots)
        self._offered = sysv_ipc.Semaphore(plan.keys.offered)

    def announce(self, offers: bool, needs: bool) -> None:
        """Tells the others, before anyone shares, what to expect of this home."""
        if offers:
            self._offers.add(1)
        if needs:
            self._needs.add(1)

    def give(self, tick: int, ukwh: int) -> bool:
        """Offers a surplus; False where nobody needs any more."""
        offer = Offer(tick, self._home, ukwh)
        if self._bug is Bug.FULL_QUEUE:  # zoo: no slot is waited for, so the kernel makes the giver wait
            self._send(offer)
            return True
        self._slots.acquire()
        if self._needs.value == 0:
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
        if self._offers.value:
            while missing_ukwh and (offer := self._next_offer(patient)):
                taken_ukwh = min(missing_ukwh, offer.ukwh)
                missing_ukwh -= taken_ukwh
                self._note(Share(offer.giver, self._home, taken_ukwh))
                self._put_back(offer, taken_ukwh)
        if not missing_ukwh or not patient:
            self._need_nothing()
        return need_ukwh - missing_ukwh

    def _next_offer(self, patient: bool) -> Offer | None:
        """The oldest offer; None where there will be none."""
        self._offered.block = patient
        try:
            self._offered.acquire()
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
        if self._offers.add(-1) == 0:
            self._offered.release()

    def _need_nothing(self) -> None:
        if self._needs.add(-1) == 0:
            self._slots.release()

    def _send(self, offer: Offer) -> None:
        self._queue.send(offer.encode(), type=offer.message_type)
        self._offered.release()

    def _wait_for_all_offers(self) -> None:
        if offers := self._offers.value:
            self._offered.acquire(None, offers)
            self._offered.release(offers)

    def _note(self, share: Share) -> None:
        with self._shares.get_lock():
            place = share_slice(self._shares[0])
            if place.stop <= len(self._shares):
                self._shares[place] = [share.giver, share.taker, share.ukwh]
                self._shares[0] += 1
