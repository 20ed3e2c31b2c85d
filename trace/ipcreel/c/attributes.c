/* An attribute of an object, found where it lay in the last one of the same type: most wrappers see one type alone. */

#include "core.h"

#if PY_VERSION_HEX < 0x030C0000
#define Py_BUILD_CORE
#include <internal/pycore_dict.h>
#undef Py_BUILD_CORE

/* What stands before an object whose type has Py_TPFLAGS_MANAGED_DICT (pycore_object.h, _PyObject_ValuesPointer). */
static PyDictValues *values_of(PyObject *object) { return ((PyDictValues **)object)[-4]; }

/* Where the value of an instance's attribute lies while it has no dictionary: as long as the type is as it is, all its
instances have it there (Python/specialize.c, LOAD_ATTR_INSTANCE_VALUE). */
static PyObject *value_in(PyObject *object, Py_ssize_t at) {
    PyDictValues *values = values_of(object);
    return values == NULL ? NULL : values->values[at];
}

static Py_ssize_t place_of_value(PyObject *object, PyObject *name) {
    PyTypeObject *kind = Py_TYPE(object);
    if (!(kind->tp_flags & Py_TPFLAGS_MANAGED_DICT) || values_of(object) == NULL)
        return -1;
    PyDictKeysObject *keys = ((PyHeapTypeObject *)kind)->ht_cached_keys;
    if (keys == NULL || !DK_IS_UNICODE(keys))
        return -1;
    for (Py_ssize_t at = 0; at < keys->dk_nentries; at++)
        if (DK_UNICODE_ENTRIES(keys)[at].me_key == name)
            return at;
    return -1;
}
#else
static PyObject *value_in(PyObject *object, Py_ssize_t at) { return NULL; }
static Py_ssize_t place_of_value(PyObject *object, PyObject *name) { return -1; }
#endif

static void learn(PyObject *object, PyObject *name, Slot *slot) {
    PyTypeObject *kind = Py_TYPE(object);
    PyObject *member = _PyType_Lookup(kind, name);
    Py_ssize_t at;
    if (!(kind->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) || kind->tp_getattro != PyObject_GenericGetAttr)
        return;
    if (member != NULL && Py_IS_TYPE(member, &PyMemberDescr_Type)) {
        PyMemberDef *found = ((PyMemberDescrObject *)member)->d_member;
        if (found->type == T_OBJECT_EX)
            *slot = (Slot){kind, kind->tp_version_tag, 0, found->offset};
    } else if (member == NULL && (at = place_of_value(object, name)) >= 0)
        *slot = (Slot){kind, kind->tp_version_tag, 1, at};
}

/* A new reference; NULL where there is no such attribute, or with an error. */
PyObject *attribute(PyObject *object, PyObject *name, Slot *slot) {
    PyTypeObject *kind = Py_TYPE(object);
    PyObject *found;
    if (kind == slot->kind && kind->tp_version_tag == slot->version &&
        (kind->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG)) {
        found = slot->is_value ? value_in(object, slot->at) : *(PyObject **)((char *)object + slot->at);
        if (found != NULL)
            return Py_NewRef(found);
    }
    if (optional(object, name, &found) > 0)
        learn(object, name, slot);
    return found;
}

/* give_number(object, number): the number that it has, which is this one where it had none (0 is none) until now. No call
into Python lies between the look and the giving. */
PyObject *core_give_number(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (counted("give_number", count, 2) < 0)
        return NULL;
    PyObject *found = _PyObject_GenericGetAttrWithDict(args[0], str_object, NULL, 1);
    if (found != NULL && fit(found) != 0)
        return found;
    Py_XDECREF(found);
    if (PyErr_Occurred() || PyObject_GenericSetAttr(args[0], str_object, args[1]) < 0)
        return NULL;
    return Py_NewRef(args[1]);
}
