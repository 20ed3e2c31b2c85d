/* Which of the frames that run is the one that counts: Python judges a code once, and it is remembered here. */

#include "core.h"
#include "frame.h"

#define ROOM 512

/* As `interpose/frames.py` has them. */
enum { PASSED, TAKEN, NOBODY };

typedef struct {
    PyObject *code; /* NULL: free */
    PyObject *judge;
    long verdict;
} Judged;

static Judged judged[ROOM];

static void forget(Judged *one) {
    Judged old = *one;
    one->code = one->judge = NULL;
    Py_XDECREF(old.code);
    Py_XDECREF(old.judge);
}

/* What `judge` says of a code; -1 with an error. */
static long verdict_of(PyObject *code, PyObject *judge) {
    size_t place = (((uintptr_t)code >> 4) * 2654435761u >> 8) % ROOM; /* or the other one of the same pair */
    for (int other = 0; other < 2; other++, place ^= 1)
        if (judged[place].code == code && judged[place].judge == judge)
            return judged[place].verdict;
    Py_INCREF(code);
    PyObject *said = PyObject_CallOneArg(judge, code);
    long verdict = said == NULL ? -1 : PyLong_AsLong(said);
    Py_XDECREF(said);
    if (verdict < 0) {
        Py_DECREF(code);
        return -1;
    }
    Judged old = judged[place ^ 1]; /* of a pair the two that came last stand there */
    judged[place ^ 1] = judged[place];
    judged[place] = (Judged){code, Py_NewRef(judge), verdict};
    forget(&old);
    return verdict;
}

long frame_that_counts(PyObject *judge) {
    long depth = 0;
    for (Running frame = running_top(); frame != NULL; frame = running_outer(frame, 1), depth++) {
        long verdict = verdict_of(running_code(frame), judge);
        if (verdict < 0)
            return -2;
        if (verdict != PASSED)
            return verdict == TAKEN ? depth : -1;
    }
    return -1;
}

PyObject *core_find_frame(PyObject *module, PyObject *judge) {
    long depth = frame_that_counts(judge);
    return depth == -2 ? NULL : PyLong_FromLong(depth);
}

PyObject *core_judge_again(PyObject *module, PyObject *none) {
    for (Judged *one = judged; one < judged + ROOM; one++)
        forget(one);
    Py_RETURN_NONE;
}
