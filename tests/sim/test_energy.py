import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymarket.energy import kwh_from_ukwh, kwh_text, ukwh_from_kwh, ukwh_from_text


@given(st.integers(-(10**15), 10**15))
def test_an_amount_reads_back_from_its_text(ukwh):
    assert ukwh_from_text(kwh_text(ukwh)) == ukwh


@given(st.integers(-(10**12), 10**12))
def test_an_amount_in_kwh_is_the_same_amount(ukwh):
    assert ukwh_from_kwh(kwh_from_ukwh(ukwh)) == ukwh


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "1.0000000", ".500000", "1,500000", "1.5e0000", "--1.000000", "١.000000"]
)
def test_a_text_without_six_decimals_is_refused(text):
    with pytest.raises(ValueError, match="six decimals"):
        ukwh_from_text(text)
