"""POSIX shared memory: opened, measured, closed, unlinked."""

from __future__ import annotations

LIFE = """
    import mmap, posix_ipc
    memory = posix_ipc.SharedMemory(None, posix_ipc.O_CREX, size=4096)
    with mmap.mmap(memory.fd, memory.size) as mapped:
        mapped[:5] = b"hello"
        second = posix_ipc.SharedMemory(memory.name)
        with mmap.mmap(second.fileno(), second.size) as again:
            print(again[:5])
    second.close_fd()
    memory.close_fd()
    print(memory.fd, memory.name == str(memory), repr(memory).startswith("posix_ipc.SharedMemory("), oct(memory.mode))
    memory.unlink()
    try:
        posix_ipc.unlink_shared_memory(memory.name)
    except posix_ipc.ExistentialError as error:
        print(error)
    for wrong in (lambda: posix_ipc.SharedMemory(), lambda: posix_ipc.SharedMemory(5), lambda: memory.size):
        try:
            wrong()
        except Exception as error:
            print(type(error), error)
"""


def test_its_life_is_kept_with_size_and_descriptor(recorded_once, rows):
    run = recorded_once(LIFE)
    assert run.ran == run.bare
    events = [row for row in rows(run.reel, "posix.memory") if row.state == "returned"]
    assert [row.operation.removeprefix("posix.memory.") for row in events] == [
        "open", "get_fd", "get_size", "open", "fileno", "get_size", "close_fd", "close_fd", "get_fd", "unlink",
    ]  # fmt: skip
    assert [row.b for row in events if row.operation == "posix.memory.open"] == [4096, 4096]
    assert events[0].a == events[1].a


def test_segments_of_one_name_are_one_object(recorded_once, rows):
    run = recorded_once(LIFE)
    keys = {row.key for row in rows(run.reel, "posix.memory") if row.state == "returned"}
    assert len(keys) == 1
