/* The raw files beneath the standard streams while they sleep: of a class that wakes what records when one of its methods
is called, and is told by nothing from the plain one (see `interpose.streams`). */

#include "core.h"

/* Each interpreter of a process has a class of its own. */
typedef struct Asleep {
    PyTypeObject *kind;
    PyObject *awake; /* gives the files another class */
    struct Asleep *next;
} Asleep;

static Asleep *all_asleep;

static PyObject *called(PyObject *self, const char *name, PyObject *args, PyObject *names) {
    Asleep *one = all_asleep;
    while (one != NULL && !Py_IS_TYPE(self, one->kind))
        one = one->next;
    PyObject *done = one == NULL ? NULL : PyObject_CallNoArgs(one->awake);
    if (done == NULL)
        return one == NULL ? PyErr_Format(PyExc_TypeError, "a subclass of a class that sleeps") : NULL;
    Py_DECREF(done);
    PyObject *kind = (PyObject *)(Py_IS_TYPE(self, one->kind) ? one->kind->tp_base : Py_TYPE(self));
    PyObject *method = PyObject_GetAttrString(kind, name), *head = PyTuple_Pack(1, self), *all = NULL, *result = NULL;
    if (method != NULL && head != NULL && (all = PySequence_Concat(head, args)) != NULL)
        result = PyObject_Call(method, all, names);
    Py_XDECREF(method);
    Py_XDECREF(head);
    Py_XDECREF(all);
    return result;
}

#define METHOD(name)                                                                                                   \
    static PyObject *file_##name(PyObject *self, PyObject *args, PyObject *names) {                                    \
        return called(self, #name, args, names);                                                                      \
    }
METHOD(write)
METHOD(readinto)
METHOD(read)
METHOD(readall)
#undef METHOD

#define METHOD(name) {#name, (PyCFunction)(void (*)(void))file_##name, METH_VARARGS | METH_KEYWORDS, NULL}
static PyMethodDef file_methods[] = {METHOD(write), METHOD(readinto), METHOD(read), METHOD(readall), {NULL}};

/* sleeping_file(kind, awake): the class, for files of `kind`. */
PyObject *core_sleeping_file(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("sleeping_file", count, 2) < 0)
        return NULL;
    if (!PyType_Check(args[0]))
        return PyErr_Format(PyExc_TypeError, "sleeping_file() takes a class");
    PyTypeObject *kind = (PyTypeObject *)args[0];
    PyType_Slot slots[] = {{Py_tp_methods, file_methods}, {Py_tp_doc, (void *)kind->tp_doc}, {0, NULL}};
    PyType_Spec spec = {.name = "_io.FileIO", .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = slots};
    Asleep *one = PyMem_RawMalloc(sizeof(Asleep));
    if (one == NULL)
        return PyErr_NoMemory();
    PyObject *bases = PyTuple_Pack(1, kind), *made = bases == NULL ? NULL : PyType_FromSpecWithBases(&spec, bases);
    Py_XDECREF(bases);
    if (made == NULL) {
        PyMem_RawFree(one);
        return NULL;
    }
    *one = (Asleep){(PyTypeObject *)Py_NewRef(made), Py_NewRef(args[1]), all_asleep};
    all_asleep = one;
    return made;
}

/* become(instance, kind): the instance is of `kind` from now on, which is laid out as what it was of: the base of that, or a
class of the same base, or one whose base that is. */
PyObject *core_become(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("become", count, 2) < 0)
        return NULL;
    PyObject *instance = args[0];
    PyTypeObject *old = Py_TYPE(instance), *kind = (PyTypeObject *)args[1];
    if (!PyType_Check(args[1]) || (kind->tp_base != old && kind->tp_base != old->tp_base && kind != old->tp_base) ||
        kind->tp_basicsize != old->tp_basicsize || kind->tp_itemsize)
        return PyErr_Format(PyExc_TypeError, "a class that is laid out as the old one is needed"), NULL;
    Py_INCREF(kind); /* an instance holds its class, where that is not a static one of C */
    Py_SET_TYPE(instance, kind);
    if (old->tp_flags & Py_TPFLAGS_HEAPTYPE)
        Py_DECREF(old);
    Py_RETURN_NONE;
}
