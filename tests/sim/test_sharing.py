import multiprocessing
import signal

import pytest
import sysv_ipc

from energymarket.config import Config
from energymarket.ipc import Keys
from energymarket.plan import Plan, make_shared
from energymarket.sharing import Counts, Sharing

FORK = multiprocessing.get_context("fork")
GIVER, TAKER = 0, 1


@pytest.fixture
def homes(make):
    """A giver and a taker of one market, and what they count with; two offers fit in."""
    queues, semaphores = ([make(kind).key for _ in range(2)] for kind in (sysv_ipc.MessageQueue, sysv_ipc.Semaphore))
    plan = Plan(Config(), Keys(*queues, *semaphores, 0, ()), slots=2)
    counts = Counts(plan)
    counts.needs.create()
    counts.offers.create()
    counts.prepare()
    counts.announce(offers=True, needs=True)
    shared = make_shared(FORK, Config())
    return Sharing(GIVER, plan, shared), Sharing(TAKER, plan, shared), counts


@pytest.fixture
def rings():
    """`rings(handle)`: a signal comes in a moment, and this is what its handler does."""
    before = signal.getsignal(signal.SIGALRM)

    def ring(handle):
        signal.signal(signal.SIGALRM, lambda number, frame: handle())
        signal.setitimer(signal.ITIMER_REAL, 0.05)

    yield ring
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_taker_waits_on_for_an_offer_when_a_signal_came(homes, rings):
    giver, taker, _ = homes
    rings(lambda: giver.give(1, 300))
    assert taker.take(200) == 200
    assert giver.take_back() == 100


def test_a_giver_waits_on_for_a_slot_when_a_signal_came(homes, rings):
    giver, taker, counts = homes
    counts.slots.value = 0
    rings(counts.slots.release)
    assert giver.give(1, 300)
    assert taker.take(300) == 300
