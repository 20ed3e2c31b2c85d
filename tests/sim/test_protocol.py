import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymarket.protocol import (
    MAX_LINE_BYTES,
    Bye,
    Deal,
    Hello,
    ProtocolError,
    Trade,
    decode_deal,
    decode_request,
    encode_deal,
    encode_hello,
    encode_trade,
)

TRADES = st.builds(Trade, st.sampled_from(["sell", "buy"]), st.integers(0, 10**9), st.integers(1, 10**12))


@given(TRADES)
def test_a_trade_reads_back(trade):
    line = encode_trade(trade)
    assert decode_request(line.removesuffix(b"\n")) == trade
    assert len(line) <= MAX_LINE_BYTES


@given(TRADES, st.floats(0, 1e9))
def test_a_price_reads_back_to_the_last_bit(trade, price):
    line = encode_deal(Deal(trade, price))
    assert decode_deal(line.removesuffix(b"\n")) == Deal(trade, price)
    assert len(line) <= MAX_LINE_BYTES


def test_hello_names_the_version():
    assert encode_hello(3) == b"energymarket/1 hello home-3\n"
    assert decode_request(b"energymarket/1 hello home-3") == Hello(3)


def test_bye_is_bye():
    assert decode_request(b"bye") == Bye()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_protocol_error(line):
    try:
        understood = decode_request(line)
    except ProtocolError as error:
        understood = str(error)
    assert "\n" not in str(understood)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"energymarket/2 hello home-3", "version energymarket/2 is not spoken here; expected energymarket/1"),
        (b"energymarket/1 hello 3", "expected home- and a number, found '3'"),
        (b"sell tick=1 kwh=-1.000000", "expected kwh= with an amount above zero"),
        (b"sell tick=1 kwh=0.000000", "expected kwh= with an amount above zero"),
        (b"buy tick=x kwh=1.000000", "expected tick= and a number, found 'tick=x'"),
        (b"GET / HTTP/1.1", "is no request; expected hello, sell, buy or bye"),
        (b"\xff\xfe", "is not ASCII"),
    ],
)
def test_a_bad_line_is_answered_with_what_was_expected(line, reason):
    with pytest.raises(ProtocolError) as caught:
        decode_request(line)
    assert reason in str(caught.value)


def test_a_refusal_is_not_a_deal():
    with pytest.raises(ProtocolError, match="error no such tick"):
        decode_deal(b"error no such tick")
