/* A wrapper without a line of Python: for an operation that is one function in C, called in one of its usual forms.

What it cannot tell by itself it hands on, as it was called, to the wrapper in Python, which knows all forms. */

#include "core.h"
#include "frame.h"

#define MOST 4 /* parameters behind the object */

/* What a parameter is to the event; where another thing is given, the form is none of the usual ones. */
enum { ANYTHING, NOTHING, NUMBER, BYTES, FLAGS };

/* What is told of a call. */
enum {
    RESULT_NOTHING,
    RESULT_TRUTH,   /* b: 1 where it is True */
    RESULT_BYTES,   /* b: their size; they are the payload */
    RESULT_MESSAGE, /* (bytes, kind): a: the kind, b: the size of the bytes, which are the payload */
    RESULT_TAKEN,   /* a number: b: that; that many of the bytes given are the payload */
    RESULT_GIVEN,   /* b: the size of the bytes given */
};

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *general;  /* the wrapper in Python */
    PyObject *original; /* what does it */
    PyObject *inner;    /* the attribute in which the object of `original` lies, or NULL */
    PyObject *fileno;   /* an object's descriptor, or NULL: it knows its own number */
    PyObject *numbers;  /* by descriptor, then */
    PyObject *scope;    /* the globals of `tape.process` */
    PyObject *names[MOST];
    PyObject *attributes, *references;
    Writer *writer;
    Entry *entry;
    Slot number_slot, inner_slot;
    int64_t a;
    int kinds[MOST];
    int count, result;
    int needed; /* a bit for each parameter without which a form is none of the usual ones */
    uint16_t op;
    char blocks, tries, sends;
} Wrapper;

/* What a call was given. */
typedef struct {
    int64_t a;
    PyObject *bytes; /* borrowed, NULL for none */
} Given;

PyObject *str_object;

/* The last call of a wrapper of this thread: which frame made it, by which instruction. A signal that comes there comes
within the operation. */
static _Thread_local ALWAYS_THERE Running last_frame;
static _Thread_local ALWAYS_THERE const char *last_at;

PyObject *core_is_within(PyObject *module, PyObject *frame) {
    if (!PyFrame_Check(frame) || last_frame == NULL)
        Py_RETURN_FALSE;
    Running running = running_of(frame);
    return PyBool_FromLong(running == last_frame && running_at(running) == last_at);
}

/* ---- What was given ---- */

static int take(Wrapper *self, int place, PyObject *value, Given *given) {
    int overflow;
    switch (self->kinds[place]) {
    case NOTHING:
        return value == Py_None;
    case NUMBER:
        if (!PyLong_CheckExact(value))
            return 0;
        given->a = PyLong_AsLongLongAndOverflow(value, &overflow);
        return !overflow && given->a >= 0;
    case BYTES:
        given->bytes = value;
        return PyBytes_CheckExact(value);
    case FLAGS: /* most often of a class that the library has made of `int` */
        if (!PyLong_Check(value))
            return 0;
        given->a = PyLong_AsLongLongAndOverflow(value, &overflow);
        return !overflow && given->a == (int32_t)given->a;
    default:
        return 1;
    }
}

static int place_of(Wrapper *self, PyObject *name) {
    for (int place = 0; place < self->count; place++)
        if (self->names[place] == name)
            return place;
    return -1;
}

/* Whether a call is in a usual form; `count` arguments are given by their places, the object's being the first. */
static int is_usual(Wrapper *self, PyObject *const *args, Py_ssize_t count, PyObject *names, Given *given) {
    int seen = 0;
    given->a = self->a;
    given->bytes = NULL;
    if (count < 1 || count > self->count + 1)
        return 0;
    for (int place = 0; place < count - 1; place++) {
        if (!take(self, place, args[place + 1], given))
            return 0;
        seen |= 1 << place;
    }
    for (Py_ssize_t each = 0; names != NULL && each < PyTuple_GET_SIZE(names); each++) {
        int place = place_of(self, PyTuple_GET_ITEM(names, each));
        if (place < 0 || seen & 1 << place || !take(self, place, args[count + each], given))
            return 0;
        seen |= 1 << place;
    }
    return (seen & self->needed) == self->needed;
}

/* The number of an object; -1 where it is not the program's, -2 where Python has to be asked. */
static int64_t number_of(Wrapper *self, PyObject *object) {
    PyObject *found;
    int64_t number = -2;
    if (self->fileno == NULL)
        found = attribute(object, str_object, &self->number_slot);
    else {
        PyObject *descriptor = PyObject_CallOneArg(self->fileno, object);
        found = descriptor == NULL ? NULL : PyDict_GetItemWithError(self->numbers, descriptor);
        Py_XINCREF(found);
        Py_XDECREF(descriptor);
    }
    if (found == NULL)
        PyErr_Clear();
    else if (PyLong_CheckExact(found))
        number = fit(found);
    Py_XDECREF(found);
    return number < -1 ? -2 : number;
}

/* ---- The operation ---- */

/* An operation that goes on. */
typedef struct {
    Taped taped;
    long long slot; /* -1: nothing is written of it */
    unsigned int generation;
} Going;

static int write_begun(Wrapper *self, Going *going, int64_t end_ns, PyObject *payload) {
    int64_t site = entry_site(self->entry, 0);
    if (site < 0)
        return -1;
    going->taped.site = (uint32_t)site;
    going->generation = self->writer->generation;
    return write_event_with(self->writer, &going->slot, &going->taped, end_ns, payload);
}

/* Names that are asked for, and keys. */
static PyObject *str_filename, *str_filename2, *str_module, *str_qualname, *str_args, *str_raised, *str_text, *str_files;

/* 0 with an error. The value is given away. */
static int add(PyObject *dict, PyObject *key, PyObject *value) {
    int done = value != NULL && PyDict_SetItem(dict, key, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *files_of(PyObject *error) {
    PyObject *first = PyObject_GetAttr(error, str_filename), *second = PyObject_GetAttr(error, str_filename2);
    PyObject *files = NULL;
    if (first != NULL && second != NULL && (first != Py_None || second != Py_None))
        files = PyTuple_Pack(2, first, second);
    Py_XDECREF(first);
    Py_XDECREF(second);
    return files;
}

static PyObject *text_of(PyObject *error) {
    PyObject *text = PyObject_Str(error);
    if (text != NULL || !PyErr_ExceptionMatches(PyExc_Exception))
        return text;
    PyErr_Clear();
    return PyUnicode_FromString("(its text could not be made)");
}

static PyObject *name_of(PyObject *kind) {
    PyObject *module = PyObject_GetAttr(kind, str_module), *name = PyObject_GetAttr(kind, str_qualname);
    PyObject *full = module != NULL && name != NULL ? PyUnicode_FromFormat("%S.%S", module, name) : NULL;
    Py_XDECREF(module);
    Py_XDECREF(name);
    return full;
}

static PyObject *args_of(PyObject *error) {
    PyObject *given = PyObject_GetAttr(error, str_args), *args = given == NULL ? NULL : PySequence_Tuple(given);
    Py_XDECREF(given);
    return args;
}

/* An exception as a payload, as `keeping.describe` has it: but no line of Python runs, in which a signal's handler could
come in between, where its class has none. */
static PyObject *described(PyObject *error) {
    PyObject *made = PyDict_New(), *files = NULL;
    if (made != NULL && add(made, str_raised, name_of((PyObject *)Py_TYPE(error))) &&
        add(made, str_args, args_of(error)) && add(made, str_text, text_of(error))) {
        if (PyObject_TypeCheck(error, (PyTypeObject *)PyExc_OSError))
            files = files_of(error);
        if (files == NULL || add(made, str_files, files))
            return made;
    }
    Py_XDECREF(made);
    return NULL;
}

/* What has ended with an exception: that is described, and is raised still. What is raised meanwhile comes from a
signal's handler, and is raised instead. */
static void tell_raised(Wrapper *self, Going *going, int64_t end_ns) {
    PyObject *kind, *error, *traceback, *payload = NULL;
    PyErr_Fetch(&kind, &error, &traceback);
    PyErr_NormalizeException(&kind, &error, &traceback);
    int done = going->slot < 0 ? write_begun(self, going, -end_ns, NULL)
                               : write_end(self->writer, going->slot, NULL, NULL, -end_ns);
    if (done == 0 && (payload = described(error)) != NULL && going->generation == self->writer->generation)
        write_payload(self->writer, going->slot, payload);
    Py_XDECREF(payload);
    if (!PyErr_Occurred()) {
        PyErr_Restore(kind, error, traceback);
        return;
    }
    PyObject *new_kind, *new_error, *new_traceback;
    PyErr_Fetch(&new_kind, &new_error, &new_traceback);
    PyErr_NormalizeException(&new_kind, &new_error, &new_traceback);
    if (traceback != NULL)
        PyException_SetTraceback(error, traceback);
    PyException_SetContext(new_error, error); /* takes it */
    Py_XDECREF(traceback);
    Py_XDECREF(kind);
    PyErr_Restore(new_kind, new_error, new_traceback);
}

/* What is told of the result: 0 where it is not what the original gives. */
static int told_of(Wrapper *self, Given *given, PyObject *result, Taped *taped, PyObject **payload) {
    switch (self->result) {
    case RESULT_TRUTH:
        taped->b = result == Py_True;
        return 1;
    case RESULT_BYTES:
        if (!PyBytes_CheckExact(result))
            return 0;
        taped->b = PyBytes_GET_SIZE(result);
        *payload = Py_NewRef(result);
        return 1;
    case RESULT_MESSAGE:
        if (!PyTuple_CheckExact(result) || PyTuple_GET_SIZE(result) != 2 ||
            !PyBytes_CheckExact(PyTuple_GET_ITEM(result, 0)))
            return 0;
        *payload = Py_NewRef(PyTuple_GET_ITEM(result, 0));
        taped->a = fit(PyTuple_GET_ITEM(result, 1));
        taped->b = PyBytes_GET_SIZE(*payload);
        return 1;
    case RESULT_TAKEN:
        if (!PyLong_CheckExact(result))
            return 0;
        taped->b = fit(result);
        *payload = taped->b == PyBytes_GET_SIZE(given->bytes)
                       ? Py_NewRef(given->bytes)
                       : PyBytes_FromStringAndSize(PyBytes_AS_STRING(given->bytes), (Py_ssize_t)taped->b);
        return *payload != NULL;
    case RESULT_GIVEN:
        taped->b = PyBytes_GET_SIZE(given->bytes);
        return 1;
    default:
        return 1;
    }
}

static int tell(Wrapper *self, Given *given, Going *going, PyObject *result) {
    PyObject *payload = NULL;
    int64_t end_ns = (int64_t)now();
    Taped *taped = &going->taped;
    if (!told_of(self, given, result, &going->taped, &payload))
        PyErr_Clear();
    if (going->slot < 0 && self->sends)
        Py_XSETREF(payload, Py_NewRef(given->bytes));
    int done = going->slot < 0 ? write_begun(self, going, end_ns, payload)
                               : write_end_with(self->writer, going->slot, &taped->a, &taped->b, end_ns, payload);
    Py_XDECREF(payload);
    return done;
}

static PyObject *call_original(Wrapper *self, PyObject *object, PyObject *const *args, size_t count, PyObject *names) {
    if (self->inner == NULL)
        return PyObject_Vectorcall(self->original, args, count, names);
    PyObject *inner = attribute(object, self->inner, &self->inner_slot);
    if (inner == NULL)
        return NULL;
    PyObject *result = PyObject_CallOneArg(self->original, inner); /* the forms of such a wrapper have no arguments */
    Py_DECREF(inner);
    return result;
}

/* Called with False: whether it would have to wait is known at once. */
static PyObject *try_original(Wrapper *self, PyObject *object) {
    PyObject *inner = self->inner == NULL ? Py_NewRef(object) : attribute(object, self->inner, &self->inner_slot);
    if (inner == NULL)
        return NULL;
    PyObject *args[] = {NULL, inner, Py_False};
    PyObject *result = PyObject_Vectorcall(self->original, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(inner);
    return result;
}

static PyObject *record(
    Wrapper *self, Given *given, Going *going, PyObject *const *args, size_t count, PyObject *names) {
    PyObject *result = NULL;
    Running frame = running_top();
    const char *at = frame == NULL ? NULL : running_at(frame);
    last_frame = frame;
    last_at = at;
    going->taped.begin_ns = now();
    if (self->tries) {
        result = try_original(self, args[0]);
        if (result == NULL && going->generation == self->writer->generation)
            tell_raised(self, going, (int64_t)now());
        if (result == NULL)
            return NULL;
        if (result != Py_True)
            Py_CLEAR(result);
    }
    if (result == NULL) {
        if (self->blocks && write_begun(self, going, 0, self->sends ? given->bytes : NULL) < 0)
            return NULL;
        result = call_original(self, args[0], args, count, names);
    }
    last_frame = frame;
    last_at = at;
    if (going->generation != self->writer->generation) /* a fork came between: this is the child */
        return result;
    if (result == NULL)
        tell_raised(self, going, (int64_t)now());
    else if (tell(self, given, going, result) < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *wrapper_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names) {
    Wrapper *self = (Wrapper *)callable;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    long lane = lane_of(self->scope);
    if (lane == -2)
        return NULL;
    Given given;
    if (!is_usual(self, args, count, names, &given))
        return PyObject_Vectorcall(self->general, args, flags, names);
    int64_t number = lane < 0 ? -1 : number_of(self, args[0]);
    if (number == -2)
        return PyObject_Vectorcall(self->general, args, flags, names);
    if (number == -1)
        return call_original(self, args[0], args, flags, names);
    if (self->entry == NULL && (self->entry = entry_make(self->op, self->writer, self->scope)) == NULL)
        return NULL;
    Going going = {
        .taped = {.lane = (uint32_t)lane, .op = self->op, .object = (uint32_t)number, .a = given.a},
        .slot = -1,
        .generation = self->writer->generation};
    return record(self, &given, &going, args, flags, names);
}

/* ---- The type ---- */

/* Wrapper(general, original, op, blocks, writer, scope, fileno, form): the last is that of a `Native`. */
static PyObject *wrapper_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *general, *original, *writer, *scope, *parameters, *inner, *fileno, *numbers;
    unsigned short op;
    int blocks, sends, tries, result;
    long long a;
    if (!PyArg_ParseTuple(
            args, "OOHpO!O!O(O!LppOOi)", &general, &original, &op, &blocks, &WriterType, &writer, &PyDict_Type, &scope,
            &fileno, &PyTuple_Type, &parameters, &a, &sends, &tries, &inner, &numbers, &result))
        return NULL;
    if (PyTuple_GET_SIZE(parameters) > MOST) {
        PyErr_Format(PyExc_ValueError, "a usual form has %d parameters at most", MOST);
        return NULL;
    }
    Wrapper *self = (Wrapper *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    for (; self->count < PyTuple_GET_SIZE(parameters); self->count++)
        if (!PyArg_ParseTuple(
                PyTuple_GET_ITEM(parameters, self->count), "Ui", &self->names[self->count],
                &self->kinds[self->count])) {
            Py_DECREF(self);
            return NULL;
        } else {
            Py_INCREF(self->names[self->count]);
            PyUnicode_InternInPlace(&self->names[self->count]);
            self->needed |= (self->kinds[self->count] == BYTES) << self->count;
        }
    self->call = wrapper_call;
    self->general = Py_NewRef(general);
    self->original = Py_NewRef(original);
    self->inner = inner == Py_None ? NULL : Py_NewRef(inner);
    self->fileno = fileno == Py_None ? NULL : Py_NewRef(fileno);
    self->numbers = Py_NewRef(numbers);
    self->scope = Py_NewRef(scope);
    self->writer = (Writer *)Py_NewRef(writer);
    self->a = a;
    self->op = op;
    self->blocks = (char)blocks;
    self->sends = (char)sends;
    self->tries = (char)tries;
    self->result = result;
    return (PyObject *)self;
}

static void wrapper_dealloc(Wrapper *self) {
    if (self->references != NULL)
        PyObject_ClearWeakRefs((PyObject *)self);
    for (int place = 0; place < self->count; place++)
        Py_XDECREF(self->names[place]);
    Py_XDECREF(self->general);
    Py_XDECREF(self->original);
    Py_XDECREF(self->inner);
    Py_XDECREF(self->fileno);
    Py_XDECREF(self->numbers);
    Py_XDECREF(self->scope);
    Py_XDECREF(self->writer);
    Py_XDECREF(self->entry);
    Py_XDECREF(self->attributes);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

/* As a function has it: a method where an instance has it. */
static PyObject *wrapper_get(PyObject *self, PyObject *instance, PyObject *owner) {
    return instance == NULL || instance == Py_None ? Py_NewRef(self) : PyMethod_New(self, instance);
}

static PyObject *wrapper_repr(Wrapper *self) { return PyObject_Repr(self->original); }

/* Pickled as what it is found under, as a function is. */
static PyObject *wrapper_reduce(PyObject *self, PyObject *none) { return PyObject_GetAttr(self, str_qualname); }

static PyMethodDef wrapper_methods[] = {
    {"__reduce__", wrapper_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef wrapper_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject WrapperType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Wrapper",
    .tp_basicsize = sizeof(Wrapper),
    .tp_dealloc = (destructor)wrapper_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Wrapper, call),
    .tp_dictoffset = offsetof(Wrapper, attributes),
    .tp_weaklistoffset = offsetof(Wrapper, references),
    .tp_descr_get = wrapper_get,
    .tp_repr = (reprfunc)wrapper_repr,
    .tp_methods = wrapper_methods,
    .tp_getset = wrapper_getset,
    .tp_new = wrapper_new,
};

/* Makes the type ready. */
int wrapper_ready(void) {
    struct {
        PyObject **name;
        const char *text;
    } names[] = {
        {&str_object, "_ipcreel_object"}, {&str_filename, "filename"}, {&str_filename2, "filename2"},
        {&str_module, "__module__"}, {&str_qualname, "__qualname__"}, {&str_args, "args"},
        {&str_raised, "raised"}, {&str_text, "text"}, {&str_files, "files"},
    };
    for (size_t each = 0; each < sizeof names / sizeof *names; each++)
        if ((*names[each].name = PyUnicode_InternFromString(names[each].text)) == NULL)
            return -1;
    return PyType_Ready(&WrapperType);
}
