/* What the twelve parts of `ipcreel.core` have in common. */

#ifndef IPCREEL_CORE_H
#define IPCREEL_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>
#include <time.h>

#define EVENT_SIZE 64

/* Of what each thread has for itself: a few bytes, which lie where the loader put those of the program's own libraries
(gcc, -ftls-model), and are found without a call. */
#define ALWAYS_THERE __attribute__((tls_model("initial-exec")))

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

static inline uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void write_big_endian(char *at, uint64_t value, int size) {
    while (size--) {
        at[size] = (char)value;
        value >>= 8;
    }
}

static inline int counted(const char *name, Py_ssize_t count, Py_ssize_t wanted) {
    if (count == wanted)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", name, wanted, count);
    return -1;
}

/* An attribute, 1; without an exception made for nothing where there is none, 0; -1 with an error. */
static inline int optional(PyObject *object, PyObject *name, PyObject **found) {
#if PY_VERSION_HEX < 0x030D0000
    return _PyObject_LookupAttr(object, name, found);
#else
    return PyObject_GetOptionalAttr(object, name, found);
#endif
}

/* ---- attributes.c ---- */

/* Where an attribute lies in the objects of a type. */
typedef struct {
    PyTypeObject *kind;
    unsigned int version; /* of the type: as long as it has this one, the attribute lies there */
    int is_value;         /* among the values of an instance, not in a slot */
    Py_ssize_t at;
} Slot;

PyObject *attribute(PyObject *object, PyObject *name, Slot *slot);
PyObject *core_give_number(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* ---- pack.c ---- */

/* Bytes that grow. Begin with `packed_begin`, end with `packed_free`. */
typedef struct {
    char *bytes;
    Py_ssize_t size, room;
    char at_first[256]; /* most values are short */
} Packed;

int64_t fit(PyObject *value);
void packed_begin(Packed *packed, Py_ssize_t size);
void packed_free(Packed *packed);
char *packed_room(Packed *packed, Py_ssize_t size);
int pack_value(Packed *packed, PyObject *value, int depth);
int pack_array(Packed *packed, PyObject *const *values, Py_ssize_t count, int depth);
PyObject *core_pack(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_fall_back_on(PyObject *module, PyObject *pack);
int is_plain(PyObject *value);
PyObject *core_is_plain(PyObject *module, PyObject *value);
PyObject *core_bits_of_float(PyObject *module, PyObject *value);
PyObject *core_float_of_bits(PyObject *module, PyObject *bits);

/* ---- writer.c ---- */

/* Where the next event and the next record of a tape go. */
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

extern PyTypeObject WriterType;

int write_event(Writer *self, long long *slot, Taped *event, int64_t end_ns);
int write_event_with(Writer *self, long long *slot, Taped *event, int64_t end_ns, PyObject *payload);
int write_end(Writer *self, long long slot, const int64_t *a, const int64_t *b, int64_t end_ns);
int write_end_with(Writer *self, long long slot, const int64_t *a, const int64_t *b, int64_t end_ns, PyObject *payload);
int write_payload(Writer *self, long long slot, PyObject *value);
int writer_ready(void);

/* ---- records.c ---- */

PyObject *core_end_of(PyObject *module, PyObject *data);
PyObject *core_find_records(PyObject *module, PyObject *args);

/* ---- merging.c ---- */

PyObject *core_put_events(PyObject *module, PyObject *args);

/* ---- judging.c ---- */

/* By how many frames outwards the frame that counts lies; -1 where there is none, -2 with an error. */
long frame_that_counts(PyObject *judge);
PyObject *core_find_frame(PyObject *module, PyObject *judge);
PyObject *core_judge_again(PyObject *module, PyObject *none);

/* ---- local.c ---- */

extern PyTypeObject LocalType;

int mark_of(PyObject *local, long *mark);

/* ---- entry.c ---- */

/* What the events of one operation begin with, and where it was called last. */
typedef struct Entry Entry;

Entry *entry_make(uint16_t op, Writer *writer, PyObject *scope);
int64_t entry_site(Entry *self, int outwards);
long lane_of(PyObject *scope);

/* ---- wrapper.c ---- */

extern PyTypeObject WrapperType;
extern PyObject *str_object; /* the attribute in which an object's number lies */

PyObject *core_is_within(PyObject *module, PyObject *frame);
int wrapper_ready(void);

/* ---- shared.c ---- */

extern PyTypeObject SharedType;

int shared_ready(void);

/* ---- outside.c ---- */

PyObject *core_stand_in(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_put_to_sleep(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_made_stays(PyObject *module, PyObject *objects);
PyObject *core_sleeping_file(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_become(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_origins_have(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_map_memory(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_hold_signals(PyObject *module, PyObject *none);
PyObject *core_stay(PyObject *module, PyObject *modules);
PyObject *core_let_signals_come(PyObject *module, PyObject *none);
PyObject *core_copy_fields(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *core_set_variable(PyObject *module, PyObject *const *args, Py_ssize_t count);
int outside_ready(void);

#endif
