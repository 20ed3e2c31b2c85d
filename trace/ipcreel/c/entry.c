/* The hot path of the recorder: what `plain.py` says in Python, said in C. The bytes are the same.

A wrapper calls `entry()` where an operation begins: nothing where it is not to be recorded, or else an event that knows
its begin, its lane and its call site, and writes itself on the tape. No call into the interpreter lies between the
taking of a position and its use, but where the window of a tape has to slide, so that no thread and no signal's
handler comes between. */

#include "core.h"
#include "frame.h"

#define VERSION 9 /* of what this offers to Python: a library from before a change is not used */
#define PLACES 16 /* remembered by an entry: a wrapper is called at few places */
#define FRAMES 8  /* of them, outwards, that tell a place apart: a library may stand between the program and a wrapper */

static PyObject *str_here, *str_site_kept;

/* ---- Event: an operation that has begun ---- */

/* Frames from the wrapper's caller outwards: of each the instruction, which lies inside its code object. */
typedef struct {
    const char *at[FRAMES];
    PyObject *code[FRAMES]; /* kept alive in a `Place`, borrowed from running frames elsewhere */
} Chain;

/* Most call sites are told by the wrapper's caller alone, whichever wrapper it calls: of those there is one table. */
typedef struct {
    const char *at; /* NULL: free */
    PyObject *code, *scope; /* alive as long as they stand here */
    uint32_t site;
} Known;

#define ROOM 512
static Known known[ROOM];

typedef struct {
    int count; /* of the frames that tell it apart; 0: not in use */
    int whole; /* no frame lies further out */
    uint32_t site;
    Chain chain; /* after what is looked at first: the memory is cold, as the program has done other things meanwhile */
} Place;

struct Entry {
    PyObject_HEAD
    vectorcallfunc call;
    Writer *writer;
    PyObject *scope; /* the globals of `tape.process` */
    PyObject *judge; /* who says which frame is one of the program's, where there has to be one; or NULL */
    uint16_t op;
    Place places[PLACES];
};

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

/* From the frame of a wrapper's caller outwards. */
static int find_callers(Chain *chain, Running frame) {
    int count = 0;
    for (; frame != NULL && count < FRAMES; frame = running_outer(frame, 1), count++) {
        chain->at[count] = running_at(frame);
        chain->code[count] = running_code(frame);
    }
    return count;
}

static void forget(Place *place) {
    int count = place->count;
    place->count = 0;
    for (int frame = 0; frame < count; frame++)
        Py_DECREF(place->chain.code[frame]);
}

/* Where in a table of `room` places a call site may stand, by where its first frame stands, and its second one or NULL:
here, or in the other place of the same pair. */
static int place_by(const char *first, const char *second, int room) {
    uintptr_t key = (uintptr_t)first >> 1 ^ ((uintptr_t)second >> 1) * 31;
    return (int)((key * 2654435761u >> 12) % (uintptr_t)room);
}

/* NULL where it is not known yet. */
static Known *known_at(Entry *self, const char *at) {
    int place = place_by(at, NULL, ROOM);
    for (int other = 0; other < 2; other++, place ^= 1)
        if (known[place].at == at && known[place].scope == self->scope)
            return &known[place];
    return NULL;
}

/* Of two that would stand at one place the later one does, and of a pair the two that came last. */
static void know(Entry *self, Chain *chain, uint32_t site) {
    int first = place_by(chain->at[0], NULL, ROOM);
    Known old = known[first ^ 1];
    known[first ^ 1] = known[first];
    known[first] = (Known){chain->at[0], Py_NewRef(chain->code[0]), Py_NewRef(self->scope), site};
    Py_XDECREF(old.code);
    Py_XDECREF(old.scope);
}

static int is_at(Place *place, Chain *chain, int count) {
    if (place->count == 0 || place->count > count || (place->whole && place->count < count))
        return 0;
    for (int frame = 0; frame < place->count; frame++)
        if (place->chain.at[frame] != chain->at[frame])
            return 0;
    return 1;
}

/* Likewise, of those that are told by more than the caller. */
static void remember(Entry *self, Chain *chain, int count, int whole, uint32_t site) {
    int first = place_by(chain->at[0], count > 1 ? chain->at[1] : NULL, PLACES);
    Place *place = &self->places[first], *other = &self->places[first ^ 1];
    for (int frame = 0; frame < count; frame++)
        Py_INCREF(chain->code[frame]);
    Place old = *other;
    *other = *place;
    place->chain = *chain;
    place->site = site;
    place->count = count;
    place->whole = whole;
    forget(&old);
}

/* Ask Python for the site where the wrapper's caller stands, and remember it. -1 with an error. */
static int64_t ask_for_site(Entry *self, Chain *chain, int count, int outwards) {
    PyObject *site_kept = PyDict_GetItemWithError(self->scope, str_site_kept);
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    if (outwards && frame != NULL)
        Py_SETREF(frame, PyFrame_GetBack(frame));
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
    int whole = depth + 1 == count && count < FRAMES;
    if (depth == 0 && !whole) /* their frames run still: nothing of the chain is gone */
        know(self, chain, site);
    else if (depth >= 0 && depth < count)
        remember(self, chain, depth + 1, whole, site);
    return site;
}

/* The number of the call site; `outwards`: 1 where the frame on top is the wrapper's, 0 where it is its caller's. */
int64_t entry_site(Entry *self, int outwards) {
    Running frame = running_outer(running_top(), outwards);
    if (frame == NULL)
        return 0; /* called by C at the bottom of a stack: an exit hook, the flush at the end */
    Known *one = known_at(self, running_at(frame));
    if (one != NULL)
        return one->site;
    Chain chain;
    int count = find_callers(&chain, frame);
    for (int frames = 1; frames <= 2; frames++) {
        int place = place_by(chain.at[0], frames == 2 && count > 1 ? chain.at[1] : NULL, PLACES);
        if (is_at(&self->places[place], &chain, count))
            return self->places[place].site;
        if (is_at(&self->places[place ^ 1], &chain, count))
            return self->places[place ^ 1].site;
    }
    return ask_for_site(self, &chain, count, outwards);
}

/* The call site is sought only now: whether the call is one of the operation's was asked in between. */
static int event_write(Event *self, int64_t end_ns, PyObject *sent) {
    Writer *writer = self->entry->writer;
    int64_t site = entry_site(self->entry, 1);
    if (site < 0)
        return -1;
    self->taped.site = (uint32_t)site;
    self->generation = writer->generation;
    return write_event_with(writer, &self->slot, &self->taped, end_ns, sent);
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
    if (event_write(self, end_ns, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_raised(Event *self, PyObject *const *args, Py_ssize_t count) {
    int64_t end_ns = -end_of(self);
    if (counted("raised", count, 2) < 0)
        return NULL;
    self->taped.object = (uint32_t)fit(args[0]);
    self->taped.a = fit(args[1]);
    if (event_write(self, end_ns, NULL) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *event_begin(Event *self, PyObject *const *args, Py_ssize_t count) {
    if (counted("begin", count, 3) < 0)
        return NULL;
    self->taped.object = (uint32_t)fit(args[0]);
    self->taped.a = fit(args[1]);
    if (event_write(self, 0, args[2] == Py_None ? NULL : args[2]) < 0)
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
    .tp_name = "ipcreel.core.Event",
    .tp_basicsize = sizeof(Event),
    .tp_dealloc = (destructor)event_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = event_methods,
    .tp_members = event_members,
    .tp_getset = event_getset,
};

/* ---- Entry: called where an operation begins ---- */

#if PY_VERSION_HEX < 0x030C0000
/* `scope["here"]`, borrowed, as it was when the dictionary was in this state. */
static struct {
    PyObject *scope, *here;
    uint64_t version;
    int is_local;
} last_here;

static PyObject *here_in(PyObject *scope, int *is_local) {
    uint64_t version = ((PyDictObject *)scope)->ma_version_tag;
    if (last_here.scope != scope || last_here.version != version) {
        last_here.here = PyDict_GetItemWithError(scope, str_here);
        last_here.is_local = last_here.here != NULL && PyObject_TypeCheck(last_here.here, &LocalType);
        last_here.scope = scope;
        last_here.version = version;
    }
    *is_local = last_here.is_local;
    return last_here.here;
}
#else
static PyObject *here_in(PyObject *scope, int *is_local) {
    PyObject *here = PyDict_GetItemWithError(scope, str_here);
    *is_local = here != NULL && PyObject_TypeCheck(here, &LocalType);
    return here;
}
#endif

/* The lane of this thread; -1 where nothing is recorded now, -2 with an error. */
long lane_of(PyObject *scope) {
    int is_local;
    PyObject *here = here_in(scope, &is_local);
    if (here == NULL || here == Py_None) /* the interpreter ends */
        return PyErr_Occurred() ? -2 : -1;
    if (!is_local) /* nothing is recorded here */
        return -1;
    long mark;
    Py_INCREF(here);
    int done = mark_of(here, &mark);
    Py_DECREF(here);
    if (done < 0) {
        if (PyErr_ExceptionMatches(PyExc_RecursionError)) /* its message would speak of a comparison */
            PyErr_SetString(PyExc_RecursionError, "maximum recursion depth exceeded");
        return -2;
    }
    return mark < 0 ? -1 : mark;
}

/* Whether an object, or the first of the arguments of a call, is one of the program's; -1 with an error. */
static int is_watched(PyObject *given) {
    if (PyTuple_CheckExact(given)) {
        if (PyTuple_GET_SIZE(given) == 0)
            return 0;
        given = PyTuple_GET_ITEM(given, 0);
    }
    PyObject *number;
    int there = optional(given, str_object, &number);
    if (there <= 0)
        return there;
    int watched = PyLong_CheckExact(number) && fit(number) >= 0;
    Py_DECREF(number);
    return watched;
}

static PyObject *entry_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names) {
    Entry *self = (Entry *)callable;
    long lane = lane_of(self->scope);
    if (lane == -2)
        return NULL;
    if (lane < 0)
        Py_RETURN_NONE;
    if (self->judge != NULL) {
        long depth = frame_that_counts(self->judge);
        if (depth == -2)
            return NULL;
        if (depth < 0)
            Py_RETURN_NONE;
    }
    if (PyVectorcall_NARGS(flags)) {
        int watched = is_watched(args[0]);
        if (watched < 0)
            return NULL;
        if (!watched)
            Py_RETURN_NONE;
    }
    Event *event = event_new(self);
    if (event == NULL)
        return NULL;
    event->taped.lane = (uint32_t)lane;
    event->taped.begin_ns = now();
    return (PyObject *)event;
}

/* The slot of an event that is over, at the call site of what called us. */
static PyObject *write_here(Entry *self, Taped *taped, uint64_t end_ns) {
    int64_t site = entry_site(self, 1);
    long long slot = -1;
    if (site < 0)
        return NULL;
    taped->site = (uint32_t)site;
    return write_event(self->writer, &slot, taped, (int64_t)end_ns) < 0 ? NULL : PyLong_FromLongLong(slot);
}

/* note(begin_ns, lane, object, a, b): write what has happened by now, called by what the program called. The slot. */
static PyObject *entry_note(Entry *self, PyObject *const *args, Py_ssize_t count) {
    uint64_t end_ns = now();
    if (counted("note", count, 5) < 0)
        return NULL;
    Taped taped = {
        .begin_ns = (uint64_t)fit(args[0]), .lane = (uint32_t)fit(args[1]), .op = self->op,
        .object = (uint32_t)fit(args[2]), .a = fit(args[3]), .b = fit(args[4])};
    if (taped.begin_ns == 0)
        taped.begin_ns = end_ns;
    return write_here(self, &taped, end_ns);
}

/* tell(object): likewise, where this thread is outside of any operation; called by what stands in a library's function. */
static PyObject *entry_tell(Entry *self, PyObject *object) {
    long lane = lane_of(self->scope);
    if (lane == -2)
        return NULL;
    if (lane < 0)
        Py_RETURN_NONE;
    uint64_t at_ns = now();
    Taped taped = {.begin_ns = at_ns, .lane = (uint32_t)lane, .op = self->op, .object = (uint32_t)fit(object)};
    return write_here(self, &taped, at_ns);
}

static PyMethodDef entry_methods[] = {
    {"tell", (PyCFunction)entry_tell, METH_O, NULL},
    {"note", (PyCFunction)(void (*)(void))entry_note, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject EntryType;

Entry *entry_make(uint16_t op, Writer *writer, PyObject *scope) {
    Entry *self = (Entry *)EntryType.tp_alloc(&EntryType, 0);
    if (self == NULL)
        return NULL;
    self->call = entry_call;
    self->op = op;
    self->writer = (Writer *)Py_NewRef(writer);
    self->scope = Py_NewRef(scope);
    return self;
}

static PyObject *entry_new(PyTypeObject *type, PyObject *args, PyObject *names) {
    PyObject *writer, *scope, *judge = Py_None;
    unsigned short op;
    if (!PyArg_ParseTuple(args, "HO!O!|O", &op, &WriterType, &writer, &PyDict_Type, &scope, &judge))
        return NULL;
    Entry *self = entry_make(op, (Writer *)writer, scope);
    if (self != NULL && judge != Py_None)
        self->judge = Py_NewRef(judge);
    return (PyObject *)self;
}

static void entry_dealloc(Entry *self) {
    for (int place = 0; place < PLACES; place++)
        forget(&self->places[place]);
    Py_XDECREF(self->writer);
    Py_XDECREF(self->scope);
    Py_XDECREF(self->judge);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyTypeObject EntryType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ipcreel.core.Entry",
    .tp_basicsize = sizeof(Entry),
    .tp_dealloc = (destructor)entry_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Entry, call),
    .tp_methods = entry_methods,
    .tp_new = entry_new,
};

/* pack(value, depth=0): the bytes; fall_back_on(pack): who is asked for what is none of msgpack's; the others as in
`plain.py` and `by_ctypes.py`. */
static PyMethodDef core_methods[] = {
    {"pack", (PyCFunction)(void (*)(void))core_pack, METH_FASTCALL, NULL},
    {"fall_back_on", (PyCFunction)core_fall_back_on, METH_O, NULL},
    {"is_plain", (PyCFunction)core_is_plain, METH_O, NULL},
    {"bits_of_float", core_bits_of_float, METH_O, NULL},
    {"float_of_bits", core_float_of_bits, METH_O, NULL},
    {"is_within", (PyCFunction)core_is_within, METH_O, NULL},
    {"end_of", core_end_of, METH_O, NULL},
    {"find_records", core_find_records, METH_VARARGS, NULL},
    {"give_number", (PyCFunction)(void (*)(void))core_give_number, METH_FASTCALL, NULL},
    {"put_events", core_put_events, METH_VARARGS, NULL},
    {"find_frame", core_find_frame, METH_O, NULL},
    {"judge_again", core_judge_again, METH_NOARGS, NULL},
    {"stand_in", (PyCFunction)(void (*)(void))core_stand_in, METH_FASTCALL, NULL},
    {"put_to_sleep", (PyCFunction)(void (*)(void))core_put_to_sleep, METH_FASTCALL, NULL},
    {"made_stays", core_made_stays, METH_O, NULL},
    {"sleeping_file", (PyCFunction)(void (*)(void))core_sleeping_file, METH_FASTCALL, NULL},
    {"become", (PyCFunction)(void (*)(void))core_become, METH_FASTCALL, NULL},
    {"origins_have", (PyCFunction)(void (*)(void))core_origins_have, METH_FASTCALL, NULL},
    {"map_memory", (PyCFunction)(void (*)(void))core_map_memory, METH_FASTCALL, NULL},
    {"hold_signals", core_hold_signals, METH_NOARGS, NULL},
    {"stay", core_stay, METH_O, NULL},
    {"let_signals_come", core_let_signals_come, METH_NOARGS, NULL},
    {"copy_fields", (PyCFunction)(void (*)(void))core_copy_fields, METH_FASTCALL, NULL},
    {"set_variable", (PyCFunction)(void (*)(void))core_set_variable, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "core", .m_size = -1, .m_methods = core_methods};

PyMODINIT_FUNC PyInit_core(void) {
    if (writer_ready() < 0 || PyType_Ready(&LocalType) < 0 || wrapper_ready() < 0 || shared_ready() < 0 || outside_ready() < 0 || PyType_Ready(&EventType) < 0 ||
        PyType_Ready(&EntryType) < 0)
        return NULL;
    str_here = PyUnicode_InternFromString("here");
    str_site_kept = PyUnicode_InternFromString("site_kept");
    PyObject *module = PyModule_Create(&definition);
    if (module == NULL || PyModule_AddIntConstant(module, "VERSION", VERSION) < 0 ||
        PyModule_AddObjectRef(module, "Local", (PyObject *)&LocalType) < 0 ||
        PyModule_AddObjectRef(module, "Writer", (PyObject *)&WriterType) < 0 ||
        PyModule_AddObjectRef(module, "Event", (PyObject *)&EventType) < 0 ||
        PyModule_AddObjectRef(module, "Entry", (PyObject *)&EntryType) < 0 ||
        PyModule_AddObjectRef(module, "Shared", (PyObject *)&SharedType) < 0 ||
        PyModule_AddObjectRef(module, "Wrapper", (PyObject *)&WrapperType) < 0) {
        Py_XDECREF(module);
        return NULL;
    }
    return module;
}
