"""The code that every recorded process begins with, in one file: it is read once where the modules would be sought.

Finding and reading some forty small files takes a new interpreter longer than running them. The recorder compiles them
beforehand, without what only people and type checkers read, and leaves the code beside the tapes, in an order in which
each module comes after those that it imports. bootstrap runs it if it is there and was made by the same Python, and
imports the modules as usual if not.
"""

from __future__ import annotations

import ast
import importlib.util
import marshal
from importlib import import_module
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
    try:
        file = tapes / file_name()
        file.touch(0o600)
        in_order = [(name, *module) for name, module in modules.items() if module]
        file.write_bytes(marshal.dumps((in_order, _wrappers())))
    except OSError:
        pass


def _wrappers() -> dict[tuple[object, ...], bytes]:
    """The code of the wrappers that most programs use, by shape."""
    names = {name for key in (*_ALWAYS_THERE, "threading") for name in mechanism.PATCHES[key]}
    rows = [row for name in sorted(names) for row in import_module(f"ipcreel.mechanism.{name}").OPERATIONS]
    each = [(row, semantic) for row in rows for semantic in {False, row.semantic}]
    shapes = {shape_of(row, semantic): (row, semantic) for row, semantic in each}
    return {shape: marshal.dumps(compiled(*one)) for shape, one in shapes.items()}


def _add(name: str, modules: dict[str, tuple[str, bool, CodeType] | None]) -> None:
    """Compile a module, after those of ours that it imports as it is imported itself."""
    if name in modules:
        return
    place = PACKAGE.parent.joinpath(*name.split("."))
    is_package = place.is_dir()
    file = place / "__init__.py" if is_package else place.with_suffix(".py")
    if not file.exists():  # a name in a module, not a module
        return
    tree = _Bare().visit(ast.parse(file.read_bytes()))
    modules[name] = None
    parent = name.rpartition(".")[0]
    if parent:
        _add(parent, modules)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ipcreel"):
            for imported in (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)):
                _add(imported, modules)
    del modules[name]  # and at the end again
    modules[name] = (
        str(file),
        is_package,
        compile(ast.fix_missing_locations(tree), str(file), "exec", dont_inherit=True),
    )


class _Bare(ast.NodeTransformer):
    """Leaves out docstrings, annotations, what is for type checkers only, and the import of `__future__`."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        arguments = node.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            argument.annotation = None
        for many in (arguments.vararg, arguments.kwarg):
            if many is not None:
                many.annotation = None
        return self._without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node.orelse
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if node.module == "__future__" else node

    def _without_docstring(self, node: ast.Module | ast.ClassDef | ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            del node.body[0]
        if not node.body and not isinstance(node, ast.Module):
            node.body.append(ast.copy_location(ast.Pass(), node))
        return node
