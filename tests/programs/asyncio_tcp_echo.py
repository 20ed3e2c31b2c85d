"""asyncio streams, a server with twenty clients, time-outs, cancellation and threads: a recorder sits in the selector, the sockets, the
wake-up pair and the executor."""

import asyncio
import contextvars
import threading
import time

word = contextvars.ContextVar("word", default="none")


async def echo(reader, writer):
    while data := await reader.readline():
        writer.write(data[::-1].strip() + b"\n")
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def ask(address, number):
    reader, writer = await asyncio.open_connection(*address)
    answers = []
    for turn in range(3):
        writer.write(b"client %d turn %d\n" % (number, turn))
        answers.append((await reader.readline()).decode().strip()[::-1])
    writer.close()
    await writer.wait_closed()
    return answers


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with server:
        answers = await asyncio.gather(*(ask(address, number) for number in range(20)))
        print(answers[0], answers[19], len(answers))
        try:
            await asyncio.wait_for(asyncio.sleep(60), 0.02)
        except asyncio.TimeoutError as error:
            print(repr(error))
        task = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            print(repr(error))
        word.set("in context")
        print(await asyncio.to_thread(lambda: (word.get(), threading.current_thread() is threading.main_thread())))
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "from a thread")).start()
        print(await future, await loop.run_in_executor(None, time.sleep, 0), loop.time() <= time.monotonic())
        queue, event = asyncio.Queue(), asyncio.Event()
        loop.call_later(0.01, event.set)
        queue.put_nowait(1)
        print(await queue.get(), await event.wait(), type(loop).__name__)
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"no end of line")
        writer.write_eof()
        print(await reader.read())
        writer.close()


asyncio.run(main())
print("threads", threading.active_count())
