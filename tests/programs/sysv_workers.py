"""Five forked workers take tasks from one SysV queue and answer on another by type: a lost, doubled or reordered message changes the
sum."""

import os

import sysv_ipc

STOP = 2
tasks = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
answers = sysv_ipc.MessageQueue(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX)
done = sysv_ipc.Semaphore(sysv_ipc.IPC_PRIVATE, sysv_ipc.IPC_CREX, initial_value=0)


def work(number):
    while True:
        message, kind = tasks.receive(type=-STOP)
        if kind == STOP:
            break
        answers.send(b"%d" % int(message) ** 2, type=number)
    done.release()
    os._exit(0)


try:
    workers = []
    for number in range(1, 6):
        worker = os.fork()
        if worker == 0:
            work(number)
        workers.append(worker)
    total = 0
    for task in range(500):
        tasks.send(b"%d" % task)
        if task % 20 == 19:
            total += sum(int(answers.receive()[0]) for _ in range(20))
    for _ in workers:
        tasks.send(b"", type=STOP)
    done.acquire(None, len(workers))
    print("total", total, "left", tasks.current_messages, answers.current_messages, done.value)
    print([os.waitpid(worker, 0)[1] for worker in workers])
finally:
    for thing in (tasks, answers, done):
        thing.remove()
