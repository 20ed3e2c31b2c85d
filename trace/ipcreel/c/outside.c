/* What Python cannot do by itself, or only so that it shows: what `interpose.by_ctypes` does through ctypes, whose
import costs a short process as much as a fifth of the recorder. */

#include "core.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

/* ---- builtin functions that stand for others ---- */

/* In an instance of `interpose.builtin.Origin`: the slots of what is called, of the builtin that is replaced, and of who
is asked for the first where it is empty. */
static Py_ssize_t call_at = -1, original_at, asleep_at;
static PyObject *str_woken;

static inline PyObject **slot(PyObject *origin, Py_ssize_t at) { return (PyObject **)((char *)origin + at); }

/* What to call. Where nobody wakes any more, that is the original. */
static PyObject *woken(PyObject *origin) {
    PyObject *function = *slot(origin, call_at), *sleeper = *slot(origin, asleep_at);
    if (function != NULL)
        return Py_NewRef(function);
    if (sleeper == NULL || sleeper == Py_None)
        return Py_XNewRef(*slot(origin, original_at));
    Py_INCREF(sleeper);
    function = PyObject_CallMethodOneArg(sleeper, str_woken, origin);
    Py_DECREF(sleeper);
    return function;
}

/* What every stand-in does. `self` is its Origin. */
static PyObject *called(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    PyObject *function = woken(self);
    if (function == NULL)
        return NULL;
    PyObject *result = PyObject_Vectorcall(function, args, (size_t)count, names);
    Py_DECREF(function);
    return result;
}

static PyObject *stand_in(PyObject *original, PyObject *origin) {
    if (!PyCFunction_CheckExact(original) || call_at < 0 || !PyModule_Check(origin))
        return PyErr_Format(PyExc_TypeError, "a builtin and an origin are needed"), NULL;
    /* Never given back: the function may be used until the process ends. */
    PyMethodDef *made = PyMem_RawMalloc(sizeof(PyMethodDef));
    if (made == NULL)
        return PyErr_NoMemory();
    *made = *((PyCFunctionObject *)original)->m_ml;
    made->ml_meth = (PyCFunction)(void (*)(void))called;
    made->ml_flags = METH_FASTCALL | METH_KEYWORDS;
    return PyCFunction_NewEx(made, origin, ((PyCFunctionObject *)original)->m_module);
}

PyObject *core_stand_in(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return counted("stand_in", count, 2) < 0 ? NULL : stand_in(args[0], args[1]);
}

/* An `Origin` that looks like the module `home` to whoever asks: it has that one's dictionary. It stays for as long as the
process: no collection looks at it. */
static PyObject *origin_of(PyTypeObject *kind, PyObject *home) {
    PyObject *origin = kind->tp_alloc(kind, 0);
    if (origin != NULL) {
        *slot(origin, kind->tp_dictoffset) = Py_NewRef(PyModule_GetDict(home));
        PyObject_GC_UnTrack(origin);
    }
    return origin;
}

/* The functions that are put to sleep, and where what stands for them is to be found. */
typedef struct {
    PyTypeObject *kind;
    PyObject *functions, *sleeper, *replacements, *left_alone, *modules;
} Bed;

/* replacements[id of the original] = original, what stands for it */
static int replaced(PyObject *replacements, PyObject *original, PyObject *made) {
    PyObject *key = PyLong_FromVoidPtr(original), *pair = PyTuple_Pack(2, original, made);
    int done = key == NULL || pair == NULL ? -1 : PyDict_SetItem(replacements, key, pair);
    Py_XDECREF(key);
    Py_XDECREF(pair);
    return done;
}

/* Put `made` where the builtin `name` stands: in the dictionary, and in the module that it comes from. */
static int put(Bed *bed, PyObject *home, PyObject *name, PyObject *original, PyObject *made) {
    PyObject *at_home = PyModule_GetDict(home);
    if (PyDict_SetItem(bed->functions, name, made) < 0)
        return -1;
    int alone = PySequence_Contains(bed->left_alone, name);
    if (alone == 0 && PyDict_GetItemWithError(at_home, name) == original)
        alone = PyDict_SetItem(at_home, name, made);
    return alone < 0 || PyErr_Occurred() ? -1 : replaced(bed->replacements, original, made);
}

/* Let a stand-in for the builtin `name` sleep in its place. Its origin; None where there is no such builtin. */
static PyObject *sleeping(Bed *bed, PyObject *name) {
    PyObject *original = PyDict_GetItemWithError(bed->functions, name);
    if (original == NULL || !PyCFunction_CheckExact(original))
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    PyObject *named = ((PyCFunctionObject *)original)->m_module;
    PyObject *home = named == NULL ? NULL : PyDict_GetItemWithError(bed->modules, named);
    if (home == NULL || !PyModule_Check(home))
        return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
    PyObject *origin = origin_of(bed->kind, home), *made;
    if (origin == NULL)
        return NULL;
    *slot(origin, original_at) = Py_NewRef(original);
    *slot(origin, asleep_at) = Py_NewRef(bed->sleeper);
    if ((made = stand_in(original, origin)) == NULL || put(bed, home, name, original, made) < 0)
        Py_CLEAR(origin);
    Py_XDECREF(made);
    return origin;
}

/* put_to_sleep(kind, functions, names, sleeper, replacements, left_alone): the origins, by name. */
PyObject *core_put_to_sleep(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("put_to_sleep", count, 6) < 0)
        return NULL;
    PyObject *names = args[2];
    Bed bed = {(PyTypeObject *)args[0], args[1], args[3], args[4], args[5], PyImport_GetModuleDict()};
    if (call_at < 0 || !PyType_Check(args[0]) || !PyType_IsSubtype(bed.kind, &PyModule_Type) || !PyDict_Check(args[1]) ||
        !PyTuple_Check(names) || !PyDict_Check(bed.replacements))
        return PyErr_Format(PyExc_TypeError, "the type of origins, a namespace, names and a dictionary are needed"), NULL;
    PyObject *origins = PyDict_New();
    for (Py_ssize_t place = 0; origins != NULL && place < PyTuple_GET_SIZE(names); place++) {
        PyObject *name = PyTuple_GET_ITEM(names, place);
        PyObject *origin = sleeping(&bed, name);
        if (origin == NULL || (origin != Py_None && PyDict_SetItem(origins, name, origin) < 0))
            Py_CLEAR(origins);
        Py_XDECREF(origin);
    }
    return origins;
}

PyObject *core_origins_have(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("origins_have", count, 3) < 0)
        return NULL;
    for (Py_ssize_t place = 0; place < count; place++)
        if (!Py_IS_TYPE(args[place], &PyMemberDescr_Type))
            return PyErr_Format(PyExc_TypeError, "slots are needed"), NULL;
    call_at = ((PyMemberDescrObject *)args[0])->d_member->offset;
    original_at = ((PyMemberDescrObject *)args[1])->d_member->offset;
    asleep_at = ((PyMemberDescrObject *)args[2])->d_member->offset;
    Py_RETURN_NONE;
}

/* ---- memory behind which there is a file ---- */

typedef struct {
    PyObject_HEAD
    void *begin;
    Py_ssize_t size;
} Memory;

static int memory_getbuffer(Memory *self, Py_buffer *view, int flags) {
    return PyBuffer_FillInfo(view, (PyObject *)self, self->begin, self->size, 0, flags);
}

static void memory_dealloc(Memory *self) {
    munmap(self->begin, (size_t)self->size);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyBufferProcs memory_buffer = {.bf_getbuffer = (getbufferproc)memory_getbuffer};

static PyTypeObject MemoryType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Memory",
    .tp_basicsize = sizeof(Memory),
    .tp_dealloc = (destructor)memory_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_buffer = &memory_buffer,
};

PyObject *core_map_memory(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("map_memory", count, 3) < 0)
        return NULL;
    int descriptor = (int)PyLong_AsLong(args[0]);
    long long begin = PyLong_AsLongLong(args[1]);
    Py_ssize_t size = PyLong_AsSsize_t(args[2]);
    if (PyErr_Occurred())
        return NULL;
    int kind = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    void *at = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, kind, descriptor, (off_t)begin);
    if (at == MAP_FAILED)
        return PyErr_SetFromErrno(PyExc_OSError);
    Memory *memory = PyObject_New(Memory, &MemoryType);
    if (memory == NULL) {
        munmap(at, (size_t)size);
        return NULL;
    }
    memory->begin = at;
    memory->size = size;
    PyObject *view = PyMemoryView_FromObject((PyObject *)memory);
    Py_DECREF(memory);
    return view;
}

/* ---- what stays for as long as the process ---- */

static void stays(PyObject *value) {
    PyObject_GC_UnTrack(Py_NewRef(value));
}

/* The functions in a dictionary that are of the module with these globals. */
static void functions_stay(PyObject *values, PyObject *globals) {
    PyObject *value;
    for (Py_ssize_t next = 0; PyDict_Next(values, &next, NULL, &value);)
        if (PyFunction_Check(value) && PyFunction_GET_GLOBALS(value) == globals)
            stays(value);
}

/* stay(modules): these modules, their functions and their classes are neither looked through for garbage nor deleted. */
PyObject *core_stay(PyObject *module, PyObject *modules) {
    PyObject *each, *value;
    if (!PyList_Check(modules))
        return PyErr_Format(PyExc_TypeError, "stay() takes a list");
    for (Py_ssize_t place = 0; place < PyList_GET_SIZE(modules); place++) {
        each = PyList_GET_ITEM(modules, place);
        if (!PyModule_Check(each))
            return PyErr_Format(PyExc_TypeError, "stay() takes modules");
        if (!PyObject_GC_IsTracked(each))
            continue; /* it stays already */
        PyObject *globals = PyModule_GetDict(each);
        functions_stay(globals, globals);
        for (Py_ssize_t next = 0; PyDict_Next(globals, &next, NULL, &value);)
            if (PyType_Check(value) && PyType_HasFeature((PyTypeObject *)value, Py_TPFLAGS_HEAPTYPE))
                functions_stay(((PyTypeObject *)value)->tp_dict, globals);
        stays(globals);
        stays(each);
    }
    Py_RETURN_NONE;
}

/* What a module is made of: not what has an end of its own. */
static int is_of_a_module(PyObject *value) {
    return PyFunction_Check(value) || PyDict_CheckExact(value) || PyTuple_CheckExact(value) || PyType_Check(value) ||
           PyModule_Check(value) || PyCFunction_CheckExact(value) || Py_IS_TYPE(value, &PyMemberDescr_Type);
}

/* made_stays(objects): of these, what modules are made of stays. */
PyObject *core_made_stays(PyObject *module, PyObject *objects) {
    if (!PyList_CheckExact(objects))
        return PyErr_Format(PyExc_TypeError, "made_stays() takes a list");
    for (Py_ssize_t place = 0; place < PyList_GET_SIZE(objects); place++)
        if (is_of_a_module(PyList_GET_ITEM(objects, place)))
            stays(PyList_GET_ITEM(objects, place));
    Py_RETURN_NONE;
}

/* ---- signals around a fork ---- */

static sigset_t before;

PyObject *core_hold_signals(PyObject *module, PyObject *none) {
    /* Those that the processor raises cannot wait (pthread_sigmask(3)). */
    static const int of_the_processor[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    sigset_t waiting;
    sigfillset(&waiting);
    for (size_t place = 0; place < sizeof(of_the_processor) / sizeof(int); place++)
        sigdelset(&waiting, of_the_processor[place]);
    pthread_sigmask(SIG_BLOCK, &waiting, &before);
    Py_RETURN_NONE;
}

PyObject *core_let_signals_come(PyObject *module, PyObject *none) {
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    Py_RETURN_NONE;
}

/* ---- fields of others, and the environment of C ---- */

PyObject *core_copy_fields(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("copy_fields", count, 3) < 0)
        return NULL;
    Py_ssize_t size = PyLong_AsSsize_t(args[2]), head = (Py_ssize_t)sizeof(PyObject);
    if (size < 0 && PyErr_Occurred())
        return NULL;
    const char *from = PyBytes_CheckExact(args[1]) ? PyBytes_AS_STRING(args[1]) : (char *)args[1] + head;
    memcpy((char *)args[0] + head, from, (size_t)size);
    Py_RETURN_NONE;
}

PyObject *core_set_variable(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("set_variable", count, 2) < 0)
        return NULL;
    const char *name = PyBytes_AsString(args[0]), *value = name == NULL ? NULL : PyBytes_AsString(args[1]);
    if (value == NULL || (setenv(name, value, 1) < 0 && PyErr_SetFromErrno(PyExc_OSError) == NULL))
        return NULL;
    Py_RETURN_NONE;
}

int outside_ready(void) {
    str_woken = PyUnicode_InternFromString("woken");
    return PyType_Ready(&MemoryType);
}
