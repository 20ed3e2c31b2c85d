"""The code that every recorded process begins with, in one file: it is read once where the modules would be sought.

Finding and reading some forty small files takes a new interpreter longer than running them. The recorder takes their
code, as Python keeps it, and leaves it beside the tapes, in an order in which each module comes after those that it
imports. bootstrap runs it if it is there and was made by the same Python, and imports the modules as usual if not.
"""

from __future__ import annotations

import dis
import importlib.util
import marshal
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from ipcreel import mechanism
from ipcreel.record.source import shape_of
from ipcreel.record.wrap import compiled

PACKAGE = Path(__file__).parents[1]
# Modules of Python that every interpreter has imported before a program begins, or that most programs import.
_ALWAYS_THERE = ("_signal", "os", "time", "sys", "builtins", "_thread")


def file_name(magic: bytes = importlib.util.MAGIC_NUMBER) -> str:
    """The name of the file for the Python whose bytecode begins with `magic`."""
    return f"code-{magic[:2].hex()}"


def write(tapes: Path) -> None:
    """Leave the code in the directory of a recording. Where that fails, processes start more slowly."""
    roots = ["ipcreel.record.start"]
    roots += [f"ipcreel.mechanism.{name}" for key in _ALWAYS_THERE for name in mechanism.PATCHES.get(key, ())]
    modules: dict[str, tuple[str, bool, CodeType] | None] = {}
    for root in roots:
        _add(root, modules)
    file = tapes / file_name()
    try:
        file.touch(0o600)
        in_order = [(name, *module) for name, module in modules.items() if module]
        file.write_bytes(marshal.dumps((in_order, _wrappers())))
    except OSError:
        file.unlink(missing_ok=True)  # half of it would be worse than none


def _wrappers() -> dict[tuple[object, ...], bytes]:
    """The code of the wrappers that most programs use, by shape."""
    names = {name for key in (*_ALWAYS_THERE, "threading") for name in mechanism.PATCHES[key]}
    rows = [row for name in sorted(names) for row in import_module(f"ipcreel.mechanism.{name}").OPERATIONS]
    each = [
        (row, semantic, is_usual)
        for row in rows
        for semantic in {False, row.semantic}
        for is_usual in {False, row.usual is not None}
    ]
    shapes = {shape_of(*one): one for one in each}
    return {shape: marshal.dumps(compiled(*one)) for shape, one in shapes.items()}


def _add(name: str, modules: dict[str, tuple[str, bool, CodeType] | None]) -> None:
    """Take the code of a module, after those of ours that it imports."""
    if name in modules:
        return
    place = PACKAGE.parent.joinpath(*name.split("."))
    is_package = place.is_dir()
    file = place / "__init__.py" if is_package else place.with_suffix(".py")
    if not file.exists():  # a name in a module, not a module
        return
    code = SourceFileLoader(name, str(file)).get_code(name)
    assert code is not None  # it has a source
    modules[name] = None
    parent = name.rpartition(".")[0]
    if parent:
        _add(parent, modules)
    for imported in _imports(code):
        _add(imported, modules)
    del modules[name]  # and at the end again
    modules[name] = str(file), is_package, code


def _imports(code: CodeType) -> Iterator[str]:
    """What of ours a module imports as it is imported itself, modules and names in them; not for type checkers."""
    skipped_to, is_guarded, last = 0, False, None
    for now in dis.get_instructions(code):
        if now.offset < skipped_to:
            continue
        if now.opname == "LOAD_NAME":
            is_guarded = now.argval == "TYPE_CHECKING"
        elif is_guarded and now.opcode in dis.hasjrel:
            skipped_to, is_guarded = now.argval, False
        elif last is not None and now.opname == "IMPORT_NAME" and now.argval.partition(".")[0] == "ipcreel":
            yield from (now.argval, *(f"{now.argval}.{name}" for name in last.argval or ()))
        last = now
