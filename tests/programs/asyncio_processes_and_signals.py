"""asyncio runs subprocesses, pipes, signal handlers and datagrams: a recorder must leave the child watcher and the wake-up descriptor to
it."""

import asyncio
import os
import signal
import sys


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def datagram_received(self, data, address):
        if not self.answer.done():
            self.answer.set_result(data)


async def main():
    loop = asyncio.get_running_loop()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input()[::-1]); raise SystemExit(3)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate(b"backwards\n")
    print(out, child.returncode)
    shell = await asyncio.create_subprocess_shell("echo err >&2; kill -9 $$", stderr=asyncio.subprocess.PIPE)
    print(await shell.stderr.read(), await shell.wait())
    several = await asyncio.gather(*(asyncio.create_subprocess_exec("sh", "-c", f"exit {code}") for code in range(5)))
    print([await process.wait() for process in several])
    got = asyncio.Queue()
    for signum in (signal.SIGUSR1, signal.SIGTERM):
        loop.add_signal_handler(signum, got.put_nowait, signum.name)
        os.kill(os.getpid(), signum)
    print(await got.get(), await got.get(), loop.remove_signal_handler(signal.SIGUSR1))
    answer = loop.create_future()
    receiver, _ = await loop.create_datagram_endpoint(lambda: Datagrams(answer), local_addr=("127.0.0.1", 0))
    address = receiver.get_extra_info("sockname")
    sender, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=address)
    sender.sendto(b"datagram")
    print(await answer)
    sender.close()
    receiver.close()
    loop.call_later(60, print, "must not be seen")


asyncio.run(main())
print("default again", signal.getsignal(signal.SIGTERM))
