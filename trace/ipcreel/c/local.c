/* What each thread has for itself, as `_thread._local` gives it: but four numbers, found without a dictionary. */

#include "core.h"

typedef struct {
    PyObject_HEAD
    unsigned long serial; /* no other one has it, nor had it */
} Local;

typedef struct {
    unsigned long of; /* whose numbers these are: a process makes another `Local` after a fork */
    long lane, mark, outside, before_fork;
} Numbers;

static _Thread_local ALWAYS_THERE Numbers numbers;
static unsigned long last_serial;

/* This thread's numbers. Its first look runs `__init__`, as that of any thread does. NULL with an error. */
static Numbers *numbers_of(Local *self) {
    if (numbers.of == self->serial)
        return &numbers;
    numbers = (Numbers){.of = self->serial, .mark = -1, .outside = -1};
    PyObject *nothing = PyTuple_New(0);
    int done = nothing == NULL ? -1 : Py_TYPE(self)->tp_init((PyObject *)self, nothing, NULL);
    Py_XDECREF(nothing);
    if (done < 0) {
        numbers.of = 0;
        return NULL;
    }
    return &numbers;
}

int mark_of(PyObject *local, long *mark) {
    Numbers *mine = numbers_of((Local *)local);
    if (mine == NULL)
        return -1;
    *mark = mine->mark;
    return 0;
}

static PyObject *local_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    Local *self = (Local *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->serial = ++last_serial;
    numbers = (Numbers){.of = self->serial, .mark = -1, .outside = -1}; /* this thread's `__init__` comes now */
    return (PyObject *)self;
}

static PyObject *number_get(Local *self, void *offset) {
    Numbers *mine = numbers_of(self);
    return mine == NULL ? NULL : PyLong_FromLong(*(long *)((char *)mine + (size_t)offset));
}

static int number_set(Local *self, PyObject *value, void *offset) {
    long number = value == NULL ? -1 : PyLong_AsLong(value);
    if (value == NULL)
        PyErr_SetString(PyExc_AttributeError, "it cannot be deleted");
    if (number == -1 && PyErr_Occurred())
        return -1;
    Numbers *mine = numbers_of(self);
    if (mine == NULL)
        return -1;
    *(long *)((char *)mine + (size_t)offset) = number;
    return 0;
}

#define NUMBER(name) {#name, (getter)number_get, (setter)number_set, NULL, (void *)offsetof(Numbers, name)}

static PyGetSetDef local_getset[] = {
    NUMBER(lane),
    NUMBER(mark),
    NUMBER(outside),
    NUMBER(before_fork),
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject LocalType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Local",
    .tp_basicsize = sizeof(Local),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_getset = local_getset,
    .tp_new = local_new,
};
