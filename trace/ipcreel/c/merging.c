/* The events of a tape as a reel has them: markers between the values, the bytes of each value from high to low. */

#include "core.h"

/* In an event of a reel (event.py: FIELDS). */
enum { BEGIN_AT = 2, LANE_AT = 11, OP_AT = 16, OBJECT_AT = 19, SITE_AT = 24, A_AT = 29, B_AT = 38, PAYLOAD_AT = 47 };
enum { END_AT = 56 };

_Static_assert(END_AT + 8 == EVENT_SIZE, "as event.FIELDS has it");

/* What all events of a tape have in common. */
typedef struct {
    Py_buffer taped, place, payload, objects, sites, markers, into;
    unsigned int first_lane;
} Merging;

static uint32_t translated(Py_buffer *numbers, uint32_t number) {
    const uint32_t *of = numbers->buf;
    Py_ssize_t last = numbers->len / (Py_ssize_t)sizeof *of - 1;
    return of[(Py_ssize_t)number < last ? (Py_ssize_t)number : last];
}

static void put(Merging *all, const Taped *taped, int64_t payload, char *at) {
    memcpy(at, all->markers.buf, EVENT_SIZE);
    write_big_endian(at + BEGIN_AT, taped->begin_ns, 8);
    write_big_endian(at + LANE_AT, taped->lane + all->first_lane, 4);
    write_big_endian(at + OP_AT, taped->op, 2);
    write_big_endian(at + OBJECT_AT, translated(&all->objects, taped->object), 4);
    write_big_endian(at + SITE_AT, translated(&all->sites, taped->site), 4);
    write_big_endian(at + A_AT, (uint64_t)taped->a, 8);
    write_big_endian(at + B_AT, (uint64_t)taped->b, 8);
    write_big_endian(at + PAYLOAD_AT, (uint64_t)payload, 8);
    write_big_endian(at + END_AT, (uint64_t)taped->end_ns, 8);
}

static int put_all(Merging *all) {
    const int64_t *place = all->place.buf, *payload = all->payload.buf;
    Py_ssize_t count = all->place.len / (Py_ssize_t)sizeof *place, room = all->into.len / EVENT_SIZE;
    if (all->taped.len < count * EVENT_SIZE || all->payload.len < count * (Py_ssize_t)sizeof *payload ||
        all->objects.len < 4 || all->sites.len < 4 || all->markers.len != EVENT_SIZE)
        return -1;
    for (Py_ssize_t row = 0; row < count; row++) {
        if (place[row] < 0 || place[row] >= room)
            return -1;
        put(all, (const Taped *)((const char *)all->taped.buf + row * EVENT_SIZE), payload[row],
            (char *)all->into.buf + place[row] * EVENT_SIZE);
    }
    return 0;
}

/* put_events(taped, place, payload, first_lane, objects, sites, markers, into) */
PyObject *core_put_events(PyObject *module, PyObject *args) {
    Merging all;
    if (!PyArg_ParseTuple(
            args, "y*y*y*Iy*y*y*w*", &all.taped, &all.place, &all.payload, &all.first_lane, &all.objects, &all.sites,
            &all.markers, &all.into))
        return NULL;
    if (put_all(&all) < 0)
        PyErr_SetString(PyExc_ValueError, "these arrays do not belong together");
    Py_buffer *buffers[] = {&all.taped, &all.place, &all.payload, &all.objects, &all.sites, &all.markers, &all.into};
    for (size_t each = 0; each < sizeof buffers / sizeof *buffers; each++)
        PyBuffer_Release(buffers[each]);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}
