"""The mechanisms: which modules of Python each one patches, and where its table of operations is.

Nothing is imported before the module that it patches is: a program pays for what it uses.
"""

# module of Python: modules of ours whose rows or `install` apply to it
PATCHES = {
    "sysv_ipc": ("sysv_queue", "sysv_semaphore", "sysv_memory"),
    "posix_ipc": ("posix_queue", "posix_semaphore", "posix_memory"),
    "_socket": ("socket_pairs", "resolving"),
    "socket": ("sockets",),
    "select": ("waiting",),
    "selectors": ("selecting",),
    "multiprocessing.connection": ("connections",),
    "_signal": ("delivery",),
    "os": ("descriptors", "pipes", "kills", "processes", "chance", "console", "kernel_files"),
    "_thread": ("raw_threads",),
    "threading": (
        "thread_locks",
        "thread_semaphores",
        "thread_conditions",
        "thread_events",
        "thread_barriers",
        "threads",
    ),
    "queue": ("queues",),
    "concurrent.futures._base": ("futures",),
    "concurrent.futures.thread": ("futures",),
    "concurrent.futures.process": ("process_pools",),
    "multiprocessing.synchronize": ("mp_synchronize",),
    "multiprocessing.resource_tracker": ("mp_synchronize",),
    "multiprocessing.process": ("mp_processes",),
    "multiprocessing.util": ("mp_processes",),
    "multiprocessing.queues": ("mp_queues",),
    "multiprocessing.sharedctypes": ("mp_sharedvalues", "mp_rawvalues"),
    "multiprocessing.heap": ("mp_sharedvalues",),
    "multiprocessing.shared_memory": ("mp_sharedmemory",),
    "multiprocessing.pool": ("mp_pools",),
    "multiprocessing.managers": ("mp_managers",),
    "signal": ("signals",),
    "_posixsubprocess": ("spawning",),
    "subprocess": ("subprocesses",),
    "time": ("clock",),
    "random": ("chance",),
    "uuid": ("chance",),
    "sys": ("console",),
    "builtins": ("console", "pipe_files", "kernel_files"),
}


def mechanisms() -> tuple[str, ...]:
    """The modules of ours, each once."""
    return tuple(dict.fromkeys(name for names in PATCHES.values() for name in names))


def all_operations() -> list[dict[str, object]]:
    """The whole table of operations, as plain maps: what a reel says of its events.

    Raises:
        AssertionError: two rows have one code or one name.
    """
    import importlib

    table: dict[int, dict[str, object]] = {}
    for mechanism in mechanisms():
        for row in importlib.import_module(f"ipcreel.mechanism.{mechanism}").OPERATIONS:
            assert row.code not in table, f"{row.name} has the code {row.code:#06x} of {table[row.code]['name']}"
            table[row.code] = {
                "code": row.code,
                "name": row.name,
                "mechanism": row.mechanism,
                "module": mechanism,
                "flow": row.flow,
                "blocks": row.blocks,
                "semantic": row.semantic,
                "replay": row.replay,
                "a": row.a,
                "b": row.b,
                "payload": row.payload,
            }
    assert len({row["name"] for row in table.values()}) == len(table), "two operations have one name"
    return sorted(table.values(), key=lambda row: int(str(row["code"])))
