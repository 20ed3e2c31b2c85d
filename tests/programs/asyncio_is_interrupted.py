# tty
# when "ready": type "\x03"
# exit: SIGINT
"""Ctrl-C cancels asyncio's main task, whose `finally` runs, and ends the program with KeyboardInterrupt's traceback: a recorder must leave
the loop's own handler in place."""

import asyncio
import os
import signal

from props.asleep import wait_until_asleep


async def main():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled")
        raise
    finally:
        await asyncio.sleep(0)
        print("cleaned up")


parent = os.getpid()
signal.signal(signal.SIGINT, signal.SIG_IGN)
if os.fork() == 0:
    wait_until_asleep(parent)
    os.write(1, b"ready\n")
    os._exit(0)
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main())
