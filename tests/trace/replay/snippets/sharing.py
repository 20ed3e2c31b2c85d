"""Exchanges through what `multiprocessing` shares."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import fixed

EXCHANGES = (
    fixed(
        """
for item in range(4): given["queue@"].put((os.getpid(), item, random.random()))
given["queue@"].put(None)
given["queue@"].close()
given["queue@"].join_thread()  # a child that ends by `os._exit` would lose what its feeder still has
""",
        """
while (item := given["queue@"].get()) is not None: say("got", item)
""",
        setup="given['queue@'] = context.Queue()",
    ),
    fixed(
        """
for item in range(3): given["simple@"].put(time.time())
""",
        """
for _ in range(3): say("simple", given["simple@"].get())
say(given["simple@"].empty())
""",
        setup="given['simple@'] = context.SimpleQueue()",
    ),
    fixed(
        """
for item in range(3): given["joinable@"].put(item)
given["joinable@"].join()
say("all done")
""",
        """
for _ in range(3):
    say(given["joinable@"].get())
    given["joinable@"].task_done()
""",
        setup="given['joinable@'] = context.JoinableQueue()",
    ),
    *(
        fixed(
            *[
                """
for _ in range(6):
    with given["lock@"]:
        given["value@"].value += os.getpid() % 97
        say(given["value@"].value)
"""
            ]
            * 3,
            setup=f"given['lock@'], given['value@'] = context.{kind}(), context.Value('d', 0.5, lock=False)",
        )
        for kind in ("Lock", "RLock")
    ),
    fixed(
        *[
            """
for place in range(4):
    with given["array@"].get_lock():
        given["array@"][place] += 1
    say(given["array@"][:])
"""
        ]
        * 2,
        setup="given['array@'] = context.Array('i', 4)",
    ),
    fixed(
        """
say(given["event@"].wait(10), given["event@"].is_set())
""",
        """
time.sleep(random.random() / 500)
given["event@"].set()
""",
        setup="given['event@'] = context.Event()",
    ),
    fixed(
        """
with given["condition@"]:
    while not given["flag@"].value: say(given["condition@"].wait(10))
say("told")
""",
        """
with given["condition@"]:
    given["flag@"].value = 1
    given["condition@"].notify_all()
""",
        setup="given['condition@'], given['flag@'] = context.Condition(), context.Value('i', 0)",
    ),
    fixed(
        *["say(given['barrier@'].wait() >= 0, given['barrier@'].n_waiting >= 0)\n"] * 3,
        setup="given['barrier@'] = context.Barrier(3)",
    ),
    fixed(
        *[
            """
if given["room@"].acquire(timeout=0.001): say("in")
else:
    say("full")
    given["room@"].acquire()
time.sleep(random.random() / 300)
given["room@"].release()
"""
        ]
        * 3,
        setup="given['room@'] = context.BoundedSemaphore(1)",
    ),
    fixed(
        """
for item in ([], {"a": 1.5}, "text"): given["ends@"][0].send(item)
given["ends@"][0].send_bytes(os.urandom(70000))
say(given["ends@"][0].poll(5), given["ends@"][0].recv())
""",
        """
for _ in range(3): say(given["ends@"][1].recv())
say(sum(given["ends@"][1].recv_bytes()))
given["ends@"][1].send(os.getpid())
""",
        setup="given['ends@'] = context.Pipe()",
    ),
    fixed(
        """
say(given["list@"][:], given["dict@"].get("key"))
given["list@"].append(os.getpid())
given["filled@"].set()
""",
        """
given["filled@"].wait()
say(len(given["list@"]), given["list@"][-1])
""",
        setup="""manager@ = context.Manager()
given["list@"], given["dict@"] = manager@.list([1, 2]), manager@.dict(key="value")
given["filled@"] = context.Event()""",
        clearing="manager@.shutdown()",
    ),
    fixed(
        """
with multiprocessing.get_context("fork").Pool(2) as pool:
    say(pool.map(abs, range(-5, 0)), list(pool.imap(str, range(3))), pool.apply(os.cpu_count) > 0)
""",
    ),
    fixed(
        """
with futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
    say(list(pool.map(abs, range(-5, 0))))
    say(pool.submit(pow, 2, 10).result())
""",
    ),
)
