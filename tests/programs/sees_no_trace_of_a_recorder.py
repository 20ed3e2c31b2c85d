# env: HOME_PRICE=0.25
# args: one two=3
"""A program prints its environment, arguments, paths, flags, modules and limits: nothing in them may tell that a recorder is there."""

import sys

LATER = ("threading", "socket", "multiprocessing", "asyncio", "logging", "subprocess", "queue", "select", "selectors", "random", "tempfile")
LATER += ("signal", "concurrent", "sitecustomize", "usercustomize", "inspect", "json", "datetime", "typing", "dataclasses", "weakref")
print("imported at start", [name for name in LATER if name in sys.modules])

import importlib.util  # noqa: E402
import locale  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402

frame, depth = sys._getframe(), 0
while frame:
    frame, depth = frame.f_back, depth + 1
print("depth", depth, "limit", sys.getrecursionlimit(), "switch", sys.getswitchinterval())
for name, value in sorted(os.environ.items()):
    print(name, "=", value)
print(sorted(os.environb) == sorted(name.encode() for name in os.environ), os.getenv("PYTHONPATH"), os.getenv("PYTHONHASHSEED"))
print(sys.argv, sys.orig_argv, sys.flags, sys.warnoptions, sys._xoptions)
print(sys.path, [hook.__name__ for hook in sys.path_hooks])
print([finder.__name__ for finder in sys.meta_path if finder.__class__ is type], sys.path_importer_cache.keys() >= set(sys.path[:1]))
print(sys.executable, sys.prefix, sys.base_prefix, sys.dont_write_bytecode, sys.pycache_prefix)
print(sys.gettrace(), sys.getprofile(), sys.excepthook is sys.__excepthook__, sys.unraisablehook is sys.__unraisablehook__)
print(sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__, sys.stdout, sys.stderr, sys.displayhook is sys.__displayhook__)
print(sys.exc_info(), hasattr(sys, "last_value"), __name__, __file__, __spec__, __package__, type(__loader__).__name__, sorted(globals()))
for name in ("sitecustomize", "usercustomize"):  # Debian has one of its own; its loader's address is new in each process
    spec = importlib.util.find_spec(name)
    print(spec and (spec.name, type(spec.loader), spec.origin, spec.cached, spec.submodule_search_locations))
print(os.getcwd(), os.listdir("."), oct(os.umask(0o22)), os.getpriority(os.PRIO_PROCESS, 0), locale.getlocale())
print([resource.getrlimit(limit) for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_AS)])
print(sys.flags.hash_randomization, sys.getallocatedblocks() > 0, sys.is_finalizing(), sys.audit("test.event"))
print(os.getpgid(0) == os.getpgid(os.getppid()) or os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpgid(0), os.nice(0))
