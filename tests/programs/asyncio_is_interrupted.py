# tty
# when "ready": type "\x03"
# exit: SIGINT
"""Ctrl-C cancels asyncio's main task, whose `finally` runs, and ends the program with KeyboardInterrupt's traceback: a recorder must leave
the loop's own handler in place."""

import asyncio


async def main():
    try:
        print("ready", flush=True)
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled")
        raise
    finally:
        await asyncio.sleep(0)
        print("cleaned up")


asyncio.run(main())
