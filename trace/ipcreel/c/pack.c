/* msgpack, as `pack.py` writes it: the bytes are the same. */

#include "core.h"

#if PY_VERSION_HEX < 0x030C0000
#define IS_READY(text) PyUnicode_IS_READY(text)
#else
#define IS_READY(text) 1 /* every text is, from then on */
#endif
#define DEEPEST 24 /* pack.DEPTH */
#define TUPLE 2    /* pack.TUPLE */

/* An integer that an event has room for, as near to `value` as there is one; 0 for what is none. Raises nothing. */
int64_t fit(PyObject *value) {
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

static PyObject *pack_in_python; /* for what is not plain */

/* Where `size` further bytes go; NULL with an error. */
char *packed_room(Packed *packed, Py_ssize_t size) {
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

void packed_begin(Packed *packed, Py_ssize_t size) {
    packed->bytes = packed->at_first;
    packed->size = size;
    packed->room = sizeof packed->at_first;
}

void packed_free(Packed *packed) {
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

int pack_value(Packed *packed, PyObject *value, int depth) {
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

/* A list of these values, which lie in a list of that `depth`. */
int pack_array(Packed *packed, PyObject *const *values, Py_ssize_t count, int depth) {
    if (pack_size(packed, count, 0x90, 16, 0, 0xDC) < 0)
        return -1;
    for (Py_ssize_t at = 0; at < count; at++)
        if (pack_value(packed, values[at], depth) < 0)
            return -1;
    return 0;
}

PyObject *core_pack(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 1 && count != 2) {
        PyErr_SetString(PyExc_TypeError, "pack takes a value and a depth");
        return NULL;
    }
    Packed packed;
    packed_begin(&packed, 0);
    PyObject *bytes = NULL;
    if (pack_value(&packed, args[0], count == 2 ? (int)fit(args[1]) : 0) == 0)
        bytes = PyBytes_FromStringAndSize(packed.bytes, packed.size);
    packed_free(&packed);
    return bytes;
}

PyObject *core_fall_back_on(PyObject *module, PyObject *pack) {
    if (pack_in_python == NULL || PyInterpreterState_Get() == PyInterpreterState_Main()) /* that of another ends with it */
        Py_XSETREF(pack_in_python, Py_NewRef(pack));
    Py_RETURN_NONE;
}

static int is_scalar(PyObject *value) {
    PyTypeObject *kind = Py_TYPE(value);
    return kind == &PyLong_Type || kind == &PyFloat_Type || kind == &PyUnicode_Type || kind == &PyBytes_Type ||
           kind == &PyBool_Type;
}

/* Whether it is a number, a text or bytes, or a list or tuple of these. */
int is_plain(PyObject *value) {
    if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value))
        return is_scalar(value);
    PyObject **items = PySequence_Fast_ITEMS(value);
    for (Py_ssize_t count = PySequence_Fast_GET_SIZE(value); count--; items++)
        if (!is_scalar(*items))
            return 0;
    return 1;
}

PyObject *core_is_plain(PyObject *module, PyObject *value) { return PyBool_FromLong(is_plain(value)); }

PyObject *core_bits_of_float(PyObject *module, PyObject *value) {
    double number = PyFloat_AsDouble(value);
    long long bits;
    if (number == -1.0 && PyErr_Occurred())
        return NULL;
    memcpy(&bits, &number, sizeof(bits));
    return PyLong_FromLongLong(bits);
}

PyObject *core_float_of_bits(PyObject *module, PyObject *value) {
    long long bits = PyLong_AsLongLong(value);
    double number;
    if (bits == -1 && PyErr_Occurred())
        return NULL;
    memcpy(&number, &bits, sizeof(number));
    return PyFloat_FromDouble(number);
}
