"""What a timeline promises of its pixels: to the pixel where spans are few, and no event lost where they are many."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelview.raster.canvas import FULL
from reelview.raster.choose import Raster
from reelview.raster.exact import exact
from reelview.raster.frame import BLOCKED_BIT, KINDS_MASK, LEVELS, URGENT_BIT, Frame
from reelview.raster.index_mip import IndexMip
from reelview.raster.merge import merge
from reelview.raster.pyramid import Pyramid
from reelview.raster.window import Window
from reelview.spans import KIND_BITS, URGENT, Spans, arrange

pytestmark = pytest.mark.filterwarnings("error")
quick = settings(max_examples=150)


@st.composite
def some_spans(draw: st.DrawFn, most: int = 60) -> Spans:
    """Spans in up to four lanes: instants, neighbours that touch, long ones, nested ones, some blocked or urgent."""
    lanes = draw(st.integers(1, 4))
    scale = draw(st.sampled_from([1, 7, 1_000, 1_000_003]))
    drawn = draw(
        st.lists(
            st.tuples(
                st.integers(0, lanes - 1),
                st.integers(0, 400),
                st.sampled_from([0, 1, 2, 3, 10, 80, 300]),
                st.integers(0, 11),
                st.booleans(),
                st.floats(0, 1),
            ),
            max_size=most,
        )
    )
    drawn.sort(key=lambda span: span[1])
    base = draw(st.sampled_from([0, 10**13]))
    lane = np.array([span[0] for span in drawn], np.int64)
    begin = base + np.array([span[1] * scale for span in drawn], np.int64)
    end = begin + np.array([span[2] * max(scale // 3, 1) for span in drawn], np.int64)
    kind = np.array([span[3] | (URGENT if span[4] else 0) for span in drawn], np.uint8)
    until = begin + (np.array([span[5] for span in drawn]) * (end - begin)).astype(np.int64)
    last = base + draw(st.integers(0, 500)) * scale
    return arrange(lane, begin, end, kind, lanes=lanes, blocked_until_ns=until, first_ns=base, last_ns=last)


@st.composite
def spans_and_window(draw: st.DrawFn) -> tuple[Spans, Window]:
    spans = draw(some_spans())
    extent = spans.last_ns - spans.first_ns
    begin = spans.first_ns + int(draw(st.floats(-0.2, 1.1)) * extent)
    length = max(1, int(extent * draw(st.sampled_from([1e-6, 0.001, 0.03, 0.2, 0.7, 1.0, 1.7]))))
    return spans, Window(begin, begin + length, draw(st.sampled_from([1, 2, 7, 33, 100])))


def all_rows(spans: Spans) -> np.ndarray:
    return np.arange(spans.rows)


def draw_exact(spans: Spans, window: Window) -> Frame:
    return exact(spans, window, *spans.visible(all_rows(spans), window.begin_ns, window.end_ns))


def draw_mip(spans: Spans, window: Window) -> Frame:
    mip = IndexMip(spans)
    for _ in mip.build():
        pass
    return mip.frame(window, all_rows(spans), *spans.visible(all_rows(spans), window.begin_ns, window.end_ns))


def draw_pyramid(spans: Spans, window: Window, bins: int = 64) -> Frame:
    pyramid = Pyramid(spans, bins)
    for _ in pyramid.build():
        pass
    return pyramid.frame(window, all_rows(spans))


def pixels_of(spans: Spans, window: Window):
    """Brute force: every (row, pixel, span, begin and end of the part in the pixel), in rational numbers."""
    pixel = Fraction(window.end_ns - window.begin_ns, window.width_px)
    for row in range(spans.rows):
        for span in range(spans.offset[row], spans.offset[row + 1]):
            begin = max(Fraction(int(spans.begin_ns[span]) - window.begin_ns), Fraction(0))
            end = min(Fraction(int(spans.end_ns[span]) - window.begin_ns), pixel * window.width_px)
            if end <= begin:
                continue
            for x in range(math.floor(begin / pixel), math.ceil(end / pixel)):
                yield row, x, span, max(begin, pixel * x), min(end, pixel * (x + 1))


@quick
@given(spans_and_window())
def test_the_exact_raster_equals_brute_force_in_every_pixel(drawn):
    spans, window = drawn
    pixel = Fraction(window.end_ns - window.begin_ns, window.width_px)
    shape = (spans.rows, window.width_px)
    key, share, mask = np.zeros(shape, int), np.zeros(shape, int), np.zeros(shape, int)
    for row, x, span, begin, end in pixels_of(spans, window):
        kind = int(spans.kind[span]) & KIND_BITS
        part = math.ceil((end - begin) / pixel * FULL)
        until = Fraction(int(spans.blocked_until_ns[span]) - window.begin_ns)
        waits = (min(until, end) - begin) * 2 >= end - begin
        key[row, x] = max(key[row, x], part << 5 | waits << 4 | kind)
        share[row, x] += part
        mask[row, x] |= 1 << kind
        if (
            spans.kind[span] >= URGENT
            and spans.begin_ns[span] >= window.begin_ns
            and begin == Fraction(int(spans.begin_ns[span]) - window.begin_ns)
        ):
            mask[row, x] |= int(URGENT_BIT)
    frame = draw_exact(spans, window)
    ties = np.zeros(shape, bool) if window.pixel_ns >= 1 else frame.level == LEVELS
    np.testing.assert_array_equal(frame.level, np.minimum(-(-share * LEVELS // FULL), LEVELS))
    np.testing.assert_array_equal(frame.mask & (KINDS_MASK | URGENT_BIT), mask)
    np.testing.assert_array_equal(np.where(ties, 0, frame.kind), np.where(ties, 0, key & 15))
    np.testing.assert_array_equal(np.where(ties, 0, (frame.mask & BLOCKED_BIT) > 0), np.where(ties, 0, (key & 16) > 0))


@quick
@given(spans_and_window(), st.sampled_from([draw_exact, draw_mip, draw_pyramid]))
def test_every_span_in_sight_has_its_pixel_touched_by_its_kind_and_an_urgent_one_by_its_mark(drawn, how):
    spans, window = drawn
    frame = how(spans, window)
    for row, x, span, _, _ in pixels_of(spans, window):
        assert frame.mask[row, x] & 1 << (int(spans.kind[span]) & KIND_BITS)
        assert frame.level[row, x] > 0
        begins_here = (
            math.floor(
                Fraction(
                    (int(spans.begin_ns[span]) - window.begin_ns) * window.width_px, window.end_ns - window.begin_ns
                )
            )
            == x
        )
        if spans.kind[span] >= URGENT and begins_here:
            assert frame.mask[row, x] & URGENT_BIT


@quick
@given(spans_and_window(), st.sampled_from([draw_mip, draw_pyramid]))
def test_nothing_is_drawn_further_than_a_bin_or_a_pixel_from_a_span(drawn, how):
    spans, window = drawn
    frame = how(spans, window)
    pixel = Fraction(window.end_ns - window.begin_ns, window.width_px)
    margin = max(pixel, -(-(spans.last_ns - spans.first_ns) // 64)) if how is draw_pyramid else pixel
    for row, x in np.argwhere(frame.level > 0):
        near_begin, near_end = (
            window.begin_ns + pixel * int(x) - margin,
            window.begin_ns + pixel * (int(x) + 1) + margin,
        )
        part = slice(spans.offset[row], spans.offset[row + 1])
        assert ((spans.begin_ns[part] < near_end) & (spans.end_ns[part] > near_begin)).any()


def crowd(count: int = 200_000) -> Spans:
    rng = np.random.default_rng(5)
    lane = rng.integers(0, 8, count)
    begin = np.sort(rng.integers(0, 10**9, count))
    following = np.full(count, 10**9)
    for each in range(8):
        mine = np.flatnonzero(lane == each)
        following[mine[:-1]] = begin[mine[1:]]
    end = np.minimum(begin + rng.integers(1, 40_000, count), following)
    kind = rng.choice(np.array([0, 1, 2, 3], np.uint8), count)
    kind[[count // 3, count // 2]] = (7, 4 | URGENT)
    return arrange(lane, begin, end, kind, lanes=8)


def test_one_rare_event_among_two_hundred_thousand_is_in_sight_at_every_zoom_and_width():
    spans = crowd()
    raster = Raster(spans)
    for _ in raster.build():
        pass
    for rare in np.flatnonzero((spans.kind == 7) | (spans.kind >= URGENT)):
        row, at = spans.row_of(int(rare)), int(spans.begin_ns[rare])
        for width in (1, 50, 640, 1600):
            for zoom in np.geomspace(1, 1e8, 60):
                length = max(int((spans.last_ns - spans.first_ns) / zoom), 1)
                window = Window(at - length // 3, at - length // 3 + length, width)
                bits = raster.frame(window, all_rows(spans)).mask[row, int(window.x_px(at))]
                assert bits & (1 << (int(spans.kind[rare]) & KIND_BITS))
                assert bool(bits & URGENT_BIT) == (spans.kind[rare] >= URGENT)


@pytest.mark.parametrize("zoom", [1, 3, 40, 150, 900])
def test_the_three_rasters_agree_on_what_is_busy(zoom):
    spans = crowd()
    length = (spans.last_ns - spans.first_ns) // zoom
    window = Window(spans.first_ns + length // 7, spans.first_ns + length // 7 + length, 400)
    levels = [how.level.astype(float) for how in (draw_exact(spans, window), draw_mip(spans, window))]
    if zoom <= 40:
        levels.append(draw_pyramid(spans, window, 1 << 16).level.astype(float))
    for level in levels[1:]:
        assert abs(level.mean() - levels[0].mean()) < 1.5
        assert np.abs(level - levels[0]).mean() < 2.5


def test_before_its_index_is_built_a_frame_shows_no_less():
    spans = crowd(100_000)
    raster = Raster(spans)
    window = Window(spans.first_ns, spans.last_ns, 300)
    for _ in raster.build_first():
        pass
    early = raster.frame(window, all_rows(spans))
    for _ in raster.build():
        pass
    late = raster.frame(window, all_rows(spans))
    assert ((early.mask & late.mask & KINDS_MASK) == late.mask & KINDS_MASK).mean() > 0.99
    assert raster.nbytes > 0


def test_while_an_index_is_built_many_spans_are_drawn_with_bins_that_are_nearly_as_fine():
    """Reading them one by one would take a frame too long: both wait for memory."""
    spans, rows = crowd(120_000), np.arange(8)
    raster = Raster(spans)
    steps = raster.build()
    for _ in raster.build_first():
        pass
    next(steps)
    coarse = Pyramid(spans, 1 << 14)
    for _ in coarse.build():
        pass
    wide = Window(spans.first_ns, spans.first_ns + coarse.bin_ns * 10_000, 20_000)  # a bin is two pixels wide
    near = Window(spans.first_ns, spans.first_ns + coarse.bin_ns * 10_000, 100_000)
    few = Window(spans.first_ns, spans.first_ns + coarse.bin_ns * 5_000, 10_000)
    assert_same(raster.frame(wide, rows), coarse.frame(wide, rows))
    for window in (near, few):
        assert_same(raster.frame(window, rows), draw_exact(spans, window))
    before = raster.stage
    for _ in steps:
        pass
    assert raster.stage > before, "or the picture would stay as it is"
    assert (raster.frame(wide, rows).shade != coarse.frame(wide, rows).shade).any()


def assert_same(one: Frame, other: Frame) -> None:
    np.testing.assert_array_equal(one.shade, other.shade)
    np.testing.assert_array_equal(one.mask, other.mask)


@pytest.mark.parametrize("index", [IndexMip, lambda spans: Pyramid(spans, 64)])
def test_an_index_is_the_same_however_it_is_cut_into_steps_and_whatever_was_in_its_memory(index, monkeypatch):
    rng = np.random.default_rng(5)
    begin = np.sort(rng.integers(0, 10**6, 6_000))
    lane = rng.integers(0, 3, len(begin)) * 2  # lanes 1 and 3 are empty
    kind = (rng.integers(0, 12, len(begin)) | np.where(rng.random(len(begin)) < 0.01, URGENT, 0)).astype(np.uint8)
    spans = arrange(lane, begin, begin + 50, kind, lanes=5, first_ns=0, last_ns=10**6)
    built, drawn = [], []
    for chunk in (1 << 15, 512):
        monkeypatch.setattr("reelview.raster.index_mip._CHUNK", chunk)
        monkeypatch.setattr("reelview.raster.pyramid._CHUNK", chunk)
        made = index(spans)
        for column in columns_of(made):
            column.view(np.uint8).fill(chunk % 255)
        built.append(len(list(made.build())))
        drawn.append(columns_of(made))
    assert built[1] > built[0], "it was cut"
    for whole, cut in zip(*drawn, strict=True):
        np.testing.assert_array_equal(whole, cut)


def columns_of(index: IndexMip | Pyramid) -> list[np.ndarray]:
    if isinstance(index, Pyramid):
        return [*index._shade, *index._mask]
    return [column for level in index._levels for column in (level.longest, level.mask, level.busy_ns)]


def test_rows_that_share_a_line_show_the_busiest_and_keep_every_bit():
    frame = Frame(
        np.array([[0x1F, 0x00], [0x22, 0x31], [0x47, 0x00]], np.uint8),
        np.array([[2, 0], [4 | BLOCKED_BIT, 8], [16, 0]], np.uint16),
    )
    merged = merge(frame, np.array([0, 0, 2]), 3)
    assert merged.shade.tolist() == [[0x1F, 0x31], [0, 0], [0x47, 0]]
    assert merged.mask.tolist() == [[6, 8], [0, 0], [16, 0]]


def test_a_range_of_a_hundred_days_is_drawn():
    day = 86_400 * 10**9
    begin = np.arange(100, dtype=np.int64) * day
    spans = arrange(np.zeros(100, int), begin, begin + day // 2, np.zeros(100, np.uint8), lanes=1)
    frame = draw_exact(spans, Window(0, 100 * day, 3840))
    assert abs((frame.level > 0).mean() - 0.5) < 0.03  # a hundred edges share their pixel
    assert (draw_pyramid(spans, Window(0, 100 * day, 3840), 1 << 12).level > 0).mean() > 0.49
