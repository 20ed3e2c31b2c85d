"""SysV shared memory: attached, detached, read, written, removed."""

from __future__ import annotations

LIFE = """
    import sysv_ipc
    memory = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=100)
    try:
        memory.write(b"hello")
        memory.write("world", offset=10)
        print(memory.read(5), memory.read(5, 10), memory.read(byte_count=3, offset=12), memory.size)
        print(bytes(memoryview(memory)[:5]), memory.attached, memory.address > 0, memory.number_attached)
        second = sysv_ipc.attach(memory.id)
        print(type(second) is type(memory) is sysv_ipc.SharedMemory, second.id == memory.id, second.read(5))
        second.write(b"J")
        second.detach()
        print(memory.read(5), memory.number_attached)
        memory.detach()
        print(memory.attached, memory.address, memory.number_attached)
        try:
            memory.read()
        except sysv_ipc.NotAttachedError as error:
            print(error)
        memory.attach(flags=sysv_ipc.SHM_RDONLY)
        try:
            memory.write(b"x")
        except OSError as error:
            print(error)
        memory.detach()
    finally:
        memory.remove()
"""


def test_reads_and_writes_keep_place_and_content(recorded_once, rows):
    run = recorded_once(LIFE)
    assert run.ran == run.bare
    writes = rows(run.reel, "sysv.memory.write")
    assert [(row.a, row.b, row.payload) for row in writes[:3]] == [(0, 5, b"hello"), (10, 5, b"world"), (0, 1, b"J")]
    reads = rows(run.reel, "sysv.memory.read")
    assert [(row.a, row.payload) for row in reads[:4]] == [(0, b"hello"), (10, b"world"), (12, b"rld"), (0, b"hello")]
    assert [row.state for row in (writes[-1], reads[-1])] == ["raised", "raised"]


def test_memory_is_one_object_however_it_was_attached(recorded_once, rows):
    run = recorded_once(LIFE)
    events = rows(run.reel, "sysv.memory")
    assert {(row.kind, row.key) for row in events} == {("sysv.memory", events[0].b)}
    [attached] = rows(run.reel, "sysv.memory.attach_by_id")
    assert (attached.a, attached.state) == (events[0].b, "returned")
    assert attached.b > 0


def test_wrong_arguments_raise_what_they_raise_without_us(recorded):
    run = recorded("""
        import sysv_ipc
        memory = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=10)
        for wrong in (
            lambda: sysv_ipc.SharedMemory(), lambda: sysv_ipc.SharedMemory("key"), lambda: sysv_ipc.attach(),
            lambda: sysv_ipc.attach("x"), lambda: sysv_ipc.attach(2**40), lambda: sysv_ipc.attach(-5),
            lambda: memory.read(-1), lambda: memory.read(1, 100), lambda: memory.read("x"),
            lambda: memory.read(0, 2**70),
            lambda: memory.write(b"x" * 11), lambda: memory.write(b"x", 100), lambda: memory.attach("x"),
            lambda: sysv_ipc.SharedMemory.read(), lambda: sysv_ipc.remove_shared_memory("x"),
        ):
            try:
                wrong()
                print("no error")
            except Exception as error:
                print(type(error), error)
        memory.detach()
        memory.remove()
    """)
    assert run.ran == run.bare
    assert "fault" not in run.reel.processes[0]["facts"]
