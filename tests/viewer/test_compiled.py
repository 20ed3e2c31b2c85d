"""What is done in C is what numpy does: the same pixels."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelview import compiled
from reelview.raster import canvas as canvas_module
from reelview.raster import compose as compose_module
from reelview.raster import pyramid as pyramid_module
from reelview.raster.canvas import Canvas
from reelview.raster.compose import Rows, compose, rarest_kinds
from reelview.raster.frame import BLOCKED_BIT, URGENT_BIT, Frame
from reelview.raster.palette import DARK, LIGHT
from reelview.raster.pyramid import Pyramid
from reelview.raster.window import Window
from reelview.spans import URGENT, Spans, _bisect, arrange, bisect

seeds = st.integers(0, 2**32 - 1)
DAY = 86_400 * 10**9


def test_the_loops_are_compiled_here():
    assert compiled.core is not None, "reelview.core is old or missing: install ipcreel anew (tools/setup)"


def spans_of(rng: np.random.Generator, count: int, length_ns: int) -> Spans:
    begin = np.sort(rng.integers(0, length_ns, count))
    end = begin + np.where(rng.random(count) < 0.3, 0, rng.integers(0, max(length_ns // 3, 1), count))
    kind = (rng.integers(0, 12, count) | np.where(rng.random(count) < 0.2, URGENT, 0)).astype(np.uint8)
    until = begin + ((end - begin) * rng.random(count)).astype(np.int64)
    lane = rng.integers(0, 3, count)
    return arrange(lane, begin, end, kind, lanes=3, blocked_until_ns=until, first_ns=0, last_ns=length_ns)


@settings(max_examples=200)
@given(
    seeds, st.integers(0, 200), st.sampled_from([1, 90, 10**6, 100 * DAY]), st.integers(1, 300), st.floats(0.0001, 1.5)
)
def test_spans_are_put_on_the_same_cells(seed, count, length_ns, width_px, share):
    rng = np.random.default_rng(seed)
    spans = spans_of(rng, count, length_ns)
    begin_ns = int(rng.integers(-length_ns // 2 - 1, length_ns))
    window = Window(begin_ns, begin_ns + max(int(length_ns * share), 1), width_px)
    start, stop = spans.visible(np.arange(spans.rows), window.begin_ns, window.end_ns)
    in_c, in_numpy = Canvas(spans.rows, window), Canvas(spans.rows, window)
    in_c.put_slices(spans, start, stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canvas_module, "core", None)
        in_numpy.put_slices(spans, start, stop)
    for cells in ("key", "share", "mask"):
        assert (getattr(in_c, cells) == getattr(in_numpy, cells)).all()


def built(spans: Spans) -> Pyramid:
    pyramid = Pyramid(spans, 256)
    for _ in pyramid.build():
        pass
    return pyramid


@settings(max_examples=50)
@given(seeds, st.integers(0, 300), st.sampled_from([1, 90, 10**6, 100 * DAY]))
def test_bins_are_filled_alike(seed, count, length_ns):
    spans = spans_of(np.random.default_rng(seed), count, length_ns)
    in_c = built(spans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyramid_module, "core", None)
        in_numpy = built(spans)
    for here, there in zip((*in_c._shade, *in_c._mask), (*in_numpy._shade, *in_numpy._mask), strict=True):
        assert (here == there).all()


@settings(max_examples=50)
@given(seeds, st.integers(1, 300), st.sampled_from([1e-6, 0.02, 0.3, 1.0, 3.0]))
def test_bins_are_seen_as_the_same_pixels(seed, width_px, share):
    rng = np.random.default_rng(seed)
    spans = spans_of(rng, 200, 10**6)
    pyramid = built(spans)
    begin_ns = int(rng.integers(-(10**6), 10**6))
    window = Window(begin_ns, begin_ns + max(int(10**6 * share), 1), width_px)
    rows = rng.permutation(spans.rows)[: int(rng.integers(0, spans.rows + 1))]
    in_c = pyramid.frame(window, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyramid_module, "core", None)
        in_numpy = pyramid.frame(window, rows)
    assert (in_c.shade == in_numpy.shade).all()
    assert (in_c.mask == in_numpy.mask).all()


@settings(max_examples=100)
@given(seeds, st.integers(1, 90), st.lists(st.integers(0, 30), max_size=8), st.integers(0, 4095))
def test_frames_are_composed_to_the_same_image(seed, width_px, heights, drift_px):
    rng = np.random.default_rng(seed)
    shape = len(heights), width_px
    shade = rng.integers(0, 192, shape).astype(np.uint8)
    shade[rng.random(shape) < 0.3] = 0
    mask = rng.integers(0, 1 << 12, shape).astype(np.uint16)
    for bit in (BLOCKED_BIT, URGENT_BIT):
        mask[rng.random(shape) < 0.2] |= bit
    top = np.cumsum([-5, *(height + 2 for height in heights)])[:-1].astype(np.int64)
    rows = Rows(top, np.array(heights, np.int64), int(rng.integers(1, 120)))
    rarest = rarest_kinds(rng.integers(0, 1000, 12))
    theme = DARK if seed % 2 else LIGHT
    grid = np.unique(rng.integers(0, width_px, 3)).astype(np.intp) if seed % 3 else None
    in_c = compose(Frame(shade, mask), rows, theme, rarest, drift_px=drift_px, grid_px=grid)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_module, "core", None)
        in_numpy = compose(Frame(shade, mask), rows, theme, rarest, drift_px=drift_px, grid_px=grid)
    assert (in_c == in_numpy).all()


@given(st.lists(st.integers(0, 50), max_size=40), st.lists(st.integers(0, 40), max_size=300), st.integers(-1, 51))
def test_values_are_found_at_the_same_places(values, bounds, value):
    column = np.sort(np.array(values, np.int64))
    low = np.minimum(np.array(bounds, np.int64), len(column))
    high = np.minimum(low + np.array(bounds[::-1], np.int64) // 2, len(column))
    assert (bisect(column, low, high, value) == _bisect(column, low, high, value)).all()


def test_what_does_not_fit_is_refused():
    core, ints = compiled.core, np.zeros(4, np.int64)
    spans = (ints, ints, ints, np.zeros(4, np.uint8))
    cells = np.zeros(10, np.uint16), np.zeros(10, np.int32), np.zeros(10, np.uint16)
    for start, stop, width in ((ints, ints + 5, 2), (ints - 1, ints, 2), (ints, ints, 3), (ints.astype("i4"), ints, 2)):
        with pytest.raises(ValueError, match=r"items of|spans -?\d+ to"):
            core.put(*cells, spans, start, stop, (0, 10, width, 0, 10))
    thirds, flags = (ints[:2], ints[:2], ints[:2] + 3), (np.ones(2, "u2"),) * 3
    for row, bins in ((ints[:1] + 1, 4), (ints[:1], 3)):
        with pytest.raises(ValueError, match="row or bin"):
            core.pool(
                cells[0].view("u1"),
                cells[2],
                (np.zeros(4, "u1"), np.zeros(4, "u2")),
                bins,
                row,
                thirds,
                flags,
                np.zeros(2, "?"),
            )
    lines = np.zeros((2, 4), np.uint32)
    tables = tuple(np.zeros(size, kind) for size, kind in ((256, "u4"), (512, "u4"), (16, "u4"), (4096, "u1")))
    with pytest.raises(ValueError, match="a line at 4 of 4 pixels"):
        core.compose(lines, np.zeros(4, "u1"), np.zeros(4, "u2"), ints[:2], np.array([4]), tables, (0, 0, 0), 4, 0)


def calls() -> dict[str, tuple]:
    """For each function in C arguments that fit."""
    ints, bytes_, words = np.zeros(4, np.int64), np.zeros(8, "u1"), np.zeros(8, "u2")
    spans, sums = (ints, ints + 4, ints, bytes_[:4]), (np.zeros(8, "f4"), np.zeros(4, "f4"), np.zeros(4, "u1"))
    cells = np.zeros(8, np.uint16), np.zeros(8, np.int32), np.zeros(8, np.uint16)
    tables = tuple(np.zeros(size, kind) for size, kind in ((256, "u4"), (512, "u4"), (16, "u4"), (4096, "u1")))
    lines, thirds = np.array([0, 1, 2, 14]), (ints[:2], ints[:2] + 1, ints[:2] + 3)
    return {
        "put": (*cells, spans, ints[:2], ints[:2] + 4, (0, 10, 4, 0, 10)),
        "sum": (*sums, spans, (0, 4), np.array([0, 4]), np.zeros(16, np.int64), (0, 0, 5, 4)),
        "store": ((bytes_, bytes_[:4]), (words, words[:4]), *sums, ints[:2], (1, 4, 2), 10),
        "pool": (bytes_, words, (bytes_, words), 4, ints[:2] + 1, thirds, (words,) * 3, np.zeros(2, "?")),
        "compose": (np.zeros((4, 4), "u4"), bytes_, words, lines, ints[:1], tables, (0, 0, 0), 4, 0),
        "bisect": (ints, ints, ints + 4, 0, ints.copy()),
    }


def corrupted(rng: np.random.Generator, value):
    """A wrong number, or one of some wrong things in an array: its items, how many there are, or one of them."""
    if isinstance(value, int):
        return int(rng.choice([-(2**62), -1, 0, 1, 3, 5, 16, 2**31 - 1, 2**62, 2**63 - 1]))
    if isinstance(value, tuple):
        at = int(rng.integers(len(value)))
        return (*value[:at], corrupted(rng, value[at]), *value[at + 1 :])
    how = rng.integers(3)
    if how == 0 or not len(value):
        return value.ravel()[: int(rng.integers(value.size + 1))]
    if how == 1:
        return value.astype(rng.choice(["u1", "u2", "u4", "i8"]))
    wrong = value.copy()
    limits = np.iinfo(wrong.dtype) if wrong.dtype.kind in "iu" else None
    wrong.flat[int(rng.integers(wrong.size))] = rng.choice([limits.min, limits.max, 5]) if limits else 5
    return wrong


@settings(max_examples=150)
@given(seeds, st.sampled_from(["put", "sum", "store", "pool", "compose", "bisect"]))
def test_whatever_it_is_given_it_stays_inside_of_its_arrays(seed, name):
    """To touch what is behind one of them ends the process: a page stands there that may not be read."""
    rng, core = np.random.default_rng(seed), compiled.core
    arguments = guarded(calls()[name])
    getattr(core, name)(*arguments)
    for _ in range(int(rng.integers(1, 4))):
        arguments = corrupted(rng, arguments)
    try:
        getattr(core, name)(*guarded(arguments))
    except (ValueError, TypeError, OverflowError, MemoryError, BufferError):
        pass


def guarded(value):
    """The same, with each array at the end of memory that it has to itself."""
    if isinstance(value, tuple):
        return tuple(guarded(each) for each in value)
    if isinstance(value, int):
        return value
    size = -(-value.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = mmap.mmap(-1, size + mmap.PAGESIZE)
    end = ctypes.addressof(ctypes.c_char.from_buffer(memory)) + size
    assert ctypes.CDLL(None).mprotect(ctypes.c_void_p(end), mmap.PAGESIZE, 0) == 0
    there = np.frombuffer(memory, value.dtype, value.size, size - value.nbytes).reshape(value.shape)
    there[...] = value
    return there
