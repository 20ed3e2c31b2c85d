"""Random small programs of several processes, the same text for the same seed."""

from __future__ import annotations

from random import Random

from tests.trace.replay.snippets import (
    children,
    descriptors,
    facts,
    kernel_objects,
    own_signals,
    sent_signals,
    sharing,
    streams,
    threads,
)

# The order makes a seed's program what it is.
EXCHANGES = (*sharing.EXCHANGES, *kernel_objects.EXCHANGES, *streams.EXCHANGES, *sent_signals.EXCHANGES)
"""Snippets that need two or three processes."""
STEPS = (*facts.STEPS, *threads.STEPS, *descriptors.STEPS, *own_signals.STEPS, *children.STEPS)
"""Snippets of one process."""
METHODS = ("fork", "spawn", "forkserver", "os.fork")
_MOST_CHILDREN, _FEWEST_PARTS, _MOST_PARTS = 3, 3, 9
_STEP_SHARE = 0.6  # of the parts, those of one process

_HEAD = '''
import asyncio, concurrent.futures as futures, gc, multiprocessing, os, pathlib, posix_ipc, queue, random, secrets
import select, selectors, signal, socket, subprocess, sys, sysv_ipc, tempfile, threading, time, uuid
from multiprocessing.pool import ThreadPool

def say(*what):
    """One line of this process, in one write: who looks on can tell whose it is."""
    sys.stdout.write(f"{os.getpid()} {what!r}\\n")
    sys.stdout.flush()

def child(role, given, code):
    say("begins", role.__name__)
    role(given)
    say("ends")
    if code: sys.exit(code)
'''
_BY_LIBRARY = """
    children = [context.Process(target=child, args=(role, given, code)) for role, code in CHILDREN]
    for each in children: each.start()
    root(given)
    for each in children: each.join()
    say("codes", [each.exitcode for each in children])
"""
_BY_HAND = """
    pids = []
    for role, code in CHILDREN:
        if (pid := os.fork()) == 0:
            try: child(role, given, 0)
            finally: os._exit(code)
        pids.append(pid)
    root(given)
    say("codes", [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids])
"""


def program(seed: int) -> str:
    """The text of a program.

    Its processes do their parts in one order, so that none waits for another in a ring. Each line that a process prints
    begins with its pid.
    """
    chance = Random(seed)
    method = chance.choice(METHODS)
    names = [f"child{number}" for number in range(chance.randint(1, _MOST_CHILDREN))]
    roles: dict[str, list[str]] = {name: [] for name in ("root", *names)}
    setups: list[str] = []
    clearings: list[str] = []
    for number in range(chance.randint(_FEWEST_PARTS, _MOST_PARTS)):
        make = chance.choice(STEPS if chance.random() < _STEP_SHARE else EXCHANGES)
        snippet = make(chance, str(number))
        if len(snippet.parts) > len(roles):
            continue
        for name, part in zip(chance.sample(sorted(roles), len(snippet.parts)), snippet.parts, strict=True):
            roles[name].append(part)
        setups.append(snippet.setup)
        clearings.append(snippet.clearing)
    return "\n".join(
        (
            _HEAD,
            *(_function(name, parts) for name, parts in roles.items()),
            f"CHILDREN = [{', '.join(f'({name}, {chance.choice((0, 0, 0, 3))})' for name in names)}]",
            "def main():",
            f"    context = multiprocessing.get_context({'fork' if method == 'os.fork' else method!r})"
            if method != "os.fork"
            else "    context = multiprocessing.get_context('fork')",
            "    given = {}",
            *(_indented(setup) for setup in setups if setup),
            "    try:",
            _indented(_BY_HAND if method == "os.fork" else _BY_LIBRARY),
            "    finally:",
            *(_indented(_indented(clearing)) for clearing in clearings if clearing),
            "        say('over')",
            'if __name__ == "__main__": main()',
            "",
        )
    )


def _function(name: str, parts: list[str]) -> str:
    return "\n".join((f"def {name}(given):", *map(_indented, parts), f"    say({name!r}, 'came to its end')"))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.strip("\n").split("\n"))
