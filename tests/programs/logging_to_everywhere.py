"""logging names the program's file, line, function, thread and process, through queues, sockets and forks: a recorder's frames must not be
taken for the caller."""

import logging
import logging.handlers
import multiprocessing
import os
import queue
import socketserver
import sys
import threading

FORMAT = logging.Formatter("%(filename)s:%(lineno)d %(funcName)s %(threadName)s %(processName)s %(levelname)s %(message)s")
log = logging.getLogger("market")


class Receiver(socketserver.StreamRequestHandler):
    def handle(self):
        sizes = []
        while size := self.rfile.read(4):
            sizes.append(len(self.rfile.read(int.from_bytes(size, "big"))) > 0)
        received.put(sizes)


class Loud:
    def __enter__(self):
        log.info("entered")
        return self

    def __exit__(self, *details):
        log.info("left")


def work():
    log.warning("in a worker")


bank, received = queue.Queue(), queue.Queue()
stream = logging.StreamHandler(sys.stdout)
stream.setFormatter(FORMAT)
listener = logging.handlers.QueueListener(bank, stream)
log.setLevel(logging.INFO)
log.addHandler(logging.handlers.QueueHandler(bank))
listener.start()
log.info("from main")
thread = threading.Thread(target=work, name="worker")
thread.start()
thread.join()
with Loud():
    pass
try:
    threading.Lock().release()
except RuntimeError:
    log.exception("caught")
listener.stop()
log.handlers[:] = [stream]
sys.stdout.flush()
process = multiprocessing.get_context("fork").Process(target=work, name="home")
process.start()
process.join()
with socketserver.TCPServer(("127.0.0.1", 0), Receiver) as server:
    handling = threading.Thread(target=server.handle_request)
    handling.start()
    sender = logging.handlers.SocketHandler(*server.server_address)
    log.handlers[:] = [sender]
    work()
    work()
    sender.close()
    print(received.get(timeout=20))
    handling.join()
print(multiprocessing.get_logger().level, os.path.basename(logging.__file__))
