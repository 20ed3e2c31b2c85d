import secrets

import pytest
import sysv_ipc

from energymarket.clean import clean
from energymarket.registry import Process, Registry, folder, this_process


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def queue():
    made = sysv_ipc.MessageQueue(1 + secrets.randbelow(2**31 - 1), sysv_ipc.IPC_CREX, 0o600)
    yield made
    try:
        made.remove()
    except sysv_ipc.ExistentialError:
        pass


def exists(queue) -> bool:
    try:
        return sysv_ipc.MessageQueue(queue.key).id == queue.id
    except sysv_ipc.ExistentialError:
        return False


def notes_of_a_dead_run(key: int, number: int | None, *processes: Process) -> None:
    registry = Registry(folder() / "4194304999-1.jsonl")
    registry.note_objects("queue", {key: number})
    for process in processes:
        registry.note_process("home-0", process)


def test_what_a_dead_run_noted_is_removed(queue):
    notes_of_a_dead_run(queue.key, queue.id)
    assert list(clean()) == ["run of process 4194304999: removed 1 queue"]
    assert not exists(queue)
    assert list(clean()) == []


def test_what_a_run_noted_before_it_was_made_is_removed(queue):
    notes_of_a_dead_run(queue.key, None)
    list(clean())
    assert not exists(queue)


def test_an_object_that_took_the_key_later_is_left_alone(queue):
    notes_of_a_dead_run(queue.key, queue.id + 1)
    assert list(clean()) == ["run of process 4194304999: nothing was left but its notes"]
    assert exists(queue)


def test_an_object_that_others_may_use_is_not_ours(queue):
    queue.mode = 0o666
    notes_of_a_dead_run(queue.key, None)
    list(clean())
    assert exists(queue)


def test_a_living_run_is_left_alone(queue):
    registry = Registry.of_this_process()
    registry.note_objects("queue", {queue.key: queue.id})
    assert list(clean()) == []
    assert exists(queue)
    registry.remove()


def test_a_process_that_took_the_pid_later_is_left_alone(queue):
    us = this_process()
    notes_of_a_dead_run(queue.key, queue.id, Process(us.pid, us.started - 1))
    assert list(clean()) == ["run of process 4194304999: removed 1 queue"]
