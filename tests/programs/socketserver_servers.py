"""socketserver's threading and forking servers, TCP, UDP and Unix, serve clients and stop: a recorder sits in every accept, receive, fork
and thread of them."""

import os
import socket
import socketserver
import tempfile
import threading


class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


class Reverse(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read()[::-1])


def ask(server, family, kind):
    with socket.socket(family, kind) as client:
        client.settimeout(20)
        if kind == socket.SOCK_DGRAM:
            client.sendto(b"datagram", server.server_address)
            return client.recv(100)
        client.connect(server.server_address)
        client.sendall(b"first\nsecond\n")
        client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").read()


with tempfile.TemporaryDirectory() as folder:
    servers = [
        (socketserver.ThreadingTCPServer, ("127.0.0.1", 0), Upper, socket.AF_INET, socket.SOCK_STREAM),
        (socketserver.ForkingTCPServer, ("127.0.0.1", 0), Upper, socket.AF_INET, socket.SOCK_STREAM),
        (socketserver.ThreadingUDPServer, ("127.0.0.1", 0), Reverse, socket.AF_INET, socket.SOCK_DGRAM),
        (socketserver.ForkingUDPServer, ("127.0.0.1", 0), Reverse, socket.AF_INET, socket.SOCK_DGRAM),
        (socketserver.ThreadingUnixStreamServer, os.path.join(folder, "socket"), Upper, socket.AF_UNIX, socket.SOCK_STREAM),
    ]
    for kind, address, handler, family, socket_kind in servers:
        with kind(address, handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            answers = {ask(server, family, socket_kind) for _ in range(3)}
            server.shutdown()
            thread.join()
        print(kind.__name__, answers, threading.active_count())
try:
    os.waitpid(-1, 0)
except ChildProcessError as error:
    print(error)
