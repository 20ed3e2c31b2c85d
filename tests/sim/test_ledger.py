from hypothesis import given
from hypothesis import strategies as st

from energymarket.ledger import (
    WIDTH,
    Entry,
    Share,
    decode_ledger,
    decode_shares,
    encode_entry,
    row_slice,
    share_slice,
    shares_length,
)

ENTRIES = st.builds(Entry, *[st.integers(0, 10**12)] * WIDTH)


@given(st.lists(ENTRIES, min_size=1, max_size=8))
def test_every_home_has_a_row_of_its_own(entries):
    ledger = [0] * (len(entries) * WIDTH)
    for home, entry in reversed(list(enumerate(entries))):
        ledger[row_slice(home)] = encode_entry(entry)
    assert decode_ledger(ledger) == entries


def test_shares_read_back_in_order():
    shares = [0] * shares_length(3)
    for place, share in enumerate([Share(0, 1, 5), Share(2, 1, 7)]):
        shares[share_slice(place)] = [share.giver, share.taker, share.ukwh]
        shares[0] += 1
    assert decode_shares(shares) == [Share(0, 1, 5), Share(2, 1, 7)]


def test_shares_of_an_earlier_tick_are_not_read():
    shares = [9] * shares_length(2)
    shares[0] = 0
    assert decode_shares(shares) == []
