# args: fork
# args: spawn
# args: forkserver
"""Queue, SimpleQueue, JoinableQueue and Pipe carry objects between processes: a recorder's objects must be pickled, inherited and rebuilt
as the originals are."""

import multiprocessing
import queue
import sys


def work(tasks, answers, notes, connection):
    while True:
        task = tasks.get()
        if task is None:
            tasks.task_done()
            break
        answers.put(task * task)
        tasks.task_done()
    notes.put("done")
    connection.send({"last": connection.recv()})
    connection.send_bytes(b"bytes")
    connection.close()


def main(method):
    context = multiprocessing.get_context(method)
    tasks, answers, notes = context.JoinableQueue(), context.Queue(), context.SimpleQueue()
    ours, theirs = context.Pipe()
    worker = context.Process(target=work, args=(tasks, answers, notes, theirs))
    worker.start()
    theirs.close()
    for task in range(20):
        tasks.put(task)
    print(sorted(answers.get(timeout=30) for _ in range(20)))
    tasks.put(None)
    tasks.join()
    print(notes.get(), notes.empty())
    ours.send([1, 2, 3])
    print(ours.poll(30), ours.recv(), ours.recv_bytes())
    try:
        ours.recv()
    except EOFError as error:
        print(repr(error))
    worker.join()
    try:
        answers.get(timeout=0.02)
    except queue.Empty as error:
        print(repr(error))
    print(worker.exitcode, answers.empty(), tasks.qsize(), type(tasks).__name__, type(ours).__name__)
    for gone in (tasks, answers):
        gone.close()
        gone.join_thread()
    try:
        answers.put(1)
    except ValueError as error:
        print(str(error).partition(" at 0x")[0], "closed" in str(error))


if __name__ == "__main__":
    main(sys.argv[1])
