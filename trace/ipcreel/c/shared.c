/* Shared values, read and written in one go: with their lock taken where it is free, and the value for the tape.

What is not a usual call, or would have to wait, or raises, is done by nobody here: the wrapper, which has asked first,
does it then in its own way. */

#include "core.h"

/* As `operation.py` has them. */
enum { GET_VALUE, SET_VALUE, GET_ITEMS, SET_ITEMS };

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Entry *entry;
    Writer *writer;
    PyObject *scope;             /* the globals of `tape.process` */
    PyObject *acquire, *release; /* of a lock between processes, in C; NULL where there is none to be taken */
    PyObject *otherwise;         /* what says that nothing was done */
    Slot pieces, locks, semaphores, numbers;
    int form;
    uint16_t op;
} Shared;

static PyObject *str_obj, *str_lock, *str_semlock, *str_value;

/* What `self` is asked of: the piece of memory, the class of it that is not ours, the lock. All but the class owned. */
typedef struct {
    PyObject *piece, *lock;
    PyTypeObject *kind;
    int64_t number;
} Asked;

static void asked_free(Asked *asked) {
    Py_XDECREF(asked->piece);
    Py_XDECREF(asked->lock);
}

static int ask(Shared *self, PyObject *object, Asked *asked) {
    PyObject *outer, *number;
    if (self->acquire == NULL)
        asked->piece = Py_NewRef(object);
    else {
        if ((asked->piece = attribute(object, str_obj, &self->pieces)) == NULL ||
            (outer = attribute(object, str_lock, &self->locks)) == NULL)
            return -1;
        asked->lock = attribute(outer, str_semlock, &self->semaphores);
        Py_DECREF(outer);
        if (asked->lock == NULL)
            return -1;
    }
    if ((asked->kind = Py_TYPE(asked->piece)->tp_base) == NULL ||
        (number = attribute(asked->piece, str_object, &self->numbers)) == NULL)
        return -1;
    asked->number = PyLong_CheckExact(number) ? fit(number) : -1;
    Py_DECREF(number);
    return asked->number < 0 ? -1 : 0;
}

/* 1 where it is had now, 0 where it is not. */
static int take(Shared *self, PyObject *lock) {
    if (self->acquire == NULL)
        return 1;
    PyObject *args[2] = {lock, Py_False}, *taken = PyObject_Vectorcall(self->acquire, args, 2, NULL);
    Py_XDECREF(taken);
    return taken == Py_True;
}

static int let_go(Shared *self, PyObject *lock) {
    PyObject *done = self->release == NULL ? Py_NewRef(Py_None) : PyObject_CallOneArg(self->release, lock);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* The result, or None; NULL where it raised. */
static PyObject *touch(Shared *self, Asked *asked, PyObject *const *args) {
    if (self->form == GET_VALUE || self->form == SET_VALUE) {
        PyObject *property = PyObject_GetAttr((PyObject *)asked->kind, str_value), *result = NULL;
        if (property == NULL)
            return NULL;
        descrgetfunc get = Py_TYPE(property)->tp_descr_get;
        descrsetfunc set = Py_TYPE(property)->tp_descr_set;
        if (get != NULL && self->form == GET_VALUE)
            result = get(property, asked->piece, (PyObject *)asked->kind);
        else if (set != NULL && self->form == SET_VALUE && set(property, asked->piece, args[1]) == 0)
            result = Py_NewRef(Py_None);
        Py_DECREF(property);
        return result;
    }
    PyMappingMethods *items = asked->kind->tp_as_mapping;
    if (items == NULL || items->mp_subscript == NULL || items->mp_ass_subscript == NULL)
        return NULL;
    if (self->form == GET_ITEMS)
        return items->mp_subscript(asked->piece, args[1]);
    return items->mp_ass_subscript(asked->piece, args[1], args[2]) == 0 ? Py_NewRef(Py_None) : NULL;
}

/* As `mp_sharing.place_of` has it. 0 where that is to be asked. */
static int find_place(PyObject *piece, PyObject *index, Taped *taped) {
    if (PyLong_CheckExact(index)) {
        taped->a = fit(index);
        return 1;
    }
    PySliceObject *slice = (PySliceObject *)index;
    Py_ssize_t start, stop, step, size;
    PyObject *parts[3];
    if (!PySlice_Check(index))
        return 0;
    parts[0] = slice->start, parts[1] = slice->stop, parts[2] = slice->step;
    for (int part = 0; part < 3; part++)
        if (parts[part] != Py_None && !PyLong_CheckExact(parts[part]))
            return 0; /* it is asked what number it is */
    if ((size = PyObject_Size(piece)) < 0 || PySlice_Unpack(index, &start, &stop, &step) < 0)
        return 0;
    if (slice->start != Py_None || slice->step != Py_None)
        PySlice_AdjustIndices(size, &start, &stop, step);
    taped->a = start;
    taped->b = step;
    return step <= (INT64_C(1) << 62) && step >= -(INT64_C(1) << 62);
}

static int write_all(Shared *self, Taped *taped, PyObject *value) {
    int64_t end_ns = (int64_t)now(), site = entry_site(self->entry, 1);
    long long slot = -1;
    if (site < 0)
        return -1;
    taped->site = (uint32_t)site;
    return write_event_with(self->writer, &slot, taped, end_ns, value);
}

static PyObject *shared_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names) {
    Shared *self = (Shared *)callable;
    int of_items = self->form >= GET_ITEMS, sets = self->form & 1;
    Asked asked = {0};
    Taped taped = {0};
    PyObject *result = NULL;
    long lane = lane_of(self->scope);
    if (lane == -2)
        return NULL;
    if (lane < 0 || names != NULL || PyVectorcall_NARGS(flags) != 1 + of_items + sets ||
        (sets && !is_plain(args[1 + of_items])) || ask(self, args[0], &asked) < 0 ||
        (of_items && !find_place(asked.piece, args[1], &taped)))
        goto not_done;
    taped.begin_ns = now();
    if (!take(self, asked.lock))
        goto not_done;
    result = touch(self, &asked, args);
    if (result == NULL)
        PyErr_Clear(); /* the original is to raise its own */
    if (let_go(self, asked.lock) < 0 || result == NULL || (!sets && !is_plain(result)))
        goto not_done;
    taped.lane = (uint32_t)lane;
    taped.op = self->op;
    taped.object = (uint32_t)asked.number;
    asked_free(&asked);
    if (write_all(self, &taped, sets ? args[1 + of_items] : result) < 0)
        Py_CLEAR(result);
    return result;
not_done:
    PyErr_Clear();
    Py_XDECREF(result);
    asked_free(&asked);
    return Py_NewRef(self->otherwise);
}

/* Shared(op, writer, scope, form, acquire, release, otherwise) */
static PyObject *shared_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *writer, *scope, *acquire, *release, *otherwise;
    unsigned short op;
    int form;
    if (!PyArg_ParseTuple(
            args, "HO!O!iOOO", &op, &WriterType, &writer, &PyDict_Type, &scope, &form, &acquire, &release, &otherwise))
        return NULL;
    Shared *self = (Shared *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->call = shared_call;
    self->op = op;
    self->writer = (Writer *)Py_NewRef(writer);
    self->scope = Py_NewRef(scope);
    self->acquire = acquire == Py_None ? NULL : Py_NewRef(acquire);
    self->release = release == Py_None ? NULL : Py_NewRef(release);
    self->otherwise = Py_NewRef(otherwise);
    self->form = form;
    if ((self->entry = entry_make(op, self->writer, scope)) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void shared_dealloc(Shared *self) {
    Py_XDECREF(self->entry);
    Py_XDECREF(self->writer);
    Py_XDECREF(self->scope);
    Py_XDECREF(self->acquire);
    Py_XDECREF(self->release);
    Py_XDECREF(self->otherwise);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

PyTypeObject SharedType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Shared",
    .tp_basicsize = sizeof(Shared),
    .tp_dealloc = (destructor)shared_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Shared, call),
    .tp_new = shared_new,
};

/* Makes the type ready. */
int shared_ready(void) {
    str_obj = PyUnicode_InternFromString("_obj");
    str_lock = PyUnicode_InternFromString("_lock");
    str_semlock = PyUnicode_InternFromString("_semlock");
    str_value = PyUnicode_InternFromString("value");
    return str_obj == NULL || str_lock == NULL || str_semlock == NULL || str_value == NULL ? -1
                                                                                           : PyType_Ready(&SharedType);
}
