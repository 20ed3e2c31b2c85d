"""What reads a program's own meaning out of a reel.

lens         what a lens gives: the interface for other programs
find         the lenses that know a reel
market       the energy market as a lens
market_data  its ticks, deals, shares and events, rebuilt from recorded IPC
market_checks  what must hold in it: `ipcreel check` asks
recurrence   whether the rebuilt prices follow from what they were made of
chain        the messages behind an event
"""

from reelview.lens.lens import Curve, Lens, Parts

__all__ = ["Curve", "Lens", "Parts"]
