/* Where the next event and the next record of a tape go. */

#include "core.h"

#define SHORT_HEAD 9
#define FLOAT_SIZE 16

static PyObject *str_events_slid, *str_other_payload;

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

/* `begin_ns` says that an event is there, `end_ns` that it has ended: they are stored last, in this order. The slot is the
next one where none was taken. */
int write_event(Writer *self, long long *slot, Taped *event, int64_t end_ns) {
    Py_buffer other;
    if (*slot < 0)
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

int write_end(Writer *self, long long slot, const int64_t *a, const int64_t *b, int64_t end_ns) {
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

/* Bytes as they are or, of what is no longer than the limit, msgpack. Bytes above the limit are for `other_payload`. */
static int write_packed(Writer *self, long long slot, PyObject *value) {
    Packed packed;
    packed_begin(&packed, 7);
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
int write_payload(Writer *self, long long slot, PyObject *value) {
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

/* Let the window slide now if a payload needs that: not between an event and its payload, where who is killed would leave
an event without one. How long one is that is not bytes is not known yet. */
static int make_room(Writer *self, PyObject *payload) {
    long long size = SHORT_HEAD + (PyBytes_CheckExact(payload) ? PyBytes_GET_SIZE(payload) : 0);
    long long most = self->payload_limit + 64, begin = (long long)self->stream_at;
    long long end = begin + (size < 256 ? 256 : size < most ? size : most);
    if (begin >= self->stream_first && end <= self->stream_last)
        return 0;
    PyObject *place = PyObject_CallMethod((PyObject *)self, "stream_slid", "LL", begin, end);
    Py_XDECREF(place);
    return place == NULL ? -1 : 0;
}

static int is_short(Writer *self, PyObject *payload) {
    return PyBytes_CheckExact(payload) && PyBytes_GET_SIZE(payload) <= self->short_limit;
}

/* An event and its payload, NULL for none, which is written first: who is killed in between leaves none of the two. What
is long or no bytes may take a while, and comes after it. */
int write_event_with(Writer *self, long long *slot, Taped *event, int64_t end_ns, PyObject *payload) {
    if (payload == NULL)
        return write_event(self, slot, event, end_ns);
    if (make_room(self, payload) < 0)
        return -1;
    if (!is_short(self, payload))
        return write_event(self, slot, event, end_ns) < 0 ? -1 : write_payload(self, *slot, payload);
    *slot = (long long)self->slot++;
    return write_payload(self, *slot, payload) < 0 ? -1 : write_event(self, slot, event, end_ns);
}

/* Likewise of the end of an event. */
int write_end_with(Writer *self, long long slot, const int64_t *a, const int64_t *b, int64_t end_ns, PyObject *payload) {
    if (payload == NULL)
        return write_end(self, slot, a, b, end_ns);
    if (make_room(self, payload) < 0)
        return -1;
    if (!is_short(self, payload))
        return write_end(self, slot, a, b, end_ns) < 0 ? -1 : write_payload(self, slot, payload);
    return write_payload(self, slot, payload) < 0 ? -1 : write_end(self, slot, a, b, end_ns);
}

static PyObject *writer_whole(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("whole", count, 8) < 0)
        return NULL;
    Taped event = {
        .begin_ns = (uint64_t)fit(args[0]), .lane = (uint32_t)fit(args[1]), .op = (uint16_t)fit(args[2]),
        .object = (uint32_t)fit(args[3]), .site = (uint32_t)fit(args[4]), .a = fit(args[5]), .b = fit(args[6])};
    long long slot = -1;
    return write_event(self, &slot, &event, fit(args[7])) < 0 ? NULL : PyLong_FromLongLong(slot);
}

static PyObject *writer_begin(Writer *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("begin", count, 6) < 0)
        return NULL;
    Taped event = {
        .begin_ns = (uint64_t)fit(args[0]), .lane = (uint32_t)fit(args[1]), .op = (uint16_t)fit(args[2]),
        .object = (uint32_t)fit(args[3]), .site = (uint32_t)fit(args[4]), .a = fit(args[5])};
    long long slot = -1;
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

static int write_record(Writer *self, const char *bytes, Py_ssize_t size) {
    Py_buffer other;
    char *at = record_at(self, size, &other);
    if (at == NULL)
        return -1;
    if (size > 0) {
        memcpy(at + 1, bytes + 1, (size_t)size - 1);
        ((volatile char *)at)[0] = bytes[0]; /* last, as of any record */
    }
    if (other.obj)
        PyBuffer_Release(&other);
    return 0;
}

static PyObject *writer_make_room(Writer *self, PyObject *payload) {
    if (make_room(self, payload) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *writer_write(Writer *self, PyObject *record) {
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(record, &bytes, &size) < 0 || write_record(self, bytes, size) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *writer_define(Writer *self, PyObject *const *args, Py_ssize_t count) {
    Packed packed;
    packed_begin(&packed, 0);
    int done = pack_array(&packed, args, count, 1);
    if (done == 0)
        done = write_record(self, packed.bytes, packed.size);
    packed_free(&packed);
    if (done < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef writer_methods[] = {
    {"whole", (PyCFunction)(void (*)(void))writer_whole, METH_FASTCALL, NULL},
    {"begin", (PyCFunction)(void (*)(void))writer_begin, METH_FASTCALL, NULL},
    {"end", (PyCFunction)(void (*)(void))writer_end, METH_FASTCALL, NULL},
    {"payload", (PyCFunction)(void (*)(void))writer_payload, METH_FASTCALL, NULL},
    {"write", (PyCFunction)writer_write, METH_O, NULL},
    {"make_room", (PyCFunction)writer_make_room, METH_O, NULL},
    {"define", (PyCFunction)(void (*)(void))writer_define, METH_FASTCALL, NULL},
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

PyTypeObject WriterType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Writer",
    .tp_basicsize = sizeof(Writer),
    .tp_dealloc = (destructor)writer_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = writer_methods,
    .tp_members = writer_members,
    .tp_getset = writer_getset,
    .tp_new = PyType_GenericNew,
};

/* Makes the type ready. */
int writer_ready(void) {
    str_events_slid = PyUnicode_InternFromString("events_slid");
    str_other_payload = PyUnicode_InternFromString("other_payload");
    return str_events_slid == NULL || str_other_payload == NULL ? -1 : PyType_Ready(&WriterType);
}
