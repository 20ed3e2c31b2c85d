"""Exchanges through SysV and POSIX queues, semaphores and memory."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import fixed

EXCHANGES = (
    fixed(
        """
messages = sysv_ipc.MessageQueue(given["sysv@"])
for item in range(5): messages.send(f"message {item}", type=1 + item % 2)
""",
        """
messages = sysv_ipc.MessageQueue(given["sysv@"])
for kind in (2, 1, 1, 2, 0): say(messages.receive(type=kind))
say(messages.current_messages)
""",
        setup="sysv@ = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX); given['sysv@'] = sysv@.key",
        clearing="sysv@.remove()",
    ),
    fixed(
        """
messages, back = sysv_ipc.MessageQueue(given["there@"]), sysv_ipc.MessageQueue(given["back@"])
for item in range(4):
    messages.send(str(item))
    say(back.receive())
""",
        """
messages, back = sysv_ipc.MessageQueue(given["there@"]), sysv_ipc.MessageQueue(given["back@"])
for item in range(4):
    while True:
        try: content, kind = messages.receive(block=False)
        except sysv_ipc.BusyError: time.sleep(0.0005)
        else: break
    back.send(content * 2)
""",
        setup="""there@, back@ = (sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX) for _ in range(2))
given["there@"], given["back@"] = there@.key, back@.key""",
        clearing="there@.remove(); back@.remove()",
    ),
    fixed(
        *[
            """
gate = sysv_ipc.Semaphore(given["gate@"])
for _ in range(3):
    with gate: say("gate", gate.value)
"""
        ]
        * 2,
        setup="gate@ = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1); given['gate@'] = gate@.key",
        clearing="gate@.remove()",
    ),
    fixed(
        """
memory = sysv_ipc.SharedMemory(given["shm@"])
memory.write(b"hello " + str(os.getpid()).encode())
given["ready@"].set()
memory.detach()
""",
        """
memory = sysv_ipc.SharedMemory(given["shm@"])
given["ready@"].wait()
say(memory.read(6), memory.attached)
memory.detach()
""",
        setup="""shm@ = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=128)
given["shm@"], given["ready@"] = shm@.key, context.Event()""",
        clearing="shm@.detach(); shm@.remove()",
    ),
    fixed(
        """
messages = posix_ipc.MessageQueue(given["posix@"])
for item in range(3): messages.send(f"item {item}", priority=item)
messages.close()
""",
        """
messages = posix_ipc.MessageQueue(given["posix@"])
for item in range(3): say(messages.receive())
try: messages.receive(0)
except posix_ipc.BusyError as error: say("busy", error)
messages.close()
""",
        setup="posix@ = posix_ipc.MessageQueue(None, posix_ipc.O_CREX, max_messages=4); given['posix@'] = posix@.name",
        clearing="posix@.unlink(); posix@.close()",
    ),
    fixed(
        *[
            """
gate = posix_ipc.Semaphore(given["named@"])
for _ in range(3):
    gate.acquire()
    say("named", gate.value)
    gate.release()
gate.close()
"""
        ]
        * 2,
        setup="named@ = posix_ipc.Semaphore(None, posix_ipc.O_CREX, initial_value=1); given['named@'] = named@.name",
        clearing="named@.unlink(); named@.close()",
    ),
)
