"""`subprocess`: a program started, its pipes, and how it ended.

A Popen is one operation from its pipes to the exec of its child; the signals that it sends are sent through `os.kill`.
"""

from __future__ import annotations

from ipcreel.interpose.frames import is_ours
from ipcreel.mechanism.keeping import number
from ipcreel.mechanism.operation import IN, OUT, Operation
from ipcreel.mechanism.processes import argv_of
from ipcreel.mechanism.rawfile import put_beneath, recording, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from ipcreel.mechanism.reading import Reading

_ENDS_AT = 10  # the place of the descriptors of the pipes among the arguments of `_execute_child`
_SESSION_AT, _PREEXEC_AT = 16, 7  # among the arguments of Popen, itself the first
_NEW_SESSION, _PREPARED = 1, 2
_RUNNING = -(1 << 31)  # stands for a return code that is not there yet


def _command(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    command = args[1] if len(args) > 1 else kwargs.get("args")
    return _apart(args, kwargs), command if type(command) in (str, bytes) else argv_of(command)


def _apart(args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """Whether the child is made to live on by itself."""
    session = args[_SESSION_AT] if len(args) > _SESSION_AT else kwargs.get("start_new_session")
    before = args[_PREEXEC_AT] if len(args) > _PREEXEC_AT else kwargs.get("preexec_fn")
    return (_NEW_SESSION if session is True else 0) | (_PREPARED if before is not None else 0)


def _started(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    apart, command = _command(args, kwargs)
    return apart, number(args[0].pid), command


def _give_started(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> None:
    """A Popen like that one, with pipes of its own and no child."""
    import subprocess

    process = args[0]

    def execute(*arguments: Any) -> None:
        process.pid, process._child_created = b, True
        process._close_pipe_fds(*arguments[_ENDS_AT : _ENDS_AT + 6])

    plain: Any = subprocess.Popen.__init__
    process._execute_child = execute
    try:
        getattr(plain, "__wrapped__", plain)(*args, **kwargs)
    finally:
        del process._execute_child


def _child(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, object]:
    return number(getattr(args[0], "pid", 0)) if args else 0, None


def _code(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    return number(args[0].pid), _RUNNING if result is None else number(result), None


def _give_code(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> int | None:
    args[0].returncode = None if b == _RUNNING else b
    return args[0].returncode  # type: ignore[no-any-return]


def _communicated(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> tuple[int, int, object]:
    code = args[0].returncode
    return number(args[0].pid), _RUNNING if code is None else number(code), list(result)


def _give_communicated(args: tuple[Any, ...], kwargs: dict[str, Any], a: int, b: int, payload: Any) -> object:
    _give_code(args, kwargs, a, b, None)
    for stream in (args[0].stdin, args[0].stdout, args[0].stderr):
        if stream is not None:
            stream.close()
    return tuple(payload)


_PIPE_ROWS = rows(0x4210, "subprocess.pipe")
_APART = "1 where it begins a session of its own, plus 2 where a function prepares it"
_CHILD, _CODE = "pid of the child", f"return code, {_RUNNING} while it runs"
OPERATIONS = (
    Operation(
        0x4201, "subprocess.start", "subprocess.Popen.__init__", before=_command, after=_started, blocks=True,
        semantic=True, flow=OUT, give=_give_started, a=_APART, b=_CHILD,
        payload="argv, or the command",
    ),
    Operation(
        0x4202, "subprocess.communicate", "subprocess.Popen.communicate", before=_child, after=_communicated,
        blocks=True, semantic=True, flow=IN, give=_give_communicated, a=_CHILD, b=_CODE,
        payload="what was read of stdout and of stderr",
    ),
    Operation(
        0x4203, "subprocess.wait", "subprocess.Popen.wait", before=_child, after=_code, blocks=True, semantic=True,
        flow=IN, give=_give_code, a=_CHILD, b=_CODE,
    ),
    Operation(
        0x4204, "subprocess.poll", "subprocess.Popen.poll", before=_child, after=_code, semantic=True,
        flow=IN, give=_give_code, a=_CHILD, b=_CODE,
    ),
    *_PIPE_ROWS,
)  # fmt: skip


def install(module: ModuleType, reading: Reading) -> None:
    """The pipes of a Popen are files whose raw layer records."""
    plain = module.io
    shim = type(module)("io", plain.__doc__)
    shim.__dict__.update(plain.__dict__)
    kind = recording(reading, _PIPE_ROWS)

    def open_pipe(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **kwargs: Any) -> Any:
        if type(file) is not int or mode not in ("rb", "wb") or args or kwargs:
            return plain.open(file, mode, buffering, *args, **kwargs)
        if buffering == 0:
            return kind(file, mode)
        buffer = plain.open(file, mode, buffering, closefd=False)
        put_beneath(buffer, kind(file, mode))
        return buffer

    shim.open = open_pipe  # type: ignore[attr-defined]
    module.io = shim  # type: ignore[attr-defined]
    if hasattr(module, "_text_encoding"):
        module._text_encoding = _warning_beyond_us(module, module._text_encoding)  # type: ignore[attr-defined]


def _warning_beyond_us(module: ModuleType, plain: Any) -> Any:
    """`subprocess` counts its own frames up to its caller in order to warn there; a wrapper of ours lies between."""
    import sys

    def text_encoding() -> Any:
        if not sys.flags.warn_default_encoding:
            return plain()
        frame: Any = sys._getframe(1)
        level = 2
        while frame is not None and (is_ours(frame.f_code.co_filename) or frame.f_code.co_filename == module.__file__):
            level += not is_ours(frame.f_code.co_filename)  # `warnings` leaves ours out by itself
            frame = frame.f_back
        module.warnings.warn("'encoding' argument not specified.", EncodingWarning, level)
        return "utf-8" if sys.flags.utf8_mode else module.locale.getencoding()

    return text_encoding
