"""TLS wraps a plain socket in place and takes its descriptor over, over TCP, a pair and in memory: a recorder of sockets must let go of the
wrapped one."""

import socket
import ssl
import threading

server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client_context.check_hostname = False
client_context.verify_mode = ssl.CERT_NONE
for context in (server_context, client_context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES128-SHA:@SECLEVEL=0")


def serve(plain):
    with server_context.wrap_socket(plain, server_side=True) as tls:
        while data := tls.recv(100):
            tls.sendall(data.upper())
        tls.unwrap().close()


def talk(here, there):
    thread = threading.Thread(target=serve, args=(there,))
    thread.start()
    with client_context.wrap_socket(here) as tls:
        tls.sendall(b"through tls")
        print(tls.recv(100), tls.version(), tls.cipher()[0], type(tls).__name__, isinstance(tls, socket.socket), here.fileno())
        buffer = bytearray(3)
        tls.write(b"abc")
        print(tls.recv_into(buffer), bytes(buffer), tls.pending())
        plain = tls.unwrap()
        plain.close()
    thread.join()


talk(*socket.socketpair())
with socket.create_server(("127.0.0.1", 0)) as listener:
    client = socket.create_connection(listener.getsockname())
    talk(client, listener.accept()[0])
here, there = socket.socketpair()
there.sendall(b"not tls at all")
try:
    client_context.wrap_socket(here)
except ssl.SSLError as error:
    print(type(error).__name__, error.reason)
there.close()
here.close()
