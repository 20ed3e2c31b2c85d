/* The frames that run, as the interpreter keeps them: a frame object would be made for each wrapper otherwise.

A `Running` is good only as long as its code runs. */

#ifndef IPCREEL_CORE_FRAME_H
#define IPCREEL_CORE_FRAME_H

#include "core.h"

#if PY_VERSION_HEX < 0x030C0000
#define Py_BUILD_CORE
#include <internal/pycore_frame.h>
#undef Py_BUILD_CORE

typedef _PyInterpreterFrame *Running;

static inline Running running_complete(Running frame) {
    while (frame != NULL && _PyFrame_IsIncomplete(frame))
        frame = frame->previous;
    return frame;
}

static inline Running running_top(void) { return running_complete(PyThreadState_Get()->cframe->current_frame); }
static inline Running running_of(PyObject *frame) { return ((PyFrameObject *)frame)->f_frame; }

static inline Running running_outer(Running frame, int outwards) {
    while (frame != NULL && outwards--)
        frame = running_complete(frame->previous);
    return frame;
}

/* The instruction that it stands at, which lies inside its code object; and that. Both borrowed. */
static inline const char *running_at(Running frame) { return (const char *)frame->prev_instr; }
static inline PyObject *running_code(Running frame) { return (PyObject *)frame->f_code; }

#else
typedef PyFrameObject *Running; /* borrowed: the frame that runs keeps its object */

static inline Running running_top(void) {
    Running frame = PyThreadState_GetFrame(PyThreadState_Get());
    Py_XDECREF(frame);
    return frame;
}

static inline Running running_of(PyObject *frame) { return (Running)frame; }

static inline Running running_outer(Running frame, int outwards) {
    while (frame != NULL && outwards--) {
        frame = PyFrame_GetBack(frame);
        Py_XDECREF(frame);
    }
    return frame;
}

static inline PyObject *running_code(Running frame) {
    PyObject *code = (PyObject *)PyFrame_GetCode(frame);
    Py_DECREF(code);
    return code;
}

static inline const char *running_at(Running frame) {
    return (const char *)running_code(frame) + PyFrame_GetLasti(frame);
}
#endif

#endif
