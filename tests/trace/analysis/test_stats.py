"""Where time went: waits, contention, who came last, lateness, the critical path."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ipcreel.analysis.contention import find_contention, find_meetings, find_rounds
from ipcreel.analysis.critical import FOLLOWS, RUNS, WAITS, critical_path
from ipcreel.analysis.events import Events
from ipcreel.analysis.flows import match
from ipcreel.analysis.lateness import find_depths, find_lateness
from ipcreel.analysis.waits import blocked_by, ends_of, find_waits, lane_times
from tests.trace.analysis.pictures import picture


def whole(events: Events) -> tuple[int, int]:
    return int(events.begin_ns.min()), int(events.end_ns.max())


def waits_of(events: Events, window: tuple[int, int] | None = None):
    flows = match(events)
    return flows, find_waits(events, ends_of(events, flows), window or whole(events))


def path_of(events: Events) -> list[tuple[int, str, int]]:
    flows, waits = waits_of(events)
    path = critical_path(events, flows, waits, ends_of(events, flows), whole(events))
    for one, following in pairwise(path):
        assert one.end_ns == following.begin_ns
    return [(step.lane, step.what, step.end_ns - step.begin_ns) for step in path]


def test_a_lane_waits_in_what_can_wait_and_runs_for_the_rest():
    events = picture("sleep-----          sleep-----")
    _, waits = waits_of(events)
    times = lane_times(events, events.end_ns, waits, whole(events))
    assert (times.alive_ns.tolist(), times.waiting_ns.tolist(), times.running_ns.tolist()) == ([300], [200], [100])


def test_a_wait_inside_a_wait_is_counted_once():
    outer = picture("wait----------------")
    both = Events(
        *(np.concatenate((column, column)) for column in (outer.begin_ns, outer.end_ns, outer.pending, outer.raised)),
        *(np.concatenate((column, column)) for column in (outer.lane, outer.process, outer.op, outer.object)),
        *(np.concatenate((column, column)) for column in (outer.site, outer.a, outer.b)),
        outer.codes, outer.content, outer.payload, outer.process_table, outer.objects, outer.blocking,
    )  # fmt: skip
    assert waits_of(both)[1].wait_ns.tolist() == [200]


def test_what_reaches_over_the_window_is_clipped():
    _, waits = waits_of(picture("sleep---------------"), (1050, 1100))
    assert waits.wait_ns.tolist() == [50]


def test_a_lock_that_was_free_costs_no_wait_and_one_that_was_held_does():
    events = picture("lock         free ", "     lock---------")
    flows, _ = waits_of(events)
    (lock,) = find_contention(events, flows, events.end_ns, whole(events))
    assert (lock.object, lock.acquires, lock.waited, lock.wait_ns, lock.longest) == (1, 2, 1, 130, 1)


def test_who_comes_last_keeps_the_others_waiting():
    events = picture("give", "          give", "                    give", "take--------------------", a=3)
    events.a[events.op == 2] = 1
    flows, _ = waits_of(events)
    (one,) = find_meetings(events, flows, whole(events))
    assert (one.rounds, one.skew_ns, one.last, one.kept_ns) == (1, 200, {2: 1}, {2: 100})


def test_a_round_knows_how_long_the_others_waited_for_the_last():
    events = picture("give", "          give", "                    give", "take--------------------", a=3)
    events.a[events.op == 2] = 1
    flows, _ = waits_of(events)
    (one,) = find_rounds(events, flows, whole(events))
    assert events.lane[one.arrivals].tolist() == [0, 1, 2]
    assert (one.at_ns, one.skew_ns, one.kept_ns, one.waited_ns) == (1200, 200, 100, 300)
    assert find_rounds(events, flows, (0, 1100)) == []


def test_waits_are_added_up_by_group_with_the_longest_of_each():
    events = picture("sleep-----   poll--", "sleep--------")
    _, waits = waits_of(events)
    by_lane = [
        (one.group, one.waits, one.blocked_ns, one.longest_ns) for one in blocked_by(waits, events.lane[waits.row])
    ]
    assert by_lane == [(0, 2, 160, 100), (1, 1, 130, 130)]
    assert [events.lane[one.longest] for one in blocked_by(waits, events.lane[waits.row])] == [0, 1]
    none = waits_of(picture("give"))[1]
    assert blocked_by(none, none.row) == []


def test_a_receiver_that_waits_has_a_late_sender_and_a_message_that_lies_a_late_receiver():
    events = picture("          send      send", "receive-------                      receive")
    flows, _ = waits_of(events)
    (pair,) = find_lateness(events, flows, whole(events))
    assert (pair.sender, pair.receiver, pair.messages) == (0, 1, 2)
    assert (pair.late_sends, pair.receiver_waited_ns) == (1, 100)
    assert (pair.late_receives, pair.message_lay_ns) == (1, 120)


def test_the_depth_of_a_queue_rises_with_sends_and_falls_with_receives():
    events = picture("send send send", "                    receive   receive")
    (depth,) = find_depths(events, match(events))
    assert depth.messages.tolist() == [1, 2, 3, 2, 1]
    assert (depth.most, depth.left) == (3, 1)
    assert depth.sampled((1000, 1400), 2).tolist() == [3, 3]


def test_a_message_that_is_being_sent_does_not_lie_in_the_queue_yet():
    events = picture("send send------", "                    receive")
    (depth,) = find_depths(events, match(events))
    assert depth.at_ns.tolist() == [1040, 1150, 1270]
    events = picture("send----------", "  receive")
    (depth,) = find_depths(events, match(events))
    assert depth.at_ns.tolist() == [1090, 1090], "it was received before its send returned"
    assert depth.messages.tolist() == [1, 0]


def test_a_worker_of_a_pool_that_has_nothing_to_do_is_not_on_the_critical_path():
    events = picture("sleep---------- send               ", "sleep-             receive  sleep-----")
    pool = replace(events, codes={"clock.sleep": 5, "futures.call.submit": 3, "futures.call.begin": 4})
    assert path_of(pool) == [(0, WAITS, 150), (0, RUNS, 10), (1, FOLLOWS, 100), (1, RUNS, 20), (1, WAITS, 100)]


def test_what_a_pool_takes_out_of_its_queue_of_results_no_longer_lies_in_it():
    events = picture("send send", "               receive   receive")
    pool = replace(events, codes={"mp.simple_queue.put": 3, "mp.queue.take": 4})
    (depth,) = find_depths(pool, match(pool))
    assert (depth.most, depth.left) == (2, 0)


def test_the_critical_path_leads_over_the_message_that_was_waited_for():
    events = picture("sleep-----     send      ", "receive----------------        sleep---------")
    assert path_of(events) == [
        (0, WAITS, 100), (0, RUNS, 50), (1, FOLLOWS, 80), (1, RUNS, 80), (1, WAITS, 140),
    ]  # fmt: skip


def test_the_critical_path_stays_in_a_lane_whose_message_was_there_already():
    events = picture("send                     ", "sleep----------------     receive")
    assert path_of(events) == [(1, WAITS, 210), (1, RUNS, 50), (1, WAITS, 70)]


def test_the_critical_path_leads_over_the_message_for_which_a_poll_waited():
    events = picture("sleep-----     send          ", "poll------------------ receive")
    assert path_of(events) == [(0, WAITS, 100), (0, RUNS, 50), (1, FOLLOWS, 70), (1, RUNS, 10), (1, WAITS, 70)]
