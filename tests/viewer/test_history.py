"""Going back undoes what a person did last."""

from __future__ import annotations

import numpy as np
import pytest

from reelview.timeline.cursor import Cursor
from reelview.timeline.history import History
from reelview.timeline.selection import Selection
from reelview.timeline.view_range import ViewRange

RUN = (10**12, 10**12 + 10**9)


class Models:
    def __init__(self) -> None:
        self.view, self.cursor, self.selection = ViewRange(*RUN), Cursor(*RUN), Selection()
        self.history = History(self.view, self.cursor, self.selection)

    @property
    def place(self) -> tuple[int, int, int, int | None]:
        return self.view.begin_ns, self.view.end_ns, self.cursor.at_ns, self.selection.selected_event

    def go_to(self, event: int, at_ns: int) -> None:
        """What a link of a panel does."""
        with self.history.step():
            self.selection.select_event(event)
            self.cursor.move_to(at_ns)
            self.view.centre(at_ns)


@pytest.fixture
def models(qapp) -> Models:
    return Models()


def test_a_jump_and_a_whole_glide_are_one_step_each(models):
    whole = models.place
    models.view.show(RUN[0], RUN[0] + 10**6)
    near = models.place
    for _ in range(20):
        models.view.pan(1000)
    far = models.place
    models.history.back()
    assert models.place == near
    models.history.back()
    assert models.place == whole
    assert not models.history.can_go_back
    models.history.forward()
    models.history.forward()
    assert models.place == far
    assert not models.history.can_go_forward


def test_the_view_the_cursor_and_the_selection_go_back_together(models):
    places = [models.place]
    models.view.show(RUN[0], RUN[0] + 10**6)
    places.append(models.place)
    for event, at_ns in ((3, RUN[0] + 10**8), (7, RUN[0] + 5 * 10**8)):
        models.go_to(event, at_ns)
        places.append(models.place)
    for place in places[-2::-1]:
        models.history.back()
        assert models.place == place
    for place in places[1:]:
        models.history.forward()
        assert models.place == place


def test_an_event_that_is_chosen_without_moving_the_view_is_a_step(models):
    with models.history.step():
        models.selection.select_event(4)
    models.history.back()
    assert models.selection.selected_event is None


def test_a_cursor_that_only_moves_is_no_step(models):
    with models.history.step():
        models.cursor.move_to(RUN[0] + 5)
    assert not models.history.can_go_back


def test_going_elsewhere_after_going_back_forgets_what_was_ahead(models):
    models.view.show(RUN[0], RUN[0] + 10**6)
    models.history.back()
    models.view.show(RUN[0], RUN[0] + 10**5)
    assert not models.history.can_go_forward


def test_a_run_that_grows_renumbers_the_events_of_the_past(models):
    models.go_to(2, RUN[0] + 10**8)
    models.go_to(1, RUN[0] + 2 * 10**8)
    models.history.renumber(np.array([0, 5, 9]))
    models.history.back()
    assert models.selection.selected_event == 9
