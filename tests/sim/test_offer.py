import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymarket.offer import MAX_OFFER_BYTES, Offer, decode_offer, queue_capacity

OFFERS = st.builds(Offer, st.integers(1, 10**9), st.integers(0, 19_999), st.integers(1, 2_000 * 10**6))


@given(OFFERS)
def test_an_offer_reads_back(offer):
    assert decode_offer(offer.encode()) == offer


@given(OFFERS)
def test_no_offer_is_longer_than_its_share_of_the_queue(offer):
    assert len(offer.encode()) <= MAX_OFFER_BYTES


def test_an_offer_is_readable():
    assert Offer(12, 3, 350_000).encode() == b"offer/1 tick=12 giver=home-3 kwh=0.350000"


def test_an_offer_carries_its_giver_in_the_message_type():
    assert Offer(1, 0, 1).message_type == 1


@pytest.mark.parametrize(
    "text", [b"", b"offer/2 tick=1 giver=home-3 kwh=0.350000", b"offer/1 tick=1 giver=3 kwh=1", b"\xff"]
)
def test_what_is_no_offer_is_refused(text):
    with pytest.raises(ValueError, match="is not an offer; expected offer/1"):
        decode_offer(text)


def test_the_default_queue_holds_two_hundred_and_fifty_six_offers():
    assert queue_capacity(16_384) == 256
