"""Parent and child talk over `os.pipe`, by number and through file objects, until the last writer is gone: a recorder that holds a copy of
an end keeps the reader waiting."""

import os
import subprocess

question, answer = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    os.close(question[1])
    os.close(answer[0])
    with os.fdopen(question[0]) as questions, os.fdopen(answer[1], "w") as answers:
        for line in questions:
            answers.write(f"{line.strip()} to you\n")
            answers.flush()
    os._exit(0)
os.close(question[0])
os.close(answer[1])
with os.fdopen(question[1], "w", buffering=1) as questions, os.fdopen(answer[0]) as answers:
    for word in ("hello", "good day"):
        print(word, file=questions)
        print(answers.readline(), end="")
    questions.close()
    print("end", repr(answers.read()), os.waitpid(child, 0)[1])
read_end, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
try:
    os.read(read_end, 1)
except BlockingIOError as error:
    print(error)
print(os.writev(write_end, [b"part one ", b"part two"]), os.readv(read_end, [bytearray(4), bytearray(100)]), os.get_blocking(read_end))
os.close(read_end)
try:
    os.write(write_end, b"x")
except BrokenPipeError as error:
    print(error)
os.close(write_end)
first = subprocess.Popen(["printf", "b\\na\\nc\\n"], stdout=subprocess.PIPE)
second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=subprocess.PIPE)
first.stdout.close()
print(second.communicate()[0], first.wait(), second.returncode)
with os.popen("cat; exit 3", "w") as stream:
    stream.write("through popen\n")
print(os.system("exit 4") >> 8)
