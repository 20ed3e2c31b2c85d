"""Where things stand in the two files of a tape, and the tags of the records in its stream.

A tape is NAME.events and, where the stream is long, NAME.stream, in a directory that belongs to one recording.

NAME.events: one page with a msgpack map (who the process is), padded with nil; then the begin of the stream, EARLY
bytes; then events, 64 bytes each, as event.tape_dtype() has them. The slot of an event is its position after that. A
slot never filled is zeros.
NAME.stream: the stream from its first byte on. Each record lies whole in one of the two files, and where it would lie
in the other there are zeros.
The stream: msgpack arrays, each with a tag first. What was reserved and not written is zeros, which msgpack reads as
the integer 0.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

TAPES = ".tapes"  # the end of the name of that directory
VERSION = 3
PAGE = 4096
EARLY = 3 * PAGE  # bytes of the stream: most processes need no more, and one file is made and removed sooner than two
HEAD = PAGE + EARLY  # bytes before the first event
SLOT = 64  # bytes of an event: event.SIZE, which a process that is recorded does not load for that
FIRST = 1 << 15  # bytes of NAME.events, mapped at the begin: most processes need no more
CHUNK = 1 << 18  # bytes, mapped at a time after that

PAYLOAD = 0  # [PAYLOAD, slot, value] or, where it was cut, [PAYLOAD, slot, value, size it had]
SITE = 1  # [SITE, id, file, line, function, instruction]
OBJECT = 2  # [OBJECT, id, kind, shared, key, name]
LANE = 3  # [LANE, id, native thread id, name]
FACT = 4  # [FACT, key, value]: what is known of the process; a later one replaces an earlier
SOURCE = 5  # [SOURCE, file, size, modification time ns, sha256]: a file of the program

EVENTS = ".events"
STREAM = ".stream"
STOPPED = ".stopped"  # exists where recording stopped early: [slot, why]


def tape_names(directory: Path) -> list[str]:
    """The tapes of a recording, in the order in which they began."""
    return sorted(path.name.removesuffix(EVENTS) for path in directory.glob(f"*{EVENTS}"))


def newest_tapes(output: Path) -> Path | None:
    """The directory of tapes of the recording that makes `output`; None without one."""
    from glob import escape

    found = output.absolute().parent.glob(f".{escape(output.name)}.*{TAPES}")
    # One may be left of a recorder that was killed.
    return max(found, key=_modified_ns, default=None)


def _modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # it has just been removed
        return 0
