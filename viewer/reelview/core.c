/* The loops over spans and over pixels that numpy needs many passes for: what canvas.py, pyramid.py, compose.py and
 * spans.py do, to the bit, in a fifth of the time. They run without the interpreter lock. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* canvas.py, frame.py, spans.py and compose.py have the same. */
#define VERSION 2
#define FULL 2047
#define LEVELS 15
#define BLOCKED 0x10
#define BLOCKED_BIT 0x1000
#define URGENT_BIT 0x8000
#define KINDS_MASK 0x0FFF
#define URGENT 0x80
#define KIND_BITS 0x0F
#define HATCH 4
#define PALE HATCH
#define TOP (HATCH + 1)
#define BOTTOM (HATCH + 2)
#define PARTS (HATCH + 3)

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- columns that the caller lends ---- */

#define MOST_LEVELS 31
#define MOST_COLUMNS (2 * MOST_LEVELS + 4)

typedef struct {
    Py_buffer views[MOST_COLUMNS];
    int count;
} Columns;

static void give_back(Columns *columns) {
    while (columns->count)
        PyBuffer_Release(&columns->views[--columns->count]);
}

/* The items of an array that lies in one piece; NULL, with an exception, where its items are of another size, or fewer
 * than `least`. */
static void *borrow(Columns *columns, PyObject *array, Py_ssize_t size, Py_ssize_t least, int writable) {
    Py_buffer *view = &columns->views[columns->count];
    if (PyObject_GetBuffer(array, view, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0)) < 0)
        return NULL;
    columns->count++;
    if (view->itemsize == size && view->len / size >= least)
        return view->buf;
    PyErr_Format(PyExc_ValueError, "%zd items of %zd bytes; expected at least %zd of %zd", view->len / view->itemsize,
                 view->itemsize, least, size);
    return NULL;
}

static Py_ssize_t borrowed(Columns *columns, int number) {
    return columns->views[number].len / columns->views[number].itemsize;
}

/* Whether an array can have `count` times `each` items: their product, and that times an item's size, is a number. */
static int is_size(int64_t count, int64_t each) {
    return count >= 0 && each >= 0 && (each == 0 || count <= PY_SSIZE_T_MAX / 16 / each);
}

/* ---- canvas.py ---- */

typedef struct {
    uint16_t *key, *mask;
    int32_t *share;
    int64_t begin_ns, end_ns, length, width;
    int shift;
} Canvas;

/* Whether every position in it is a number, and lies in one of its pixels. */
static int is_window(const Canvas *canvas) {
    uint64_t extent = (uint64_t)canvas->end_ns - (uint64_t)canvas->begin_ns;
    return canvas->begin_ns <= canvas->end_ns && extent <= INT64_MAX && canvas->shift >= 0 && canvas->shift < 63 &&
           canvas->width >= 1 && canvas->length >= 1 && canvas->length <= INT64_MAX / 2 / canvas->width &&
           extent >> canvas->shift <= (uint64_t)canvas->length;
}

static inline int64_t position(const Canvas *canvas, int64_t at_ns) {
    int64_t inside = MAX(canvas->begin_ns, MIN(at_ns, canvas->end_ns)) - canvas->begin_ns;
    if (canvas->shift)
        inside = MIN(inside >> canvas->shift, canvas->length);
    return inside * canvas->width;
}

/* A part [begin, end) that lies in one pixel. */
static inline void touch(Canvas *canvas, int64_t cell, int64_t begin, int64_t end, int64_t blocked, int look, int mask) {
    int64_t taken = end - begin, length = canvas->length;
    int64_t share = taken >= length ? FULL : (taken * FULL + (length - 1)) / length;
    int waits = (MIN(blocked, end) - begin) * 2 >= taken;
    uint16_t key = (uint16_t)(share << 5 | look | (waits ? BLOCKED : 0));
    canvas->key[cell] = MAX(canvas->key[cell], key);
    canvas->share[cell] += (int32_t)share;
    canvas->mask[cell] |= (uint16_t)mask;
}

typedef struct {
    const int64_t *begin_ns, *end_ns, *blocked_until_ns;
    const uint8_t *kind;
} Spans;

typedef struct {
    int64_t begin, end, blocked, first, last;
} Placed;

static inline Placed place(const Canvas *canvas, const Spans *spans, int64_t span) {
    Placed placed = {.begin = position(canvas, spans->begin_ns[span]), .end = position(canvas, spans->end_ns[span])};
    placed.end = MAX(placed.end, placed.begin + 1);
    placed.first = MIN(placed.begin / canvas->length, canvas->width - 1);
    int is_one = placed.end <= (placed.first + 1) * canvas->length;
    placed.last = is_one ? placed.first : MIN((placed.end - 1) / canvas->length, canvas->width - 1);
    placed.blocked = position(canvas, spans->blocked_until_ns[span]);
    return placed;
}

static void put_ends(Canvas *canvas, const Spans *spans, int64_t cell, int64_t span, const Placed *placed) {
    int kind = spans->kind[span], look = kind & KIND_BITS, bit = 1 << look;
    int begins = kind >= URGENT && spans->begin_ns[span] >= canvas->begin_ns;
    int64_t edge = MIN(placed->end, (placed->first + 1) * canvas->length);
    touch(canvas, cell + placed->first, placed->begin, edge, placed->blocked, look, begins ? bit | URGENT_BIT : bit);
    if (placed->last > placed->first)
        touch(canvas, cell + placed->last, placed->last * canvas->length, placed->end, placed->blocked, look, bit);
}

/* The whole pixels inside of a span: nothing else can take more of these. */
static void put_inner(Canvas *canvas, const Spans *spans, int64_t cell, int64_t span, const Placed *placed) {
    int look = spans->kind[span] & KIND_BITS;
    int64_t length = canvas->length, first = placed->first + 1;
    int64_t waiting = (2 * placed->blocked + length) / (2 * length) - first;
    for (int64_t x = first; x < placed->last; x++) {
        canvas->key[cell + x] = (uint16_t)(FULL << 5 | look | (x - first < waiting ? BLOCKED : 0));
        canvas->share[cell + x] = FULL;
        canvas->mask[cell + x] |= (uint16_t)(1 << look);
    }
}

/* put(key, share, mask, (begin_ns, end_ns, blocked_until_ns, kind), start, stop, (begin_ns, end_ns, width, shift, length))
 * -> None: the spans [start[i], stop[i]) on row i of a canvas. */
static PyObject *core_put(PyObject *module, PyObject *args) {
    PyObject *key, *share, *mask, *begin, *end, *blocked, *kind, *start_, *stop_;
    Canvas canvas;
    long long begin_ns, end_ns, width, length;
    if (!PyArg_ParseTuple(args, "OOO(OOOO)OO(LLLiL)", &key, &share, &mask, &begin, &end, &blocked, &kind, &start_, &stop_,
                          &begin_ns, &end_ns, &width, &canvas.shift, &length))
        return NULL;
    canvas.begin_ns = begin_ns, canvas.end_ns = end_ns, canvas.width = width, canvas.length = length;
    Columns columns = {.count = 0};
    const int64_t *start = borrow(&columns, start_, 8, 0, 0);
    Py_ssize_t rows = start ? borrowed(&columns, 0) : 0;
    const int64_t *stop = start ? borrow(&columns, stop_, 8, rows, 0) : NULL;
    Spans spans;
    if (stop && !(is_window(&canvas) && is_size(rows, width))) {
        PyErr_Format(PyExc_ValueError, "%zd rows in a window [%lld, %lld) of %lld pixels, %lld each", rows, begin_ns, end_ns,
                     width, length);
        goto failed;
    }
    if (!stop || !(canvas.key = borrow(&columns, key, 2, rows * width, 1)) ||
        !(canvas.share = borrow(&columns, share, 4, rows * width, 1)) ||
        !(canvas.mask = borrow(&columns, mask, 2, rows * width, 1)) ||
        !(spans.begin_ns = borrow(&columns, begin, 8, 0, 0)))
        goto failed;
    Py_ssize_t count = borrowed(&columns, columns.count - 1);
    if (!(spans.end_ns = borrow(&columns, end, 8, count, 0)) ||
        !(spans.blocked_until_ns = borrow(&columns, blocked, 8, count, 0)) ||
        !(spans.kind = borrow(&columns, kind, 1, count, 0)))
        goto failed;
    for (Py_ssize_t row = 0; row < rows; row++)
        if (start[row] < 0 || stop[row] > count) {
            PyErr_Format(PyExc_ValueError, "spans %lld to %lld of %zd", start[row], stop[row], count);
            goto failed;
        }
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t row = 0; row < rows; row++) {
        int64_t cell = row * width, has_inner = 0;
        for (int64_t span = start[row]; span < stop[row]; span++) {
            Placed placed = place(&canvas, &spans, span);
            put_ends(&canvas, &spans, cell, span, &placed);
            has_inner |= placed.last - placed.first > 1;
        }
        for (int64_t span = start[row]; has_inner && span < stop[row]; span++) {
            Placed placed = place(&canvas, &spans, span);
            put_inner(&canvas, &spans, cell, span, &placed);
        }
    }
    Py_END_ALLOW_THREADS
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    give_back(&columns);
    return NULL;
}

/* ---- pyramid.py ---- */

typedef struct {
    const int64_t *offset;
    int64_t first_ns, bin_ns, bins, first_row;
} Bins;

/* The bins from `begin_ns` to `until_ns`; what would lie outside of them, in the outermost. */
typedef struct {
    int64_t begin, end, first, last;
} Binned;

static inline Binned binned(const Bins *bins, int64_t begin_ns, int64_t until_ns) {
    Binned in = {.begin = begin_ns - bins->first_ns, .end = until_ns - bins->first_ns};
    in.first = MAX(0, MIN(in.begin / bins->bin_ns, bins->bins - 1));
    int is_one = in.end <= (in.first + 1) * bins->bin_ns;
    in.last = is_one ? in.first : MAX(in.first, MIN((in.end - 1) / bins->bin_ns, bins->bins - 1));
    return in;
}

/* Adds to each bin the ns that an interval spends in it. */
static inline void add(float *total, const Bins *bins, Binned in) {
    total[in.first] += (float)(MIN(in.end, (in.first + 1) * bins->bin_ns) - in.begin);
    if (in.last == in.first)
        return;
    total[in.last] += (float)(in.end - in.last * bins->bin_ns);
    for (int64_t bin = in.first + 1; bin < in.last; bin++)
        total[bin] += (float)bins->bin_ns;
}

/* sum(busy, blocked, urgent, (begin_ns, end_ns, blocked_until_ns, kind), (from, to), offset, place, (first_row,
 * first_ns, bin_ns, bins)) -> None: adds the spans [from, to) to the sums of the rows from first_row on; those of kind k
 * begin at place[k] in `busy`. */
static PyObject *core_sum(PyObject *module, PyObject *args) {
    PyObject *busy_, *blocked_, *urgent_, *begin_, *end_, *until_, *kind_, *offset_, *place_;
    long long from, to, first_row, first_ns, bin_ns, bins_;
    if (!PyArg_ParseTuple(args, "OOO(OOOO)(LL)OO(LLLL)", &busy_, &blocked_, &urgent_, &begin_, &end_, &until_, &kind_,
                          &from, &to, &offset_, &place_, &first_row, &first_ns, &bin_ns, &bins_))
        return NULL;
    Columns columns = {.count = 0};
    Bins bins = {.first_ns = first_ns, .bin_ns = bin_ns, .bins = bins_, .first_row = first_row};
    Spans spans;
    const int64_t *place;
    float *busy, *blocked;
    uint8_t *urgent;
    if (bin_ns < 1 || bins_ < 1 || !is_size(first_row, 1) || !is_size(from, 1) || !is_size(to, 1)) {
        PyErr_Format(PyExc_ValueError, "spans %lld to %lld from row %lld on, in %lld bins of %lld ns", from, to, first_row,
                     bins_, bin_ns);
        goto failed;
    }
    if (!(blocked = borrow(&columns, blocked_, 4, 0, 1)) || !(busy = borrow(&columns, busy_, 4, 0, 1)) ||
        !(bins.offset = borrow(&columns, offset_, 8, first_row + 1, 0)))
        goto failed;
    int64_t cells = borrowed(&columns, 0), sums = borrowed(&columns, 1), rows = borrowed(&columns, 2) - 1;
    if (!(urgent = borrow(&columns, urgent_, 1, cells, 1)) ||
        !(place = borrow(&columns, place_, 8, KIND_BITS + 1, 0)) || !(spans.begin_ns = borrow(&columns, begin_, 8, to, 0)) ||
        !(spans.end_ns = borrow(&columns, end_, 8, to, 0)) ||
        !(spans.blocked_until_ns = borrow(&columns, until_, 8, to, 0)) || !(spans.kind = borrow(&columns, kind_, 1, to, 0)))
        goto failed;
    int fits = from >= bins.offset[first_row] && to <= bins.offset[MIN(first_row + cells / bins_, rows)];
    for (int kind = 0; kind <= KIND_BITS; kind++)
        fits = fits && place[kind] >= 0 && place[kind] <= sums - cells;
    if (!fits) {
        PyErr_Format(PyExc_ValueError, "spans %lld to %lld from row %lld on have no room in %lld bins", from, to,
                     first_row, (long long)cells);
        goto failed;
    }
    Py_BEGIN_ALLOW_THREADS
    int64_t row = first_row;
    for (int64_t span = from; span < to; span++) {
        while (span >= bins.offset[row + 1])
            row++;
        int64_t cell = (row - first_row) * bins_, begin_ns = spans.begin_ns[span];
        Binned in = binned(&bins, begin_ns, spans.end_ns[span]);
        add(busy + place[spans.kind[span] & KIND_BITS] + cell, &bins, in);
        if (spans.kind[span] >= URGENT)
            urgent[cell + in.first] = 1;
        if (spans.blocked_until_ns[span] > begin_ns)
            add(blocked + cell, &bins, binned(&bins, begin_ns, spans.blocked_until_ns[span]));
    }
    Py_END_ALLOW_THREADS
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    give_back(&columns);
    return NULL;
}

/* What the bins of all kinds are: the sums of each kind follow each other, `apart` after those of the one before. */
typedef struct {
    float *busy, *blocked;
    uint8_t *urgent;
    const int64_t *kinds;
    int64_t apart;
    int count;
} Sums;

/* What each of some bins looks like. */
static void look(uint8_t *shade, uint16_t *mask, const Sums *sums, int64_t bins, double full_ns) {
    float scale = (float)(LEVELS / full_ns);
    for (int64_t bin = 0; bin < bins; bin++) {
        /* A sum that is not negative orders as its bits do; the last four of them give way to its kind. */
        uint32_t greatest = 0, bits = 0;
        float total = 0;
        for (int n = 0; n < sums->count; n++) {
            float here = sums->busy[n * sums->apart + bin];
            uint32_t order;
            memcpy(&order, &here, sizeof order);
            greatest = MAX(greatest, (order & ~15u) | (15 - (uint32_t)sums->kinds[n]));
            bits |= (uint32_t)(here > 0) << sums->kinds[n];
            total += here;
        }
        if (sums->blocked[bin] > 0 && sums->blocked[bin] * 2 >= total)
            bits |= BLOCKED_BIT;
        float share = total * scale;
        uint32_t level = share >= LEVELS ? LEVELS : (uint32_t)share + ((float)(uint32_t)share < share);
        shade[bin] = total > 0 ? (uint8_t)((15 - (greatest & 15)) << 4 | level) : 0;
        mask[bin] = (uint16_t)(bits | (sums->urgent[bin] ? URGENT_BIT : 0));
    }
}

/* Neighbours in pairs, where the first of each stood. */
static void halve(Sums *sums, int64_t bins) {
    for (int n = 0; n <= sums->count; n++) {
        float *here = n < sums->count ? sums->busy + n * sums->apart : sums->blocked;
        for (int64_t bin = 0; bin < bins / 2; bin++)
            here[bin] = here[2 * bin] + here[2 * bin + 1];
    }
    for (int64_t bin = 0; bin < bins / 2; bin++)
        sums->urgent[bin] = sums->urgent[2 * bin] | sums->urgent[2 * bin + 1];
}

/* store((shade, ...), (mask, ...), busy, blocked, urgent, kinds, (first_row, cells, bins), bin_ns) -> None: what the bins
 * of some rows look like, level by level, put where those of first_row begin. The sums are halved where they stand. */
static PyObject *core_store(PyObject *module, PyObject *args) {
    PyObject *shades, *masks, *busy_, *blocked_, *urgent_, *kinds_;
    long long first_row, cells, bins, bin_ns;
    if (!PyArg_ParseTuple(args, "O!O!OOOO(LLL)L", &PyTuple_Type, &shades, &PyTuple_Type, &masks, &busy_, &blocked_,
                          &urgent_, &kinds_, &first_row, &cells, &bins, &bin_ns))
        return NULL;
    Columns columns = {.count = 0};
    Sums sums = {.apart = cells};
    uint8_t *shade[MOST_LEVELS];
    uint16_t *mask[MOST_LEVELS];
    Py_ssize_t levels = PyTuple_GET_SIZE(shades);
    if (!(sums.kinds = borrow(&columns, kinds_, 8, 0, 0)))
        goto failed;
    sums.count = (int)borrowed(&columns, 0);
    int fits = levels == PyTuple_GET_SIZE(masks) && levels >= 1 && levels <= MOST_LEVELS && bins == 1LL << (levels - 1) &&
               bin_ns > 0 && is_size(first_row, bins) && is_size(cells, 16) && is_size(first_row * bins, 1) &&
               cells % bins == 0 && borrowed(&columns, 0) <= 16;
    for (int n = 0; fits && n < sums.count; n++)
        fits = sums.kinds[n] >= 0 && sums.kinds[n] <= KIND_BITS;
    if (!fits) {
        PyErr_Format(PyExc_ValueError, "%lld bins, %lld a row, on %zd levels, of %d kinds", cells, bins, levels, sums.count);
        goto failed;
    }
    if (!(sums.busy = borrow(&columns, busy_, 4, sums.count * cells, 1)) ||
        !(sums.blocked = borrow(&columns, blocked_, 4, cells, 1)) ||
        !(sums.urgent = borrow(&columns, urgent_, 1, cells, 1)))
        goto failed;
    for (Py_ssize_t level = 0; level < levels; level++) {
        Py_ssize_t before = (Py_ssize_t)(first_row * (bins >> level)), until = before + (Py_ssize_t)(cells >> level);
        if (!(shade[level] = borrow(&columns, PyTuple_GET_ITEM(shades, level), 1, until, 1)) ||
            !(mask[level] = borrow(&columns, PyTuple_GET_ITEM(masks, level), 2, until, 1)))
            goto failed;
        shade[level] += before, mask[level] += before;
    }
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t level = 0; level < levels; level++) {
        look(shade[level], mask[level], &sums, cells >> level, (double)bin_ns * (double)(1LL << level));
        halve(&sums, level + 1 < levels ? cells >> level : 0);
    }
    Py_END_ALLOW_THREADS
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    give_back(&columns);
    return NULL;
}

/* Level (4 bits), kind (4 bits), blocked (1 bit), as frame.py's `ranked`. */
static inline unsigned ranked(unsigned shade, unsigned mask) {
    return (shade & 15) << 5 | shade >> 4 << 1 | (mask & BLOCKED_BIT) >> 12;
}

/* pool(shade, mask, (bin_shade, bin_mask), bins, row, (first, middle, last), (weight, weight, weight), outside) -> None:
 * of some rows of bins what each pixel shows of the three bins that it touches. */
static PyObject *core_pool(PyObject *module, PyObject *args) {
    PyObject *shade_, *mask_, *bin_shade_, *bin_mask_, *row_, *at_[3], *weight_[3], *outside_;
    Py_ssize_t bins;
    if (!PyArg_ParseTuple(args, "OO(OO)nO(OOO)(OOO)O", &shade_, &mask_, &bin_shade_, &bin_mask_, &bins, &row_, &at_[0],
                          &at_[1], &at_[2], &weight_[0], &weight_[1], &weight_[2], &outside_))
        return NULL;
    Columns columns = {.count = 0};
    const int64_t *row, *at[3];
    const uint16_t *weight[3], *bin_mask;
    const uint8_t *outside, *bin_shade;
    uint8_t *shade;
    uint16_t *mask;
    if (!(row = borrow(&columns, row_, 8, 0, 0)) || !(outside = borrow(&columns, outside_, 1, 0, 0)) ||
        !(bin_shade = borrow(&columns, bin_shade_, 1, 0, 0)))
        goto failed;
    Py_ssize_t rows = borrowed(&columns, 0), width = borrowed(&columns, 1), all = borrowed(&columns, 2);
    if (bins < 1) {
        PyErr_Format(PyExc_ValueError, "%zd bins a row", bins);
        goto failed;
    }
    if (!(bin_mask = borrow(&columns, bin_mask_, 2, all, 0)) ||
        !(shade = borrow(&columns, shade_, 1, rows * width, 1)) || !(mask = borrow(&columns, mask_, 2, rows * width, 1)))
        goto failed;
    for (int each = 0; each < 3; each++)
        if (!(at[each] = borrow(&columns, at_[each], 8, width, 0)) ||
            !(weight[each] = borrow(&columns, weight_[each], 2, width, 0)))
            goto failed;
    for (Py_ssize_t n = 0; n < rows + width; n++) {
        Py_ssize_t x = n - rows;
        int64_t least = n < rows ? row[n] : MIN(at[0][x], MIN(at[1][x], at[2][x]));
        int64_t greatest = n < rows ? row[n] : MAX(at[0][x], MAX(at[1][x], at[2][x]));
        if (least < 0 || greatest >= (n < rows ? all / bins : bins)) {
            PyErr_Format(PyExc_ValueError, "row or bin %lld of %zd bins a row", n < rows ? row[n] : greatest, bins);
            goto failed;
        }
    }
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t n = 0; n < rows; n++) {
        const uint8_t *shades = bin_shade + row[n] * bins;
        const uint16_t *masks = bin_mask + row[n] * bins;
        for (Py_ssize_t x = 0; x < width; x++) {
            unsigned best = 0, bits = 0, busy = 15;
            for (int each = 0; each < 3; each++) {
                int64_t bin = at[each][x];
                unsigned look = ranked(shades[bin], masks[bin]);
                best = MAX(best, look);
                bits |= masks[bin];
                busy += (look >> 5) * weight[each][x];
            }
            busy = MAX(busy >> 4, best != 0);
            bits = (bits & ~BLOCKED_BIT) | (best & 1) * BLOCKED_BIT;
            shade[n * width + x] = outside[x] ? 0 : (uint8_t)((best << 3 & 0xF0) | busy);
            mask[n * width + x] = outside[x] ? 0 : (uint16_t)bits;
        }
    }
    Py_END_ALLOW_THREADS
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    give_back(&columns);
    return NULL;
}

/* ---- compose.py ---- */

typedef struct {
    const uint32_t *shades, *hatched, *solids;
    const uint8_t *rarest;
    uint32_t background, line, urgent;
} Colours;

/* The lines of one row: the phases of the hatching, and the other parts. */
static void draw_row(uint32_t *lines, const uint8_t *shade, const uint16_t *mask, Py_ssize_t width, int drift,
                     int is_tall, const Colours *colours) {
    for (Py_ssize_t x = 0; x < width; x++) {
        int seen = shade[x], bits = mask[x];
        uint32_t body = colours->shades[seen], pale = colours->hatched[seen | (bits & BLOCKED_BIT) >> 4];
        if (!is_tall) {
            lines[PALE * width + x] = bits & URGENT_BIT ? colours->urgent : pale;
            continue;
        }
        for (int phase = 0; phase < HATCH; phase++)
            lines[phase * width + x] = (x + phase + drift) % HATCH < HATCH / 2 ? pale : body;
        lines[TOP * width + x] = bits & URGENT_BIT ? colours->urgent : lines[x];
        int kind = colours->rarest[bits & KINDS_MASK];
        lines[BOTTOM * width + x] = seen && kind != seen >> 4 ? colours->solids[kind] : lines[(HATCH - 1) * width + x];
    }
}

/* compose(out, shade, mask, line_of_y, grid_px, (shades, hatched, solids, rarest), (background, line, urgent), width,
 * drift) -> None */
static PyObject *core_compose(PyObject *module, PyObject *args) {
    PyObject *out_, *shade_, *mask_, *line_, *grid_, *shades, *hatched, *solids, *rarest;
    Colours colours;
    Py_ssize_t width;
    int drift;
    if (!PyArg_ParseTuple(args, "OOOOO(OOOO)(III)ni", &out_, &shade_, &mask_, &line_, &grid_, &shades, &hatched, &solids,
                          &rarest, &colours.background, &colours.line, &colours.urgent, &width, &drift))
        return NULL;
    Columns columns = {.count = 0};
    uint32_t *lines = NULL;
    const int64_t *line_of_y, *grid;
    const uint8_t *shade;
    const uint16_t *mask;
    uint32_t *out;
    if (!(line_of_y = borrow(&columns, line_, 8, 0, 0)) || !(grid = borrow(&columns, grid_, 8, 0, 0)) ||
        !(shade = borrow(&columns, shade_, 1, 0, 0)))
        goto failed;
    if (width < 1 || !is_size(width, PARTS + 1) || !is_size(borrowed(&columns, 0), width)) {
        PyErr_Format(PyExc_ValueError, "%zd lines of %zd pixels", borrowed(&columns, 0), width);
        goto failed;
    }
    Py_ssize_t height = borrowed(&columns, 0), marks = borrowed(&columns, 1), rows = borrowed(&columns, 2) / width;
    if (!(mask = borrow(&columns, mask_, 2, rows * width, 0)) || !(out = borrow(&columns, out_, 4, height * width, 1)) ||
        !(colours.shades = borrow(&columns, shades, 4, 256, 0)) ||
        !(colours.hatched = borrow(&columns, hatched, 4, 512, 0)) ||
        !(colours.solids = borrow(&columns, solids, 4, 16, 0)) ||
        !(colours.rarest = borrow(&columns, rarest, 1, KINDS_MASK + 1, 0)))
        goto failed;
    for (Py_ssize_t n = 0; n < marks; n++)
        if (grid[n] < 0 || grid[n] >= width) {
            PyErr_Format(PyExc_ValueError, "a line at %lld of %zd pixels", grid[n], width);
            goto failed;
        }
    for (Py_ssize_t y = 0; y < height; y++)
        if (line_of_y[y] < 0) {
            PyErr_Format(PyExc_ValueError, "line %lld at %zd", line_of_y[y], y);
            goto failed;
        }
    for (int n = 0; n <= KINDS_MASK; n++)
        if (colours.rarest[n] > KIND_BITS) {
            PyErr_Format(PyExc_ValueError, "kind %d of the kinds %d", colours.rarest[n], n);
            goto failed;
        }
    if (!(lines = PyMem_Malloc(sizeof *lines * (size_t)(width * (PARTS + 1))))) {
        PyErr_NoMemory();
        goto failed;
    }
    Py_BEGIN_ALLOW_THREADS
    uint32_t *gap = lines + PARTS * width;
    for (Py_ssize_t x = 0; x < width; x++)
        gap[x] = colours.background;
    for (Py_ssize_t n = 0; n < marks; n++)
        gap[grid[n]] = colours.line;
    int64_t drawn = -1;
    for (Py_ssize_t y = 0; y < height; y++) {
        int64_t row = line_of_y[y] / PARTS;
        int part = (int)(line_of_y[y] % PARTS);
        if (row < rows && row * 2 + (part == PALE) != drawn) {
            drawn = row * 2 + (part == PALE);
            draw_row(lines, shade + row * width, mask + row * width, width, drift, part != PALE, &colours);
            for (Py_ssize_t n = 0; n < marks; n++)
                for (int each = 0; each < PARTS && !shade[row * width + grid[n]]; each++)
                    lines[each * width + grid[n]] = colours.line;
        }
        memcpy(out + y * width, row < rows ? lines + part * width : gap, sizeof *lines * (size_t)width);
    }
    Py_END_ALLOW_THREADS
    PyMem_Free(lines);
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    PyMem_Free(lines);
    give_back(&columns);
    return NULL;
}

/* ---- spans.py ---- */

/* bisect(column, low, high, value, found) -> None: found[i] is where `value` goes in column[low[i]:high[i]]. */
static PyObject *core_bisect(PyObject *module, PyObject *args) {
    PyObject *column_, *low_, *high_, *found_;
    long long value;
    if (!PyArg_ParseTuple(args, "OOOLO", &column_, &low_, &high_, &value, &found_))
        return NULL;
    Columns columns = {.count = 0};
    const int64_t *column, *low, *high;
    int64_t *found;
    if (!(column = borrow(&columns, column_, 8, 0, 0)) || !(low = borrow(&columns, low_, 8, 0, 0)))
        goto failed;
    Py_ssize_t most = borrowed(&columns, 0), count = borrowed(&columns, 1);
    if (!(high = borrow(&columns, high_, 8, count, 0)) || !(found = borrow(&columns, found_, 8, count, 1)))
        goto failed;
    for (Py_ssize_t n = 0; n < count; n++) {
        int64_t first = MAX(low[n], 0), last = MIN(high[n], most);
        while (first < last) {
            int64_t middle = first + (last - first) / 2;
            if (column[middle] < value)
                first = middle + 1;
            else
                last = middle;
        }
        found[n] = first;
    }
    give_back(&columns);
    Py_RETURN_NONE;
failed:
    give_back(&columns);
    return NULL;
}

static PyMethodDef core_methods[] = {
    {"put", core_put, METH_VARARGS, NULL},
    {"sum", core_sum, METH_VARARGS, NULL},
    {"store", core_store, METH_VARARGS, NULL},
    {"pool", core_pool, METH_VARARGS, NULL},
    {"compose", core_compose, METH_VARARGS, NULL},
    {"bisect", core_bisect, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "core", .m_size = -1, .m_methods = core_methods};

PyMODINIT_FUNC PyInit_core(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddIntConstant(module, "VERSION", VERSION) < 0)
        Py_CLEAR(module);
    return module;
}
