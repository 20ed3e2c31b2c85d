/* The records of a stream, as `tape/records.py` finds them: one after the other, without making objects of them. */

#include "core.h"

#define PAYLOAD_HEAD 7 /* array marker, tag, marker of the slot and its four bytes */
#define COLUMNS 4      /* slot, offset, size, size that it had or -1 */

/* How much follows a marker: bytes of its own and of its content, and how many further values. */
typedef struct {
    uint64_t bytes, values;
} Follows;

static uint64_t read_big_endian(const unsigned char *at, int size) {
    uint64_t value = 0;
    while (size--)
        value = value << 8 | *at++;
    return value;
}

/* 0 where there is no such marker, or its size is cut off. */
static int follows(const unsigned char *at, const unsigned char *end, Follows *found) {
    static const signed char widths[] = {/* from 0xC0 on: of the size where there is one, or of the value */
                                         0, -1, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8,
                                         1, 2,  4, 8, 1, 2, 4, 8, 16, 1, 2, 4, 2, 4, 2, 4};
    unsigned marker = *at;
    found->bytes = 1;
    found->values = 0;
    if (marker < 0x80 || marker >= 0xE0)
        return 1;
    if (marker < 0xC0) {
        if (marker < 0xA0)
            found->values = (marker & 15) * (marker < 0x90 ? 2 : 1);
        else
            found->bytes += marker & 31;
        return 1;
    }
    int width = widths[marker - 0xC0];
    if (width < 0)
        return 0;
    found->bytes += (uint64_t)width;
    int is_extension = marker >= 0xC7 && marker <= 0xC9, is_text = marker >= 0xD9 && marker <= 0xDB;
    if ((marker >= 0xD4 && marker <= 0xD8))
        found->bytes += 1; /* the kind */
    if ((marker >= 0xC4 && marker <= 0xC9) || is_text || marker >= 0xDC) {
        if (end - at <= width)
            return 0;
        uint64_t size = read_big_endian(at + 1, width);
        if (marker >= 0xDC)
            found->values = size * (marker >= 0xDE ? 2 : 1);
        else
            found->bytes += size + (uint64_t)is_extension;
    }
    return 1;
}

/* After `values` values; NULL where they are not whole. */
static const unsigned char *skipped(const unsigned char *at, const unsigned char *end, uint64_t values) {
    Follows found;
    for (; values; values += found.values - 1) {
        if (at >= end || !follows(at, end, &found) || found.bytes > (uint64_t)(end - at))
            return NULL;
        at += found.bytes;
    }
    return at;
}

/* A number that is not below zero; -1 for anything else. */
static int64_t number_at(const unsigned char *at, const unsigned char *end) {
    if (at < end && *at < 0x80)
        return *at;
    if (at >= end || *at < 0xCC || *at > 0xCF || end - at <= 1 << (*at - 0xCC))
        return -1;
    return (int64_t)read_big_endian(at + 1, 1 << (*at - 0xCC));
}

static int is_payload(const unsigned char *at, const unsigned char *end) {
    return (*at == 0x93 || *at == 0x94) && end - at > PAYLOAD_HEAD && at[1] == 0 && at[2] == 0xCE;
}

/* Appends the row of a payload that lies from `at` to `after`. */
static int add_row(Packed *rows, const unsigned char *begin, const unsigned char *at, const unsigned char *after) {
    int64_t row[COLUMNS] = {(int64_t)read_big_endian(at + 3, 4), at + PAYLOAD_HEAD - begin, 0, -1};
    const unsigned char *value_end = after;
    if (*at == 0x94) {
        value_end = skipped(at + PAYLOAD_HEAD, after, 1);
        row[3] = number_at(value_end, after);
    }
    row[2] = value_end - at - PAYLOAD_HEAD;
    char *room = packed_room(rows, sizeof row);
    if (room == NULL)
        return -1;
    memcpy(room, row, sizeof row);
    return 0;
}

static int add_span(PyObject *spans, Py_ssize_t begin, Py_ssize_t end) {
    PyObject *span = Py_BuildValue("nn", begin, end);
    int done = span == NULL ? -1 : PyList_Append(spans, span);
    Py_XDECREF(span);
    return done;
}

PyObject *core_end_of(PyObject *module, PyObject *data) {
    Py_buffer stream;
    if (PyObject_GetBuffer(data, &stream, PyBUF_SIMPLE) < 0)
        return NULL;
    const char *bytes = stream.buf;
    Py_ssize_t end = stream.len;
    uint64_t word;
    for (; end >= 8; end -= 8) {
        memcpy(&word, bytes + end - 8, 8);
        if (word)
            break;
    }
    while (end > 0 && bytes[end - 1] == 0)
        end--;
    PyBuffer_Release(&stream);
    return PyLong_FromSsize_t(end);
}

/* find_records(stream, begin, until, over_zeros): rows of payloads, spans of other records, where it ended. */
PyObject *core_find_records(PyObject *module, PyObject *args) {
    Py_buffer stream;
    Py_ssize_t begin, until;
    int over_zeros;
    if (!PyArg_ParseTuple(args, "y*nnp", &stream, &begin, &until, &over_zeros))
        return NULL;
    const unsigned char *first = stream.buf, *end = first + stream.len, *at, *after;
    Packed rows;
    packed_begin(&rows, 0);
    PyObject *spans = PyList_New(0), *result = NULL;
    int done = spans == NULL || begin < 0 || until > stream.len ? -1 : 0;
    for (at = first + begin; done == 0 && at < first + until; at = after) {
        if (*at == 0 && !over_zeros)
            break;
        if ((after = skipped(at, end, 1)) == NULL)
            break;
        if (is_payload(at, end))
            done = add_row(&rows, first, at, after);
        else if ((*at & 0xF0) == 0x90 || *at == 0xDC || *at == 0xDD)
            done = add_span(spans, at - first, after - first);
    }
    if (done == 0)
        result = Py_BuildValue("y#On", rows.bytes, rows.size, spans, at - first);
    else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "no such part of the stream");
    Py_XDECREF(spans);
    packed_free(&rows);
    PyBuffer_Release(&stream);
    return result;
}
