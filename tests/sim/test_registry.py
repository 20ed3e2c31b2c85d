import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from energymarket.registry import Process, Registry, RegistryError, all_notes, folder, read_notes, this_process


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_notes_read_back():
    registry = Registry.of_this_process()
    registry.note_objects("queue", {17: None, 18: None})
    registry.note_objects("queue", {17: 5})
    registry.note_process("home-0", Process(4, 5))
    notes = read_notes(registry.path)
    assert notes.main == this_process()
    assert notes.objects == {("queue", 17): 5, ("queue", 18): None}
    assert notes.processes == {"home-0": Process(4, 5)}
    registry.remove()
    assert list(all_notes()) == []


def test_only_their_user_can_read_notes():
    registry = Registry.of_this_process()
    modes = [stat.S_IMODE(os.stat(path).st_mode) for path in (folder(), registry.path)]
    registry.remove()
    assert modes == [0o700, 0o600]


def test_a_line_that_was_cut_short_is_left_out():
    registry = Registry.of_this_process()
    registry.note_objects("queue", {17: 5})
    with registry.path.open("a") as file:
        file.write('{"object": "que')
    notes = read_notes(registry.path)
    registry.remove()
    assert notes.objects == {("queue", 17): 5}


def test_a_folder_that_others_may_enter_is_not_trusted():
    folder().chmod(0o755)
    with pytest.raises(RegistryError, match="not a folder that only you can enter"):
        folder()


def test_a_link_in_the_place_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / f"energymarket-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RegistryError, match="not a folder"):
        folder()


def test_a_process_is_alive_until_it_ends():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = int(Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()[19])
    assert Process(child.pid, started).alive
    assert not Process(child.pid, started + 1).alive
    child.communicate()
    assert not Process(child.pid, started).alive
