"""Starts the recorder in a new interpreter, then runs the user's own sitecustomize, if there is one.

Every Python that is started finds this file, old ones too: it must be read by all of them.
"""
# mypy: ignore-errors

import os
import sys


def _run():
    folder = os.path.dirname(__file__)
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    ours = sys.modules.pop("sitecustomize")
    tapes = os.environ.get("IPCREEL_TAPES")
    if tapes is not None:
        if sys.version_info >= (3, 11):  # noqa: UP036
            _start(folder, tapes)
        else:
            _leave_note(tapes, "Python %d.%d, older than 3.11" % sys.version_info[:2])  # noqa: UP031
    try:
        import sitecustomize  # noqa: F401
    except BaseException:
        # The import system takes the module out of this table again, whatever the outcome: `site` then sees what it
        # would see without us, a missing sitecustomize included.
        sys.modules["sitecustomize"] = ours
        raise


def _start(folder, tapes):
    import gc
    import time

    package = os.path.dirname(os.path.dirname(os.path.dirname(folder)))
    clock = time.process_time_ns
    began_ns = clock()
    # What is made here stays: to look through it for garbage takes longer than to make it. It is not frozen, though the
    # interpreter would end sooner: finalizers of the program would run at other times. That all is taken for old, as if
    # it had been looked through, keeps the first collection after us from doing so.
    collects = gc.isenabled()
    gc.disable()
    _take_for_old(gc)
    try:
        sys.path.append(package)
        try:
            _run_code(package)
            from ipcreel.record import start
        finally:
            sys.path.remove(package)
        start.start(clock, began_ns, folder)
    except OSError:  # the disk is full, a limit is reached, the tapes were removed: the recorder says it
        _leave_note(tapes, "no tape could be made: %s" % sys.exc_info()[1].strerror)  # noqa: UP031
    except Exception:  # a fault of ours must not reach the program
        kind, error = sys.exc_info()[:2]
        if kind is ImportError and "subinterpreters" in str(error):  # from Python 3.12 on they cannot have all modules
            _leave_note(tapes, "an interpreter inside another one")
            return
        sys.stderr.write("ipcreel: this process is not recorded: %s: %s\n" % (kind.__name__, error))  # noqa: UP031
    finally:
        _take_for_old(gc)
        if collects:
            gc.enable()


def _take_for_old(gc):
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()


def _run_code(package):
    """Run our modules from the one file in which the recorder left them compiled (see ipcreel.record.bundle)."""
    import marshal

    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    tapes, suffix = os.environ["IPCREEL_TAPES"], magic[:2].hex()
    try:
        descriptor = os.open(os.path.join(tapes, "code-" + suffix), os.O_RDONLY)
    except OSError:
        return
    try:
        found, watched, asleep = marshal.loads(os.read(descriptor, os.fstat(descriptor).st_size))
    finally:
        os.close(descriptor)
    if not found[0][1].startswith(package):
        return
    for name, file, is_package, code in found:
        if code is None:
            _load_library(name, file)
        else:
            _run_module(name, file, is_package, code)
    later = sys.modules["ipcreel.record.later"]
    later.prepared_in = os.path.join(tapes, "later-" + suffix)
    later.watched, later.asleep = watched, asleep
    later.run = _run_module


def _load_library(name, file):
    """Load what is in C from where the recorder has it: the import system would list a folder, and look at files."""
    loads = sys.modules["_imp"]
    try:
        library = loads.create_dynamic(type(sys.implementation)(name=name, origin=file))
        loads.exec_dynamic(library)
    except ImportError:  # whoever imports it will say so
        return
    sys.modules[name] = library
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, library)


def _run_module(name, file, is_package, code):
    module = sys.modules[name] = type(sys)(name)
    module.__file__ = file
    parent, _, last = name.rpartition(".")
    module.__package__ = name if is_package else parent
    if is_package:
        module.__path__ = [os.path.dirname(file)]
    module._modules = sys.modules  # what it takes from the others (see ipcreel.record.bundle)
    exec(code, module.__dict__)
    del module._modules
    if parent:
        setattr(sys.modules[parent], last, module)


def _leave_note(tapes, why):
    """Say that this process was seen, and why it could not be recorded."""
    try:
        name = os.path.join(tapes, "%d.unrecorded" % os.getpid())  # noqa: UP031
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, why.encode())
        finally:
            os.close(descriptor)
    except OSError:
        pass


_run()
