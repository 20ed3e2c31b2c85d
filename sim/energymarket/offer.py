"""An offer of energy as it stands in the homes' SysV queue.

The message type is the giver's index plus one, so that anybody takes the oldest offer with type 0, and a giver takes
back its own. The text is

    offer/1 tick=12 giver=home-3 kwh=0.350000

An offer of which a part was taken goes back into the queue with the rest, under the same giver.
"""

from dataclasses import dataclass

from energymarket.energy import kwh_text, ukwh_from_text

VERSION = "offer/1"
MAX_OFFER_BYTES = 64
ANY_GIVER = 0


@dataclass(frozen=True, slots=True)
class Offer:
    tick: int
    giver: int
    ukwh: int

    @property
    def message_type(self) -> int:
        return message_type_of(self.giver)

    def encode(self) -> bytes:
        text = f"{VERSION} tick={self.tick} giver=home-{self.giver} kwh={kwh_text(self.ukwh)}".encode()
        assert len(text) <= MAX_OFFER_BYTES, (
            f"an offer of {len(text)} bytes; the queue was shared out by {MAX_OFFER_BYTES}"
        )
        return text


def message_type_of(giver: int) -> int:
    return giver + 1


def decode_offer(text: bytes) -> Offer:
    """Reads an offer.

    Raises:
        ValueError: the text is not an offer of this version.
    """
    try:
        version, tick, giver, kwh = text.decode("ascii").split(" ")
        if version != VERSION:
            raise ValueError
        return Offer(int(_value(tick, "tick=")), int(_value(giver, "giver=home-")), ukwh_from_text(_value(kwh, "kwh=")))
    except (UnicodeDecodeError, ValueError):
        raise ValueError(f"{text!r} is not an offer; expected {VERSION} tick=N giver=home-N kwh=N.NNNNNN") from None


def _value(field: str, prefix: str) -> str:
    if not field.startswith(prefix):
        raise ValueError
    return field[len(prefix) :]


def queue_capacity(max_bytes: int) -> int:
    """How many offers fit in a queue of so many bytes, whatever their length."""
    return max_bytes // MAX_OFFER_BYTES
