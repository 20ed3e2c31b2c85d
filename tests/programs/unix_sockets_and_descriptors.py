"""Unix sockets, streams, datagrams and the abstract kind, carry bytes and open descriptors between processes: a recorder must leave
ancillary data whole."""

import array
import os
import socket
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "socket")
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    child = os.fork()
    if child == 0:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            read_end, write_end = os.pipe()
            os.write(write_end, b"through a pipe that was sent")
            socket.send_fds(client, [b"a pipe"], [read_end])
            client.sendmsg([b"two ", b"parts"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [write_end]))])
        os._exit(0)
    connection, address = server.accept()
    message, descriptors, flags, _ = socket.recv_fds(connection, 6, 4)
    print(message, len(descriptors), flags, os.read(descriptors[0], 100), repr(address))
    data, ancillary, flags, _ = connection.recvmsg(100, socket.CMSG_LEN(4))
    print(data, [(level, kind, len(content)) for level, kind, content in ancillary], flags)
    print("child", os.waitpid(child, 0)[1], connection.recv(1))
    for name in (os.path.join(folder, "datagrams"), f"\0{path}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            receiver.bind(name)
            sender.sendto(b"datagram", name)
            print(receiver.recvfrom(100))
    connection.close()
    server.close()
