"""Starts the recorder in a new interpreter, then runs the user's own sitecustomize, if there is one.

Every Python that is started finds this file, old ones too: it must be read by all of them.
"""
# mypy: ignore-errors

import os
import sys


def _run():
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    ours = sys.modules.pop("sitecustomize")
    if "IPCREEL_TAPES" in os.environ:
        if sys.version_info >= (3, 11):  # noqa: UP036
            _start(os.path.dirname(os.path.dirname(os.path.dirname(folder))))
        else:
            _leave_note(os.environ["IPCREEL_TAPES"])
    try:
        import sitecustomize  # noqa: F401
    except BaseException:
        # The import system takes the module out of this table again, whatever the outcome: `site` then sees what it
        # would see without us, a missing sitecustomize included.
        sys.modules["sitecustomize"] = ours
        raise


def _start(package):
    try:
        code = _read_code(package)
        sys.path.append(package)
        if code is not None:
            sys.meta_path.insert(0, code)
        try:
            from ipcreel.record import start
        finally:
            sys.path.remove(package)
        start.start()
        if code is not None:
            sys.meta_path.remove(code)
    except Exception:  # a fault of ours must not reach the program
        kind, error = sys.exc_info()[:2]
        sys.stderr.write("ipcreel: this process is not recorded: %s: %s\n" % (kind.__name__, error))  # noqa: UP031


class _Code:
    """Imports our modules from one file, in which the recorder left them compiled (see ipcreel.record.bundle)."""

    def __init__(self, modules):
        import marshal

        self.load = marshal.loads
        self.modules = modules
        self.spec = sys.modules["_frozen_importlib"].ModuleSpec

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        file, is_package, _ = self.modules[name]
        spec = self.spec(name, self, origin=file, is_package=is_package)
        spec._set_fileattr = True
        if is_package:
            spec.submodule_search_locations = [os.path.dirname(file)]
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.load(self.modules[module.__name__][2]), module.__dict__)


def _read_code(package):
    """The code that was left for this Python, if it is that of this package."""
    import marshal

    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    try:
        descriptor = os.open(os.path.join(os.environ["IPCREEL_TAPES"], "code-" + magic[:2].hex()), os.O_RDONLY)
    except OSError:
        return None
    try:
        modules = marshal.loads(os.read(descriptor, os.fstat(descriptor).st_size))
    finally:
        os.close(descriptor)
    return _Code(modules) if modules["ipcreel"][0].startswith(package) else None


def _leave_note(tapes):
    """Say that this process was seen, and why it could not be recorded."""
    try:
        name = os.path.join(tapes, "%d.unrecorded" % os.getpid())  # noqa: UP031
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(descriptor, ("Python %d.%d, older than 3.11" % sys.version_info[:2]).encode())  # noqa: UP031
        os.close(descriptor)
    except OSError:
        pass


_run()
