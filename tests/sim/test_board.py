import pytest

from energymarket.board import FIELDS, LENGTH, decode_board, encode_board, first_board, is_whole


def test_a_board_reads_back():
    board = first_board(0.2, 0.01)
    assert decode_board(encode_board(board)) == board


def test_the_first_board_is_whole():
    assert is_whole(encode_board(first_board(0.2, 0.01)))
    assert is_whole(encode_board(first_board(0.0, 0.01)))


@pytest.mark.parametrize("field", ["price", "carried", "temperature", "balance", "war", "fuel_shortage"])
def test_a_board_with_one_number_of_another_tick_is_not_whole(field):
    values = encode_board(first_board(0.2, 0.01))
    values[FIELDS.index(field)] += 0.1
    assert not is_whole(values)


def test_a_board_of_another_length_is_refused():
    with pytest.raises(ValueError, match=f"expected {LENGTH}"):
        decode_board([0.0] * (LENGTH - 1))
