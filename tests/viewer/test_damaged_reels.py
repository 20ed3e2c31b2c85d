"""A damaged reel goes through all that the window makes of one: no wrong number in it crashes or raises there."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from ipcreel.reel import Reel, ReelError, open_reel
from reelview.docks import timeline_of_session
from reelview.panels.inspect_page import InspectPage
from reelview.panels.run_page import facts_of
from reelview.panels.state_page import StatePage
from reelview.raster.window import Window
from reelview.session import Session
from tests.trace.reel.fuzzing import damaged
from tests.trace.reel.test_fuzz import SMALL

SEED = 2_000_000


def draw(session: Session) -> None:
    """Frames of all rows at several zooms, and the timeline's own widget."""
    for _ in session.raster.build():
        pass
    spans = session.data.spans
    for share in (1, 7, 1_000, 10**6, 10**12):
        length_ns = max((spans.last_ns - spans.first_ns) // share, 1)
        for begin_ns in (spans.first_ns, (spans.first_ns + spans.last_ns - length_ns) // 2, spans.last_ns - length_ns):
            session.raster.frame(Window(begin_ns, begin_ns + length_ns, 300), np.arange(spans.rows))
    timeline, image = timeline_of_session(session), QImage(640, 400, QImage.Format.Format_RGB32)
    timeline.resize(image.size())
    for share in (1, 50):
        session.view.show(spans.first_ns, spans.first_ns + max((spans.last_ns - spans.first_ns) // share, 1))
        timeline.render(image)
        assert not timeline.fault
    timeline.deleteLater()


def write(reel: Reel, session: Session, rng: random.Random) -> None:
    """What stands in the panels of a reel, at three moments and of ten events."""
    state, inspected = StatePage(reel), InspectPage(reel)
    for at_ns in (reel.begin_ns, (reel.begin_ns + reel.end_ns) // 2, reel.end_ns):
        state.write(at_ns)
        if session.lens is not None:
            session.lens.page(at_ns)
    for event in rng.choices(range(len(reel)), k=10) if len(reel) else ():
        inspected.write(event)
        session.data.describe(event)
        session.data.say(event)
    facts_of(reel)


def show_damaged(path: Path, whole: bytes, seed: int) -> bool:
    """Whether the reel that a seed makes can be shown; refused is right too."""
    rng = random.Random(seed)
    path.write_bytes(damaged(rng, whole))
    try:
        reel = open_reel(path)
        session = Session.of_reel(reel)
    except ReelError:
        return False
    draw(session)
    write(reel, session, rng)
    return True


def show_many(path: Path, wholes: list[bytes], seeds: range) -> None:
    shown: Counter[bool] = Counter()
    for seed in seeds:
        try:
            shown[show_damaged(path, wholes[seed % len(wholes)], seed)] += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
    assert min(shown[True], shown[False]) > len(seeds) // 5


def test_damaged_reels_are_shown_or_refused(qapp, tmp_path):
    show_many(tmp_path / "damaged.reel", [path.read_bytes() for path in SMALL], range(SEED, SEED + 60))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_thousands_of_damaged_reels_are_shown_or_refused(qapp, tmp_path, market, meeting):
    wholes = [*(path.read_bytes() for path in SMALL), market.path.read_bytes(), meeting.path.read_bytes()]
    show_many(tmp_path / "damaged.reel", wholes, range(SEED, SEED + 3_000))
