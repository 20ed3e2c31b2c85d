"""Two FIFOs between processes: each open blocks until the other side is opened, and an end is seen when the last writer closes it: a
recorder must open nothing itself."""

import errno
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    there, back = os.path.join(folder, "there"), os.path.join(folder, "back")
    os.mkfifo(there, 0o600)
    os.mkfifo(back)
    child = os.fork()
    if child == 0:
        with open(there) as requests, open(back, "w") as answers:
            for request in requests:
                answers.write(request.upper())
                answers.flush()
        os._exit(0)
    with open(there, "w") as requests, open(back) as answers:
        for word in ("price", "amount"):
            requests.write(word + "\n")
            requests.flush()
            print(answers.readline().strip())
        requests.close()
        print("end", repr(answers.read()))
    print("child", os.waitpid(child, 0)[1])
    try:
        os.open(there, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        print(errno.errorcode[error.errno])
    reader = os.open(there, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(there, os.O_WRONLY)
    print(os.write(writer, b"both ends here"), os.read(reader, 100))
    os.close(writer)
    print(os.read(reader, 10))
    os.close(reader)
