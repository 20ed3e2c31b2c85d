"""The code that every recorded process begins with, in one file: it is read once where the modules would be sought.

Finding and reading some forty small files takes a new interpreter longer than running them. The recorder takes their
code and leaves it beside the tapes, in an order in which each module comes after those that it imports. bootstrap runs
it if it is there and was made by the same Python, and imports the modules as usual if not.

What only people and type checkers read is left out of it. To compile that takes the recorder as long as ten processes
take to start: it is kept where Python keeps compiled modules, as long as no source changes.
"""

from __future__ import annotations

import ast
import dis
import importlib.util
import marshal
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from ipcreel import mechanism
from ipcreel.compiled import is_compiled
from ipcreel.interpose.sleep import names_given
from ipcreel.record.wrap import Recording, compiled, shape_of

Module = tuple[str, bool, CodeType | None]  # its file, whether it is a package, its code; None of what is in C
PACKAGE = Path(__file__).parents[1]
# Modules of Python that every interpreter has imported before a program begins, or that most programs import.
_ALWAYS_THERE = ("_signal", "os", "time", "sys", "builtins", "_thread")
_MODULES, _LATER = "code", "later"
_CORE = "ipcreel.core"
_OTHERS = (
    "ipcreel.mechanism", "ipcreel.record.wrap", "ipcreel.record.source", "ipcreel.interpose.tracebacks",
    "ipcreel.tape.pack",
)  # fmt: skip
# Of these the functions sleep until one of them is called: most short programs call none.
_ASLEEP = ("os", "time", "_thread", "builtins")
# What does in Python what is done in C already.
_NOT_NEEDED = ("ipcreel.tape.plain", "ipcreel.interpose.by_ctypes", "ipcreel.interpose.clibrary") if is_compiled else ()


def file_name(kind: str = _MODULES, magic: bytes = importlib.util.MAGIC_NUMBER) -> str:
    """The name of the file for the Python whose bytecode begins with `magic`."""
    return f"{kind}-{magic[:2].hex()}"


def write(tapes: Path) -> None:
    """Leave the code in the directory of a recording. Where that fails, processes start more slowly."""
    for kind, content in zip((_MODULES, _LATER), _content(), strict=True):
        file = tapes / file_name(kind)
        try:
            file.touch(0o600)
            file.write_bytes(content)
        except OSError:
            file.unlink(missing_ok=True)  # half of it would be worse than none


def _content() -> tuple[bytes, bytes]:
    """What every process runs at its start, and what it may need later, marshalled."""
    sources = sorted(PACKAGE.rglob("*.py"))
    key = [is_compiled, *((str(file), (status := file.stat()).st_mtime_ns, status.st_size) for file in sources)]
    kept = Path(importlib.util.cache_from_source(__file__)).with_name(file_name("bundle"))
    try:
        made_of, *content = marshal.loads(kept.read_bytes())
        if made_of == key:
            return content[0], content[1]
    except (OSError, ValueError, EOFError, TypeError):
        pass
    if sys.dont_write_bytecode:
        return _parts(_as_kept_by_python, _ASLEEP)
    made = _parts(_plain, tuple(mechanism.PATCHES))
    unfinished = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_bytes(marshal.dumps((key, *made)))
        os.replace(unfinished, kept)
    except OSError:  # the package is not ours to write to
        unfinished.unlink(missing_ok=True)
    return made


def _parts(code_of: Callable[[str, Path], CodeType], late: tuple[str, ...]) -> tuple[bytes, bytes]:
    """`late`: the modules of Python whose mechanisms are among what is needed later; others are imported as usual."""
    first: dict[str, Module | None] = {}
    asleep = _asleep()
    _add("ipcreel", first, code_of)
    if is_compiled:
        first[_CORE] = import_module(_CORE).__file__ or "", False, None
    _add("ipcreel.record.start", first, code_of)
    first.pop("ipcreel.tape.pack" if is_compiled else "", None)  # most processes need only what of it is in C
    for key in _ALWAYS_THERE if not asleep else ():
        for name in mechanism.PATCHES.get(key, ()):
            _add(f"ipcreel.mechanism.{name}", first, code_of)
    later: dict[str, Module | None] = {}
    needs = {}
    code_once = cache(code_of)  # they have much in common
    roots = [f"ipcreel.mechanism.{name}" for key in late for name in mechanism.PATCHES[key]]
    for root in dict.fromkeys((*_OTHERS, *roots)):
        all_of_it = dict(first)
        _add(root, all_of_it, code_once)
        needed = {name: module for name, module in all_of_it.items() if name not in first}
        needs[root] = tuple(needed)
        later |= needed
    modules = {name: (*module[:2], marshal.dumps(module[2])) for name, module in later.items() if module}
    rest = {"needs": needs, "modules": modules, "wrappers": _wrappers()}
    begin = [(name, *module) for name, module in first.items() if module], tuple(mechanism.PATCHES), asleep
    return marshal.dumps(begin), marshal.dumps(rest)


def _asleep() -> dict[str, tuple[str, ...]]:
    """By module of Python: those of its functions that can sleep."""
    if not is_compiled:
        return {}
    reading = Recording()
    return {
        name: names_given(import_module(name), partial(reading.install, names=mechanism.PATCHES[name]))
        for name in _ASLEEP
    }


@cache
def _as_kept_by_python(name: str, file: Path) -> CodeType:
    code = SourceFileLoader(name, str(file)).get_code(name)
    assert code is not None  # it has a source
    return code


def _plain(name: str, file: Path) -> CodeType:
    tree = _Plain().visit(ast.parse(file.read_bytes()))
    return compile(ast.fix_missing_locations(tree), str(file), "exec", dont_inherit=True)


class _Plain(ast.NodeTransformer):
    """Leaves out documentation and annotations, and with them what needs `from __future__ import annotations`.

    What a module takes of ours while it runs was run before: it takes it from the table of modules, which bootstrap
    gives it under this name. The import system takes ten times as long to find that it is there.
    """

    _MODULES = "_modules"

    def __init__(self) -> None:
        self._is_called_later = False  # the function that is visited, after its module has run

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if getattr(node, "body", None) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.module == "__future__":
            return None
        if self._is_called_later or not node.module or node.module.partition(".")[0] != "ipcreel":
            return node
        text = "\n".join(f"{name.asname or name.name} = {self._place(node.module, name.name)}" for name in node.names)
        return [ast.copy_location(assignment, node) for assignment in ast.parse(text).body]

    def _place(self, module: str, name: str) -> str:
        inner = f"{module}.{name}"
        if PACKAGE.parent.joinpath(*inner.split(".")).with_suffix(".py").exists():
            return f"{self._MODULES}[{inner!r}]"
        return f"{self._MODULES}[{module!r}].{name}"

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        return node.orelse if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return None
        self.generic_visit(node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.returns = None
        outer, self._is_called_later = self._is_called_later, True
        try:
            return self.generic_visit(node)
        finally:
            self._is_called_later = outer

    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = None
        return node


def _wrappers() -> dict[tuple[object, ...], bytes]:
    """The code of the wrappers of all mechanisms, by shape."""
    rows = [row for name in mechanism.mechanisms() for row in import_module(f"ipcreel.mechanism.{name}").OPERATIONS]
    each = [
        (row, semantic, is_usual)
        for row in rows
        for semantic in {False, row.semantic}
        for is_usual in {False, row.usual is not None}
    ]
    shapes = {shape_of(*one): one for one in each}
    return {shape: marshal.dumps(compiled(*one)) for shape, one in shapes.items()}


def _add(name: str, modules: dict[str, Module | None], code_of: Callable[[str, Path], CodeType]) -> None:
    """Take the code of a module, after those of ours that it imports."""
    if name in modules or name in _NOT_NEEDED:
        return
    place = PACKAGE.parent.joinpath(*name.split("."))
    is_package = place.is_dir()
    file = place / "__init__.py" if is_package else place.with_suffix(".py")
    if not file.exists():  # a name in a module, not a module
        return
    modules[name] = None
    parent = name.rpartition(".")[0]
    if parent:
        _add(parent, modules, code_of)
    for imported in _imports(_as_kept_by_python(name, file)):
        _add(imported, modules, code_of)
    del modules[name]  # and at the end again
    modules[name] = str(file), is_package, code_of(name, file)


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
