"""An event in words: its fields, its payload, its partners, its line."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np

from ipcreel.analysis.flows.match import KINDS
from ipcreel.analysis.joins import CERTAINTY_NAMES
from ipcreel.analysis.state import States
from ipcreel.reel import Reel, ReelError, payload
from ipcreel.reel.describe import message_of, text_of
from ipcreel.reel.text import duration_text, looks_pickled, pickle_opcodes
from reelview import page
from reelview.usage import Usage

_MOST_PARTNERS = 20
_MOST_BYTES = 4096
_AROUND = 4
_LONG = 60


class InspectPage:
    """Writes what is known of an event.

    Args:
        waited_ns: how long an event was blocked, as the timeline hatches it.
        states: what answers who held what it waited for in vain.
        usage: what names objects by their functions; by default it is worked out at the first question.
    """

    def __init__(
        self,
        reel: Reel,
        waited_ns: Callable[[int], int] = lambda _: 0,
        states: States | None = None,
        usage: Usage | None = None,
    ) -> None:
        self._reel = reel
        self._states = states
        self._waited_ns = waited_ns
        self._usage = usage or Usage(reel)

    def write(self, event: int | None) -> str:
        if event is None or not 0 <= event < len(self._reel):
            return page.faint("Click an event in the timeline, or a link in a panel, to see all of it here.")
        return "".join((self._fields(event), self._partners(event), self._payload(event), self._source(event)))

    def _fields(self, event: int) -> str:
        reel = self._reel
        row = reel.operations[int(reel.op[event])]
        length = duration_text(int(reel.end[event] - reel.begin[event]))
        how = "has not returned" if reel.pending[event] else f"raised after {length}" if reel.raised[event] else length
        process = reel.processes[int(reel.process[event])]
        fields = [
            ("lane", f"{page.text(reel.lane_name(int(reel.lane[event])))} {page.faint('pid ' + str(process['pid']))}"),
            ("object", self._object(int(reel.object[event]))),
            ("begin", f"{(int(reel.begin[event]) - reel.begin_ns) / 1e9:.9f} s"),
            ("took", page.text(how)),
            ("waited", self._waited(event)),
        ]
        for column in ("a", "b"):
            if row[column]:
                name = str(row[column]).partition(";")[0].partition(" (")[0]
                fields.append((name, str(int(getattr(reel, column)[event]))))
        cones = (
            page.link(f"cone:{event}", "past and future"),
            page.link(f"past:{event}", "past"),
            page.link(f"future:{event}", "future"),
        )
        cells = [(page.faint(page_name), value) for page_name, value in fields if value]
        head = f"<b>{page.text(row['name'])}</b> {page.faint(f'event {event}')}"
        return f"{head}{page.table(cells, (38, 62))}On the timeline: {', '.join(cones)}"

    def _waited(self, event: int) -> str:
        """How long, and for whom; empty where it did not wait."""
        flows, reel = self._reel.flows, self._reel
        waited_ns = self._waited_ns(event)
        if not waited_ns:
            return ""
        causes = [int(reel.lane[cause]) for cause in flows.cause[flows.effect == event].tolist()]
        lanes = dict.fromkeys(causes or self._holders(event, int(reel.begin[event]) + waited_ns // 2))
        others = [reel.lane_name(lane) for lane in lanes if lane != int(reel.lane[event])]
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        for_whom = f" for {', '.join(others[:3])}{more}" if others else ""
        return f"{page.text(duration_text(waited_ns))}<b>{page.text(for_whom)}</b>"

    def _holders(self, event: int, at_ns: int) -> tuple[int, ...]:
        """The lanes that held at a moment what an event waited for."""
        waits = self._states.at(at_ns).graph.waits if self._states is not None else ()
        return next((wait.holders for wait in waits if wait.event == event), ())

    def _object(self, number: int) -> str:
        return f"{page.text(self._reel.objects[number][3])} {page.faint(self._usage.text(number))}" if number else ""

    def _payload(self, event: int) -> str:
        try:
            value = message_of(self._reel, event)
        except ReelError as error:
            return page.heading("Payload") + page.bad(error)
        if value is None:
            return ""
        cut = self._reel.cut.get(event)
        note = page.faint(f"cut: it had {cut:,} bytes") if cut else ""
        kind, shown = decoded(value)
        return page.heading(f"Payload ({kind})") + note + page.pre(shown)

    def _partners(self, event: int) -> str:
        flows, reel = self._reel.flows, self._reel
        lines = []
        for here, there, words in ((flows.effect, flows.cause, "caused by"), (flows.cause, flows.effect, "leads to")):
            for flow in np.flatnonzero(here == event).tolist():
                other = int(there[flow])
                name = str(reel.operations[int(reel.op[other])]["name"])
                certainty = CERTAINTY_NAMES[int(flows.certainty[flow])]
                doubt = "" if certainty == "exact" else f", {certainty}"
                lines.append(
                    f"{words} {page.link(f'event:{other}', f'{reel.lane_name(int(reel.lane[other]))} {name}')} "
                    + page.faint(f"{KINDS[int(flows.kind[flow])]}{doubt} {text_of(reel, other, _LONG)}")
                )
        return page.heading("Partners") + (page.first(lines, _MOST_PARTNERS, "partners") or page.faint("none is known"))

    def _source(self, event: int) -> str:
        file, line, function, _ = self._reel.sites[int(self._reel.site[event])]
        if not file:
            return ""
        where = f"{str(file).rsplit('/', 1)[-1]}:{line} in {function}"
        note, lines = source_text(self._reel, str(file))
        if not lines:
            return page.heading(where) + page.faint(f"{file}: {note}")
        first = max(int(line) - 1 - _AROUND, 0)
        around = dedent("\n".join(lines[first : int(line) + _AROUND])).split("\n")
        shown = [
            f"{'▶' if number == line else ' '} {number:4}  {text}" for number, text in enumerate(around, first + 1)
        ]
        return page.heading(where) + (page.bad(note) if note else "") + page.source(shown, int(line) - 1 - first)


def decoded(value: Any) -> tuple[str, str]:
    """What a payload is, and how it is read: text, JSON, msgpack, opcodes of a pickle, hex."""
    if not isinstance(value, bytes | bytearray):
        if isinstance(value, dict) and "raised" in value:
            return "exception", f"{value['raised']}: {value.get('text', '')}"
        return "value", _json(value)
    data = bytes(value)
    try:
        text = data.decode()
        if all(char.isprintable() or char in "\r\n\t" for char in text):
            return _text(text)
    except UnicodeDecodeError:
        pass
    if looks_pickled(data):
        return "pickle, as opcodes; never loaded", pickle_opcodes(data)[:_MOST_BYTES]
    try:
        packed = payload.decode(data)
        if isinstance(packed, dict | list):
            return "msgpack", _json(packed)
    except (ValueError, RecursionError):
        pass
    return f"{len(data):,} bytes", hexadecimal(data[:_MOST_BYTES])


def _text(text: str) -> tuple[str, str]:
    if text[:1] in "{[":
        try:
            return "JSON", _json(json.loads(text))
        except (ValueError, RecursionError):
            pass
    return "text", text[:_MOST_BYTES]


def _json(value: Any) -> str:
    """An item a line; but a list of numbers or words, of which a line has room for many, as one."""
    is_plain = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    return json.dumps(value, indent=None if is_plain else 1, ensure_ascii=False, default=repr)[:_MOST_BYTES]


def hexadecimal(data: bytes) -> str:
    """Sixteen bytes a line, with their offset, and as ASCII where they are."""
    lines = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{at:06x}  {part.hex(' '):47}  {shown}")
    return "\n".join(lines)


def source_text(reel: Reel, file: str) -> tuple[str, list[str]]:
    """What is to be said of a source file, and its lines; none where it is not as it was."""
    recorded = next((row for row in reel.sources if row[0] == file), None)
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        return f"cannot be read here: {error.strerror}", []
    if recorded is None:
        return "not among the files whose text the reel vouches for; this is the file as it is now", _lines(data)
    if hashlib.sha256(data).hexdigest() != recorded[3]:
        return "the file has changed since the recording, so its line is not shown", []
    return "", _lines(data)


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()


def replay_command(reel: Reel, event: int) -> str:
    """The command that runs the event's process again up to it."""
    process = int(reel.process[event])
    name = reel.process_name(process)
    alike = sum(reel.process_name(row) == name for row in range(len(reel.processes)))
    wanted = name if alike == 1 else str(reel.processes[process]["pid"])
    return f"ipcreel replay {shlex.quote(str(reel.path))} --process {shlex.quote(wanted)} --to {event}"
