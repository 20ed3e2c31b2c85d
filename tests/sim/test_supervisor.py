import os
import signal
import socket
from contextlib import suppress

import pytest

from energymarket.config import START_METHODS

FAST = ("--homes", "4", "--tick-seconds", "0.02")
PROMPT_S = 2.0


def pid_of(notes, name: str) -> int:
    return notes.main.pid if name == "main" else notes.processes[name].pid


@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_within_two_seconds_and_leaves_nothing(market, method, number, exit_code):
    process, notes = market.start_ticking(*FAST, "--start-method", method)
    process.send_signal(number)
    assert market.wait_until(lambda: process.poll() is not None, "main has ended") < PROMPT_S
    assert process.returncode == exit_code
    market.assert_nothing_left(notes)
    assert f"stopped by {number.name}" in process.communicate()[1]


def test_ctrl_c_that_reaches_every_process_ends_the_run_in_the_same_way(market):
    process, notes = market.start_ticking(*FAST)
    for name in ("main", *notes.processes):
        with suppress(ProcessLookupError):  # the main process has ended it already
            os.kill(pid_of(notes, name), signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "energymarket: stopped by SIGINT\n")
    market.assert_nothing_left(notes)


def test_ctrl_c_while_processes_are_started_ends_the_run(market):
    process = market.start("run", "--homes", "100", "--output", "quiet")
    market.wait_until(lambda: any("home-3" in notes.processes for notes in market.all_notes()), "homes are started")
    (notes,) = market.all_notes()
    process.send_signal(signal.SIGINT)
    assert market.wait_until(lambda: process.poll() is not None, "main has ended") < PROMPT_S
    assert process.returncode == 130
    market.assert_nothing_left(notes)


@pytest.mark.parametrize("method", START_METHODS)
def test_children_end_when_main_is_killed_and_clean_removes_the_rest(market, method):
    process, notes = market.start_ticking(*FAST, "--start-method", method)
    process.kill()
    process.wait()
    assert market.wait_until(lambda: not market.living(notes), "the children have ended") < PROMPT_S
    assert len(market.objects(notes)) == len(notes.objects)
    cleaned = market.run("clean")
    assert f"run of process {process.pid}: removed 2 queues, " in cleaned.stdout
    market.assert_nothing_left(notes)
    assert market.run("clean").stdout == "no killed run left anything\n"


@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize("name", ["home-2", "market", "weather", "external"])
def test_a_killed_process_stops_the_run_and_is_named(market, method, name):
    process, notes = market.start_ticking(*FAST, "--start-method", method)
    os.kill(pid_of(notes, name), signal.SIGKILL)
    assert market.wait_until(lambda: process.poll() is not None, "main has ended") < PROMPT_S
    _, err = process.communicate()
    assert process.returncode == 1
    exit_ = "ended" if name == "external" else "was killed by SIGKILL"
    assert f"energymarket: {name} {exit_} in the middle of the run; everything was stopped" in err
    market.assert_nothing_left(notes)


def test_a_stopped_process_does_not_keep_the_run_from_ending(market):
    process, notes = market.start_ticking(*FAST)
    os.kill(pid_of(notes, "home-1"), signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    assert market.wait_until(lambda: process.poll() is not None, "main has ended") < PROMPT_S
    market.assert_nothing_left(notes)


def test_two_runs_at_once_do_not_meet(market):
    one, notes = market.start_ticking(*FAST)
    other = market.run("run", "--ticks", "3", "--tick-seconds", "0", "--output", "quiet")
    assert other.returncode == 0
    assert one.poll() is None
    assert len(market.objects(notes)) == len(notes.objects)


def test_clean_leaves_a_living_run_alone(market):
    process, notes = market.start_ticking(*FAST)
    assert market.run("clean").stdout == "no killed run left anything\n"
    assert len(market.objects(notes)) == len(notes.objects)
    assert process.poll() is None


def test_a_port_in_use_is_one_clear_line(market):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = market.run("run", "--port", str(port), "--ticks", "1", keep_notes=True)
    assert ended.returncode == 1
    assert ended.stderr == (
        f"energymarket: port {port} on this host cannot be used (Address already in use); "
        "give another with --port, or 0\n"
    )
    market.assert_nothing_left()


def test_a_reader_that_stops_reading_ends_the_run(market):
    process, notes = market.start_ticking(*FAST)
    process.stdout.close()
    process.stdout = None
    market.wait_until(lambda: process.poll() is not None, "main has ended")
    assert (process.returncode, process.communicate()[1]) == (1, "")
    market.assert_nothing_left(notes)
