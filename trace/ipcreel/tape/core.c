/* The hot path of the recorder: what `plain.py` says in Python, said in C. The bytes are the same.

A wrapper calls `entry()` where an operation begins: nothing where it is not to be recorded, or else an event that knows
its begin, its lane and its call site, and writes itself on the tape. No call into the interpreter lies between the
taking of a position and its use, but where the window of a tape has to slide, so that no thread and no signal's
handler comes between. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>
#include <time.h>
#if PY_VERSION_HEX < 0x030C0000
#define Py_BUILD_CORE
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE
#endif

#if PY_VERSION_HEX < 0x030C0000
#define IS_READY(text) PyUnicode_IS_READY(text)
#else
#define IS_READY(text) 1 /* every text is, from then on */
#endif
#define VERSION 1 /* of what this offers to Python: a library from before a change is not used */
#define EVENT_SIZE 64
#define SHORT_HEAD 9
#define FLOAT_SIZE 16
#define PLACES 16 /* remembered by an entry: a wrapper is called at few places */
#define FRAMES 4 /* of them, outwards, that tell a place apart: a library may stand between the program and a wrapper */

static PyObject *str_here, *str_mark, *str_events_slid, *str_site_kept, *str_other_payload;

/* On a tape (event.py: TAPE_WHOLE). */
typedef struct {
    uint64_t begin_ns;
    uint32_t lane;
    uint16_t op;
    uint32_t object;
    uint32_t site;
    int64_t a;
    int64_t b;
    uint64_t payload;
    int64_t end_ns;
} Taped;

_Static_assert(offsetof(Taped, end_ns) == 48 && sizeof(Taped) <= EVENT_SIZE, "as event.TAPE_WHOLE has it");

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* An integer that an event has room for, as near to `value` as there is one; 0 for what is none. Raises nothing. */
static int64_t fit(PyObject *value) {
    if (!PyLong_Check(value)) {
        PyObject *index = PyIndex_Check(value) ? PyNumber_Index(value) : NULL;
        if (index == NULL) {
            PyErr_Clear();
            return 0;
        }
        int64_t number = fit(index);
        Py_DECREF(index);
        return number;
    }
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return overflow > 0 ? INT64_MAX : overflow < 0 ? INT64_MIN : number;
}

/* ---- Writer: where the next event and the next record of a tape go ---- */

typedef struct {
    PyObject_HEAD
    unsigned long long slot;      /* of the next event */
    unsigned long long stream_at; /* of the next record */
    unsigned int generation;      /* of the tape: a fork begins another one in the same object */
    int short_limit;              /* bytes up to this many are written in one go */
    long long payload_limit;      /* bytes kept of a payload */
    PyObject *events_place;       /* (view, first): the part of the file that is mapped */
    PyObject *stream_place;       /* (view, first, last) */
    Py_buffer events, stream;
    long long events_first, stream_first, stream_last;
} Writer;

static void writer_dealloc(Writer *self) {
    PyBuffer_Release(&self->events);
    PyBuffer_Release(&self->stream);
    Py_XDECREF(self->events_place);
    Py_XDECREF(self->stream_place);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int place_set(PyObject *place, PyObject **kept, Py_buffer *buffer, long long *first, long long *last) {
    PyObject *view;
    Py_buffer found;
    long long from, to = 0;
    if (place == NULL || !PyTuple_Check(place)) {
        PyErr_SetString(PyExc_TypeError, "a place is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(place, last ? "OLL" : "OL", &view, &from, &to) ||
        PyObject_GetBuffer(view, &found, PyBUF_WRITABLE) < 0)
        return -1;
    Py_buffer old = *buffer;
    PyObject *before = *kept;
    *buffer = found;
    *kept = Py_NewRef(place);
    *first = from;
    if (last)
        *last = to;
    PyBuffer_Release(&old);
    Py_XDECREF(before);
    return 0;
}

static int events_place_set(Writer *self, PyObject *place, void *closure) {
    return place_set(place, &self->events_place, &self->events, &self->events_first, NULL);
}

static int stream_place_set(Writer *self, PyObject *place, void *closure) {
    return place_set(place, &self->stream_place, &self->stream, &self->stream_first, &self->stream_last);
}

static PyObject *events_place_get(Writer *self, void *closure) {
    return Py_NewRef(self->events_place ? self->events_place : Py_None);
}

static PyObject *stream_place_get(Writer *self, void *closure) {
    return Py_NewRef(self->stream_place ? self->stream_place : Py_None);
}

/* Where the event of a slot is written, in the window or, with `other` filled, outside of it. NULL with an error. */
static char *event_at(Writer *self, unsigned long long slot, Py_buffer *other) {
    long long at = (long long)slot * EVENT_SIZE - self->events_first;
    other->obj = NULL;
    if (at >= 0 && at + EVENT_SIZE <= self->events.len)
        return (char *)self->events.buf + at;
    PyObject *number = PyLong_FromUnsignedLongLong(slot), *view, *place;
    if (number == NULL)
        return NULL;
    place = PyObject_CallMethodOneArg((PyObject *)self, str_events_slid, number);
    Py_DECREF(number);
    if (place == NULL)
        return NULL;
    char *found = NULL;
    if (PyArg_ParseTuple(place, "OL", &view, &at) && PyObject_GetBuffer(view, other, PyBUF_WRITABLE) == 0)
        found = (char *)other->buf + at;
    Py_DECREF(place);
    return found;
}

/* Room for `size` bytes in the stream. */
static char *record_at(Writer *self, Py_ssize_t size, Py_buffer *other) {
    long long begin = (long long)self->stream_at, end = begin + size, first, last;
    self->stream_at = (unsigned long long)end;
    other->obj = NULL;
    if (begin >= self->stream_first && end <= self->stream_last)
        return (char *)self->stream.buf + (begin - self->stream_first);
    PyObject *view, *place = PyObject_CallMethod((PyObject *)self, "stream_slid", "LL", begin, end);
    if (place == NULL)
        return NULL;
    char *found = NULL;
    if (PyArg_ParseTuple(place, "OLL", &view, &first, &last) && PyObject_GetBuffer(view, other, PyBUF_WRITABLE) == 0)
        found = (char *)other->buf + (begin - first);
    Py_DECREF(place);
    return found;
}

/* `begin_ns` says that an event is there, `end_ns` that it has ended: they are stored last, in this order. */
static int write_event(Writer *self, long long *slot, Taped *event, int64_t end_ns) {
    Py_buffer other;
    *slot = (long long)self->slot++;
    volatile Taped *taped = (volatile Taped *)event_at(self, (unsigned long long)*slot, &other);
    if (taped == NULL)
        return -1;
    taped->lane = event->lane;
    taped->op = event->op;
    taped->object = event->object;
    taped->site = event->site;
    taped->a = event->a;
    taped->b = event->b;
    taped->begin_ns = event->begin_ns;
    if (end_ns)
        taped->end_ns = end_ns;
    if (other.obj)
        PyBuffer_Release(&other);
    return 0;
}

static int write_end(Writer *self, long long slot, const int64_t *a, const int64_t *b, int64_t end_ns) {
    Py_buffer other;
    volatile Taped *taped = (volatile Taped *)event_at(self, (unsigned long long)slot, &other);
    if (taped == NULL)
        return -1;
    if (a) {
        taped->a = *a;
        taped->b = *b;
    }
    taped->end_ns = end_ns;
    if (other.obj)
        PyBuffer_Release(&other);
    return 0;
}

static void write_big_endian(char *at, uint64_t value, int size) {
    while (size--) {
        at[size] = (char)value;
        value >>= 8;
    }
}

/* ---- msgpack, as `pack.py` writes it ---- */

#define DEEPEST 24 /* pack.DEPTH */
#define TUPLE 2    /* pack.TUPLE */

typedef struct {
    char *bytes;
    Py_ssize_t size, room;
    char at_first[256]; /* most values are short */
} Packed;

static PyObject *pack_in_python; /* for what is not plain */

static char *packed_room(Packed *packed, Py_ssize_t size) {
    if (packed->size + size > packed->room) {
        Py_ssize_t room = (packed->size + size) * 2;
        char *bytes = packed->bytes == packed->at_first ? PyMem_Malloc((size_t)room)
                                                        : PyMem_Realloc(packed->bytes, (size_t)room);
        if (bytes == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        if (packed->bytes == packed->at_first)
            memcpy(bytes, packed->at_first, (size_t)packed->size);
        packed->bytes = bytes;
        packed->room = room;
    }
    packed->size += size;
    return packed->bytes + packed->size - size;
}

static void packed_free(Packed *packed) {
    if (packed->bytes != packed->at_first)
        PyMem_Free(packed->bytes);
}

/* A marker and an integer of `width` bytes after it. */
static int pack_marked(Packed *packed, int marker, uint64_t value, int width) {
    char *at = packed_room(packed, 1 + width);
    if (at == NULL)
        return -1;
    *at = (char)marker;
    write_big_endian(at + 1, value, width);
    return 0;
}

/* The head of something with a size: in the marker below `most_short`, then in one, two or four bytes. */
static int pack_size(Packed *packed, Py_ssize_t size, int short_marker, int most_short, int marker8, int marker16) {
    if (size < most_short)
        return pack_marked(packed, short_marker | (int)size, 0, 0);
    if (size < 256 && marker8)
        return pack_marked(packed, marker8, (uint64_t)size, 1);
    return size < 65536 ? pack_marked(packed, marker16, (uint64_t)size, 2)
                        : pack_marked(packed, marker16 + 1, (uint64_t)size, 4);
}

static int pack_bytes(Packed *packed, const char *bytes, Py_ssize_t size) {
    char *at = packed_room(packed, size);
    if (at == NULL)
        return -1;
    memcpy(at, bytes, (size_t)size);
    return 0;
}

static int pack_value(Packed *packed, PyObject *value, int depth);

static int pack_other(Packed *packed, PyObject *value, int depth) {
    PyObject *level = PyLong_FromLong(depth), *bytes = NULL;
    int done = -1;
    if (level != NULL && pack_in_python != NULL)
        bytes = PyObject_CallFunctionObjArgs(pack_in_python, value, level, NULL);
    if (bytes != NULL && PyBytes_Check(bytes))
        done = pack_bytes(packed, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_XDECREF(level);
    Py_XDECREF(bytes);
    return done;
}

/* What is said of its items may run code of the program, which may change the list: it is as long as it was. */
static int pack_items(Packed *packed, PyObject *items, int depth) {
    Py_ssize_t size = PySequence_Fast_GET_SIZE(items);
    if (pack_size(packed, size, 0x90, 16, 0, 0xDC) < 0)
        return -1;
    for (Py_ssize_t at = 0; at < size; at++) {
        PyObject *item = at < PySequence_Fast_GET_SIZE(items) ? PySequence_Fast_GET_ITEM(items, at) : Py_None;
        Py_INCREF(item);
        int done = pack_value(packed, item, depth + 1);
        Py_DECREF(item);
        if (done < 0)
            return -1;
    }
    return 0;
}

static int pack_tuple(Packed *packed, PyObject *value, int depth) {
    Py_ssize_t begin = packed->size, head, size;
    if (packed_room(packed, 6) == NULL || pack_items(packed, value, depth) < 0)
        return -1;
    size = packed->size - begin - 6;
    head = size < 256 ? 3 : size < 65536 ? 4 : 6;
    memmove(packed->bytes + begin + head, packed->bytes + begin + 6, (size_t)size);
    char *at = packed->bytes + begin;
    at[0] = (char)(head == 3 ? 0xC7 : head == 4 ? 0xC8 : 0xC9);
    write_big_endian(at + 1, (uint64_t)size, (int)head - 2);
    at[head - 1] = TUPLE;
    packed->size = begin + head + size;
    return 0;
}

static int pack_dict(Packed *packed, PyObject *value, int depth) {
    PyObject *pairs = PyDict_Items(value);
    int done = pairs == NULL ? -1 : pack_size(packed, PyList_GET_SIZE(pairs), 0x80, 16, 0, 0xDE);
    for (Py_ssize_t at = 0; done == 0 && at < PyList_GET_SIZE(pairs); at++)
        for (int side = 0; done == 0 && side < 2; side++)
            done = pack_value(packed, PyTuple_GET_ITEM(PyList_GET_ITEM(pairs, at), side), depth + 1);
    Py_XDECREF(pairs);
    return done;
}

static int pack_value(Packed *packed, PyObject *value, int depth) {
    PyTypeObject *kind = Py_TYPE(value);
    if (depth > DEEPEST)
        return pack_other(packed, value, depth);
    if (value == Py_None)
        return pack_marked(packed, 0xC0, 0, 0);
    if (kind == &PyBool_Type)
        return pack_marked(packed, value == Py_True ? 0xC3 : 0xC2, 0, 0);
    if (kind == &PyLong_Type) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (overflow)
            return pack_other(packed, value, depth);
        return number >= 0 && number < 128 ? pack_marked(packed, (int)number, 0, 0)
                                           : pack_marked(packed, 0xD3, (uint64_t)number, 8);
    }
    if (kind == &PyFloat_Type) {
        double number = PyFloat_AS_DOUBLE(value);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        return pack_marked(packed, 0xCB, bits, 8);
    }
    if (kind == &PyBytes_Type) {
        Py_ssize_t size = PyBytes_GET_SIZE(value);
        return pack_size(packed, size, 0, 0, 0xC4, 0xC5) < 0 ? -1 : pack_bytes(packed, PyBytes_AS_STRING(value), size);
    }
    if (kind == &PyUnicode_Type && IS_READY(value) && PyUnicode_IS_ASCII(value)) {
        Py_ssize_t size = PyUnicode_GET_LENGTH(value);
        return pack_size(packed, size, 0xA0, 32, 0xD9, 0xDA) < 0
                   ? -1
                   : pack_bytes(packed, (const char *)PyUnicode_1BYTE_DATA(value), size);
    }
    if (kind == &PyList_Type)
        return pack_items(packed, value, depth);
    if (kind == &PyTuple_Type)
        return pack_tuple(packed, value, depth);
    if (kind == &PyDict_Type)
        return pack_dict(packed, value, depth);
    return pack_other(packed, value, depth);
}

/* pack(value, depth=0): the bytes; fall_back_on(pack): who is asked for what is not plain. */
static PyObject *core_pack(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 1 && count != 2) {
        PyErr_SetString(PyExc_TypeError, "pack takes a value and a depth");
        return NULL;
    }
    Packed packed;
    packed.bytes = packed.at_first;
    packed.size = 0;
    packed.room = sizeof packed.at_first;
    PyObject *bytes = NULL;
    if (pack_value(&packed, args[0], count == 2 ? (int)fit(args[1]) : 0) == 0)
        bytes = PyBytes_FromStringAndSize(packed.bytes, packed.size);
    packed_free(&packed);
    return bytes;
}

static PyObject *core_fall_back_on(PyObject *module, PyObject *pack) {
    Py_XSETREF(pack_in_python, Py_NewRef(pack));
    Py_RETURN_NONE;
}

static PyMethodDef core_methods[] = {
    {"pack", (PyCFunction)(void (*)(void))core_pack, METH_FASTCALL, NULL},
    {"fall_back_on", (PyCFunction)core_fall_back_on, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- */

/* Bytes as they are or, of what is no longer than the limit, msgpack. Bytes above the limit are for `other_payload`. */
static int write_packed(Writer *self, long long slot, PyObject *value) {
    Packed packed;
    packed.bytes = packed.at_first;
    packed.size = 7;
    packed.room = sizeof packed.at_first;
    Py_buffer other;
    int done = pack_value(&packed, value, 0);
    if (done == 0 && packed.size - 7 <= self->payload_limit + 64) {
        packed.bytes[1] = 0; /* layout.PAYLOAD */
        packed.bytes[2] = (char)0xCE;
        write_big_endian(packed.bytes + 3, (uint64_t)slot, 4);
        char *at = record_at(self, packed.size, &other);
        if (at == NULL)
            done = -1;
        else {
            memcpy(at + 1, packed.bytes + 1, (size_t)packed.size - 1);
            ((volatile char *)at)[0] = (char)0x93; /* last: before it, what was reserved reads as zeros */
            if (other.obj)
                PyBuffer_Release(&other);
        }
    } else if (done == 0)
        done = 1;
    packed_free(&packed);
    return done;
}

/* [PAYLOAD, slot, value]. What is too long is for `other_payload`, which cuts it. */
static int write_payload(Writer *self, long long slot, PyObject *value) {
    Py_buffer other;
    char *at;
    if (PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) <= self->short_limit) {
        Py_ssize_t size = PyBytes_GET_SIZE(value);
        at = record_at(self, size + SHORT_HEAD, &other);
        if (at == NULL)
            return -1;
        at[7] = (char)0xC4;
        at[8] = (char)size;
        memcpy(at + SHORT_HEAD, PyBytes_AS_STRING(value), (size_t)size);
    } else if (PyFloat_CheckExact(value)) {
        double number = PyFloat_AS_DOUBLE(value);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        at = record_at(self, FLOAT_SIZE, &other);
        if (at == NULL)
            return -1;
        at[7] = (char)0xCB;
        write_big_endian(at + 8, bits, 8);
    } else {
        int written = 1;
        if (!PyBytes_CheckExact(value) || PyBytes_GET_SIZE(value) <= self->payload_limit)
            written = write_packed(self, slot, value);
        if (written <= 0)
            return written;
        PyObject *number = PyLong_FromLongLong(slot), *done = NULL;
        if (number != NULL)
            done = PyObject_CallMethodObjArgs((PyObject *)self, str_other_payload, number, value, NULL);
        Py_XDECREF(number);
        Py_XDECREF(done);
        return done == NULL ? -1 : 0;
    }
    at[1] = 0; /* layout.PAYLOAD */
    at[2] = (char)0xCE;
    write_big_endian(at + 3, (uint64_t)slot, 4);
    ((volatile char *)at)[0] = (char)0x93; /* last: before it, what was reserved reads as zeros */
    if (other.obj)
        PyBuffer_Release(&other);
    return 0;
}

static int counted(const char *name, Py_ssize_t count, Py_ssize_t wanted) {
    if (count == wanted)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", name, wanted, count);
    return -1;
}

static PyObject *writer_whole(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("whole", count, 8) < 0)
        return NULL;
    Taped event = {
        .begin_ns = (uint64_t)fit(args[0]), .lane = (uint32_t)fit(args[1]), .op = (uint16_t)fit(args[2]),
        .object = (uint32_t)fit(args[3]), .site = (uint32_t)fit(args[4]), .a = fit(args[5]), .b = fit(args[6])};
    long long slot;
    return write_event(self, &slot, &event, fit(args[7])) < 0 ? NULL : PyLong_FromLongLong(slot);
}

static PyObject *writer_begin(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("begin", count, 6) < 0)
        return NULL;
    Taped event = {
        .begin_ns = (uint64_t)fit(args[0]), .lane = (uint32_t)fit(args[1]), .op = (uint16_t)fit(args[2]),
        .object = (uint32_t)fit(args[3]), .site = (uint32_t)fit(args[4]), .a = fit(args[5])};
    long long slot;
    return write_event(self, &slot, &event, 0) < 0 ? NULL : PyLong_FromLongLong(slot);
}

static PyObject *writer_end(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("end", count, 4) < 0)
        return NULL;
    int64_t a = fit(args[1]), b = fit(args[2]);
    if (write_end(self, fit(args[0]), &a, &b, fit(args[3])) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *writer_payload(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("payload", count, 2) < 0 || write_payload(self, fit(args[0]), args[1]) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *writer_write(Writer *self, PyObject *record) {
    Py_buffer other;
    char *bytes, *at;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(record, &bytes, &size) < 0 || (at = record_at(self, size, &other)) == NULL)
        return NULL;
    if (size > 0) {
        memcpy(at + 1, bytes + 1, (size_t)size - 1);
        ((volatile char *)at)[0] = bytes[0];
    }
    if (other.obj)
        PyBuffer_Release(&other);
    Py_RETURN_NONE;
}

static PyMethodDef writer_methods[] = {
    {"whole", (PyCFunction)(void (*)(void))writer_whole, METH_FASTCALL, NULL},
    {"begin", (PyCFunction)(void (*)(void))writer_begin, METH_FASTCALL, NULL},
    {"end", (PyCFunction)(void (*)(void))writer_end, METH_FASTCALL, NULL},
    {"payload", (PyCFunction)(void (*)(void))writer_payload, METH_FASTCALL, NULL},
    {"write", (PyCFunction)writer_write, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef writer_members[] = {
    {"slot", T_ULONGLONG, offsetof(Writer, slot), 0, NULL},
    {"stream_at", T_ULONGLONG, offsetof(Writer, stream_at), 0, NULL},
    {"generation", T_UINT, offsetof(Writer, generation), 0, NULL},
    {"short_limit", T_INT, offsetof(Writer, short_limit), 0, NULL},
    {"payload_limit", T_LONGLONG, offsetof(Writer, payload_limit), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef writer_getset[] = {
    {"events_place", (getter)events_place_get, (setter)events_place_set, NULL, NULL},
    {"stream_place", (getter)stream_place_get, (setter)stream_place_set, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject WriterType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.tape.core.Writer",
    .tp_basicsize = sizeof(Writer),
    .tp_dealloc = (destructor)writer_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = writer_methods,
    .tp_members = writer_members,
    .tp_getset = writer_getset,
    .tp_new = PyType_GenericNew,
};

/* ---- Event: an operation that has begun ---- */

/* Frames from the wrapper's caller outwards: of each the instruction, which lies inside its code object. */
typedef struct {
    const char *at[FRAMES];
    PyObject *code[FRAMES]; /* kept alive in a `Place`, borrowed from running frames elsewhere */
} Chain;

typedef struct {
    Chain chain;
    int count; /* of the frames that tell it apart; 0: not in use */
    uint32_t site;
} Place;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Writer *writer;
    PyObject *scope; /* the globals of `tape.process` */
    uint16_t op;
    Place places[PLACES];
} Entry;

typedef struct {
    PyObject_HEAD
    Entry *entry;
    Taped taped;
    uint64_t stopped_ns;
    long long slot;
    unsigned int generation;
} Event;

#define MOST_FREE 32
static Event *free_events[MOST_FREE];
static int free_count;
static PyTypeObject EventType;

static void event_dealloc(Event *self) {
    Py_DECREF(self->entry);
    if (free_count < MOST_FREE)
        free_events[free_count++] = self;
    else
        PyObject_Free(self);
}

static Event *event_new(Entry *entry) {
    Event *event;
    if (free_count) {
        event = free_events[--free_count];
        Py_SET_REFCNT((PyObject *)event, 1);
    } else if ((event = PyObject_New(Event, &EventType)) == NULL)
        return NULL;
    event->entry = (Entry *)Py_NewRef(entry);
    event->taped.op = entry->op;
    event->taped.b = 0;
    event->stopped_ns = 0;
    event->slot = -1;
    event->generation = entry->writer->generation;
    return event;
}

#if PY_VERSION_HEX < 0x030C0000
/* Frames as the interpreter keeps them: a frame object would be made for each wrapper otherwise. */
static _PyInterpreterFrame *complete(_PyInterpreterFrame *frame) {
    while (frame != NULL && _PyFrame_IsIncomplete(frame))
        frame = frame->previous;
    return frame;
}

static int find_callers(Chain *chain) {
    _PyInterpreterFrame *frame = complete(PyThreadState_Get()->cframe->current_frame);
    int count = 0;
    for (; frame != NULL && count < FRAMES; count++) {
        frame = complete(frame->previous);
        if (frame == NULL)
            break;
        chain->at[count] = (const char *)frame->prev_instr;
        chain->code[count] = (PyObject *)frame->f_code;
    }
    return count;
}
#else
static int find_callers(Chain *chain) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    int count = 0;
    for (; frame != NULL && count < FRAMES; count++) {
        PyFrameObject *outer = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = outer;
        if (frame == NULL)
            break;
        PyCodeObject *code = PyFrame_GetCode(frame);
        chain->at[count] = (const char *)code + PyFrame_GetLasti(frame);
        chain->code[count] = (PyObject *)code;
        Py_DECREF(code);
    }
    Py_XDECREF(frame);
    return count;
}
#endif

static void forget(Place *place) {
    int count = place->count;
    place->count = 0;
    for (int frame = 0; frame < count; frame++)
        Py_DECREF(place->chain.code[frame]);
}

/* Where in `places` a place may stand that is told apart by its first frame alone, or by two and more. */
static Place *place_by(Entry *self, Chain *chain, int frames) {
    uintptr_t key = (uintptr_t)chain->at[0] >> 1;
    if (frames > 1)
        key ^= ((uintptr_t)chain->at[1] >> 1) * 31;
    return &self->places[(key * 2654435761u >> 12) % PLACES];
}

static int is_at(Place *place, Chain *chain, int count) {
    if (place->count == 0 || place->count > count)
        return 0;
    for (int frame = 0; frame < place->count; frame++)
        if (place->chain.at[frame] != chain->at[frame])
            return 0;
    return 1;
}

/* Ask Python for the site where the wrapper's caller stands, and remember it. -1 with an error. */
static int64_t ask_for_site(Entry *self, Chain *chain, int count) {
    PyObject *site_kept = PyDict_GetItemWithError(self->scope, str_site_kept);
    PyFrameObject *wrapper = PyThreadState_GetFrame(PyThreadState_Get());
    PyFrameObject *frame = wrapper == NULL ? NULL : PyFrame_GetBack(wrapper);
    Py_XDECREF(wrapper);
    if (site_kept == NULL || site_kept == Py_None || frame == NULL) {
        Py_XDECREF(frame);
        return PyErr_Occurred() ? -1 : 0;
    }
    Py_INCREF(site_kept);
    PyObject *found = PyObject_CallOneArg(site_kept, (PyObject *)frame);
    Py_DECREF(site_kept);
    Py_DECREF(frame);
    unsigned int site;
    int depth; /* by how many frames outwards the site is told; -1: by more than are remembered */
    if (found == NULL || !PyArg_ParseTuple(found, "Ii", &site, &depth)) {
        Py_XDECREF(found);
        return -1;
    }
    Py_DECREF(found);
    if (depth >= 0 && depth < count) { /* their frames run still: nothing of the chain is gone */
        Place *place = place_by(self, chain, depth + 1);
        for (int each = 0; each <= depth; each++)
            Py_INCREF(chain->code[each]);
        forget(place);
        place->chain = *chain;
        place->site = site;
        place->count = depth + 1;
    }
    return site;
}

static int64_t site_of(Entry *self) {
    Chain chain;
    int count = find_callers(&chain);
    if (count == 0)
        return 0; /* called by C at the bottom of a stack: an exit hook, the flush at the end */
    for (int frames = 1; frames <= 2; frames++) {
        Place *place = place_by(self, &chain, frames <= count ? frames : 1);
        if (is_at(place, &chain, count))
            return place->site;
    }
    return ask_for_site(self, &chain, count);
}

/* The call site is sought only now: whether the call is one of the operation's was asked in between. */
static int event_write(Event *self, int64_t end_ns) {
    int64_t site = site_of(self->entry);
    if (site < 0)
        return -1;
    self->taped.site = (uint32_t)site;
    self->generation = self->entry->writer->generation;
    return write_event(self->entry->writer, &self->slot, &self->taped, end_ns);
}

/* A fork came between, and this is the child: what began before is completed by the parent alone. */
static int is_left(Event *self) { return self->slot < 0 || self->generation != self->entry->writer->generation; }

static int64_t end_of(Event *self) { return (int64_t)(self->stopped_ns ? self->stopped_ns : now()); }

static PyObject *event_start(Event *self, PyObject *none) {
    self->taped.begin_ns = now();
    Py_RETURN_NONE;
}

static PyObject *event_stop(Event *self, PyObject *none) {
    self->stopped_ns = now();
    Py_RETURN_NONE;
}

static PyObject *event_whole(Event *self, PyObject *const *args, Py_ssize_t count) {
    int64_t end_ns = end_of(self);
    if (counted("whole", count, 3) < 0)
        return NULL;
    self->taped.object = (uint32_t)fit(args[0]);
    self->taped.a = fit(args[1]);
    self->taped.b = fit(args[2]);
    if (event_write(self, end_ns) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_raised(Event *self, PyObject *const *args, Py_ssize_t count) {
    int64_t end_ns = -end_of(self);
    if (counted("raised", count, 2) < 0)
        return NULL;
    self->taped.object = (uint32_t)fit(args[0]);
    self->taped.a = fit(args[1]);
    if (event_write(self, end_ns) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_begin(Event *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("begin", count, 2) < 0)
        return NULL;
    self->taped.object = (uint32_t)fit(args[0]);
    self->taped.a = fit(args[1]);
    if (event_write(self, 0) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_end(Event *self, PyObject *const *args, Py_ssize_t count) {
    int64_t end_ns = end_of(self), a, b;
    if (count && counted("end", count, 2) < 0)
        return NULL;
    if (count) {
        a = fit(args[0]);
        b = fit(args[1]);
    }
    if (!is_left(self) && write_end(self->entry->writer, self->slot, count ? &a : NULL, &b, end_ns) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_end_raised(Event *self, PyObject *none) {
    int64_t end_ns = -end_of(self);
    if (!is_left(self) && write_end(self->entry->writer, self->slot, NULL, NULL, end_ns) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_payload(Event *self, PyObject *value) {
    if (!is_left(self) && write_payload(self->entry->writer, self->slot, value) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef event_methods[] = {
    {"start", (PyCFunction)event_start, METH_NOARGS, NULL},
    {"stop", (PyCFunction)event_stop, METH_NOARGS, NULL},
    {"whole", (PyCFunction)(void (*)(void))event_whole, METH_FASTCALL, NULL},
    {"raised", (PyCFunction)(void (*)(void))event_raised, METH_FASTCALL, NULL},
    {"begin", (PyCFunction)(void (*)(void))event_begin, METH_FASTCALL, NULL},
    {"end", (PyCFunction)(void (*)(void))event_end, METH_FASTCALL, NULL},
    {"end_raised", (PyCFunction)event_end_raised, METH_NOARGS, NULL},
    {"payload", (PyCFunction)event_payload, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *event_left(Event *self, void *closure) {
    return PyBool_FromLong(self->generation != self->entry->writer->generation);
}

static PyGetSetDef event_getset[] = {
    {"left", (getter)event_left, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef event_members[] = {
    {"lane", T_UINT, offsetof(Event, taped) + offsetof(Taped, lane), READONLY, NULL},
    {"slot", T_LONGLONG, offsetof(Event, slot), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject EventType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.tape.core.Event",
    .tp_basicsize = sizeof(Event),
    .tp_dealloc = (destructor)event_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = event_methods,
    .tp_members = event_members,
    .tp_getset = event_getset,
};

/* ---- Entry: called where an operation begins ---- */

static PyObject *entry_call(PyObject *callable, PyObject *const *args, size_t count, PyObject *names) {
    Entry *self = (Entry *)callable;
    PyObject *here = PyDict_GetItemWithError(self->scope, str_here);
    if (here == NULL || here == Py_None) { /* the interpreter ends */
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    Py_INCREF(here);
    PyObject *mark = PyObject_GetAttr(here, str_mark);
    Py_DECREF(here);
    if (mark == NULL) {
        if (PyErr_ExceptionMatches(PyExc_RecursionError)) /* its message would speak of a comparison */
            PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded");
        return NULL;
    }
    long lane = PyLong_AsLong(mark);
    Py_DECREF(mark);
    if (lane < 0) {
        if (PyErr_Occurred())
            return NULL;
        Py_RETURN_NONE;
    }
    Event *event = event_new(self);
    if (event == NULL)
        return NULL;
    event->taped.lane = (uint32_t)lane;
    event->taped.begin_ns = now();
    return (PyObject *)event;
}

static PyObject *entry_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *writer, *scope;
    unsigned short op;
    if (!PyArg_ParseTuple(args, "HO!O!", &op, &WriterType, &writer, &PyDict_Type, &scope))
        return NULL;
    Entry *self = (Entry *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->call = entry_call;
    self->op = op;
    self->writer = (Writer *)Py_NewRef(writer);
    self->scope = Py_NewRef(scope);
    return (PyObject *)self;
}

static void entry_dealloc(Entry *self) {
    for (int place = 0; place < PLACES; place++)
        forget(&self->places[place]);
    Py_XDECREF(self->writer);
    Py_XDECREF(self->scope);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyTypeObject EntryType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.tape.core.Entry",
    .tp_basicsize = sizeof(Entry),
    .tp_dealloc = (destructor)entry_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Entry, call),
    .tp_new = entry_new,
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "core", .m_size = -1, .m_methods = core_methods};

PyMODINIT_FUNC PyInit_core(void) {
    if (PyType_Ready(&WriterType) < 0 || PyType_Ready(&EventType) < 0 || PyType_Ready(&EntryType) < 0)
        return NULL;
    str_here = PyUnicode_InternFromString("here");
    str_mark = PyUnicode_InternFromString("mark");
    str_events_slid = PyUnicode_InternFromString("events_slid");
    str_site_kept = PyUnicode_InternFromString("site_kept");
    str_other_payload = PyUnicode_InternFromString("other_payload");
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL || PyModule_AddIntConstant(module, "VERSION", VERSION) < 0 ||
        PyModule_AddObjectRef(module, "Writer", (PyObject *)&WriterType) < 0 ||
        PyModule_AddObjectRef(module, "Event", (PyObject *)&EventType) < 0 ||
        PyModule_AddObjectRef(module, "Entry", (PyObject *)&EntryType) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
