"""A pool of forked workers over pipes and a selector, which replaces a worker that dies in the middle of its task: every task is answered
once."""

import os
import pickle
import selectors
import signal

WORKERS, TASKS = 4, 200
selector = selectors.DefaultSelector()
waiting, answers, idle = list(range(TASKS)), {}, []


def work(tasks, results):
    while True:
        task = pickle.loads(read_message(tasks))
        if task is None:
            os._exit(0)
        if task == 77 and not os.path.exists("crashed"):
            open("crashed", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        write_message(results, pickle.dumps((task, task**2)))


def read_message(number):
    size = os.read(number, 4)
    return os.read(number, int.from_bytes(size, "big")) if size else b""


def write_message(number, message):
    os.write(number, len(message).to_bytes(4, "big") + message)


def start_worker():
    task_read, task_write = os.pipe()
    result_read, result_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(task_write)
        work(task_read, result_write)
    os.close(task_read)
    os.close(result_write)
    worker = {"pid": child, "tasks": task_write, "task": None}
    selector.register(result_read, selectors.EVENT_READ, worker)
    return worker


idle = [start_worker() for _ in range(WORKERS)]
codes = []
while len(answers) < TASKS:
    while idle and waiting:
        worker = idle.pop()
        worker["task"] = waiting.pop(0)
        write_message(worker["tasks"], pickle.dumps(worker["task"]))
    for key, _ in selector.select(20):
        message = read_message(key.fd)
        if message:
            task, answer = pickle.loads(message)
            answers[task] = answer
            idle.append(key.data)
        else:
            codes.append(os.waitstatus_to_exitcode(os.waitpid(key.data["pid"], 0)[1]))
            selector.unregister(key.fd)
            waiting.append(key.data["task"])
            idle.append(start_worker())
for worker in idle:
    write_message(worker["tasks"], pickle.dumps(None))
    codes.append(os.waitstatus_to_exitcode(os.waitpid(worker["pid"], 0)[1]))
print(len(answers), sum(answers.values()), codes)
