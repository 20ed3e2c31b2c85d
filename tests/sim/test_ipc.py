import errno

import pytest
import sysv_ipc

from energymarket import ipc
from energymarket.bugs import Bug
from energymarket.registry import Registry, read_notes


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    registry = Registry.of_this_process()
    yield registry
    registry.remove()


def exist(registry: Registry) -> int:
    found = 0
    for kind, key in read_notes(registry.path).objects:
        try:
            ipc.OPEN[kind](key)
            found += 1
        except sysv_ipc.ExistentialError:
            pass
    return found


def test_all_objects_are_noted_with_their_ids_and_removed(registry):
    made = ipc.create(40, registry)
    noted = read_notes(registry.path).objects
    assert len(noted) == exist(registry) == 2 + len(made.keys.semaphores())
    assert None not in noted.values()
    made.remove()
    assert exist(registry) == 0


def test_the_leak_forgets_one_queue(registry):
    made = ipc.create(4, registry)
    made.remove(Bug.LEAK)
    assert exist(registry) == 1
    sysv_ipc.MessageQueue(made.keys.counters).remove()


@pytest.mark.parametrize(("kind", "setting"), [("queue", "kernel.msgmni"), ("semaphore", "kernel.sem")])
def test_a_kernel_without_room_is_named_with_its_setting_and_nothing_is_left(registry, monkeypatch, kind, setting):
    real, made = ipc.OPEN[kind], []

    def full(key, *arguments):
        if len(made) == 1 and arguments:
            raise OSError(errno.ENOSPC, "No space left on device")
        made.append(key)
        return real(key, *arguments)

    monkeypatch.setitem(ipc.OPEN, kind, full)
    with pytest.raises(ipc.LimitError, match=f"raise {setting}"):
        ipc.create(4, registry)
    monkeypatch.undo()
    assert exist(registry) == 0


def test_a_queue_too_small_for_one_offer_is_named_with_its_setting(registry):
    with pytest.raises(ipc.LimitError, match=r"holds 63 bytes; expected 64 or more.*kernel\.msgmnb"):
        ipc.create(4, registry, queue_bytes=63)
    assert exist(registry) == 0


def test_a_smaller_queue_has_fewer_slots(registry):
    made = ipc.create(4, registry, queue_bytes=200)
    made.remove()
    assert made.slots == 3
