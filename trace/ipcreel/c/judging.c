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
    Judged *one = &judged[((uintptr_t)code >> 4) % ROOM];
    if (one->code == code && one->judge == judge)
        return one->verdict;
    Py_INCREF(code);
    PyObject *said = PyObject_CallOneArg(judge, code);
    long verdict = said == NULL ? -1 : PyLong_AsLong(said);
    Py_XDECREF(said);
    if (verdict < 0) {
        Py_DECREF(code);
        return -1;
    }
    forget(one);
    *one = (Judged){code, Py_NewRef(judge), verdict};
    return verdict;
}

PyObject *core_find_frame(PyObject *module, PyObject *judge) {
    long depth = 0;
    for (Running frame = running_top(); frame != NULL; frame = running_outer(frame, 1), depth++) {
        long verdict = verdict_of(running_code(frame), judge);
        if (verdict < 0)
            return NULL;
        if (verdict != PASSED)
            return PyLong_FromLong(verdict == TAKEN ? depth : -1);
    }
    return PyLong_FromLong(-1);
}

PyObject *core_judge_again(PyObject *module, PyObject *none) {
    for (Judged *one = judged; one < judged + ROOM; one++)
        forget(one);
    Py_RETURN_NONE;
}
