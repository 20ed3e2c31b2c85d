"""Steps that ask for the time, for chance and for facts, and that write."""

from __future__ import annotations

from tests.trace.replay.snippets.snippet import steps

STEPS = steps(
    "say(time.time(), time.monotonic_ns(), time.perf_counter(), time.process_time() >= 0)\n",
    "say(random.random(), random.randrange(1000), random.choice('abcdef'), random.gauss(0, 1))\n",
    "say(os.urandom(6).hex(), uuid.uuid4(), secrets.token_hex(3))\n",
    "say(os.getpid(), os.getppid() > 0, os.getpgrp() > 0, os.cpu_count())\n",
    "say(time.localtime().tm_year, time.strftime('%Y'), time.ctime()[:3])\n",
    "say(sorted({'a', 'b', 'c'}), list({'north', 'south', 'east'}), hash('west'))\n",
    "print(f'{os.getpid()} printed\\n', end='', flush=True)\n",
    "os.write(1, b'%d by descriptor\\n' % os.getpid())\n",
    "time.sleep(random.random() / 500); say('slept')\n",
    """
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "file")
    path.write_text(f"{random.random()}")
    say(len(list(pathlib.Path(folder).iterdir())), path.read_text())
""",
    """
path = pathlib.Path(f"scratch-@-{os.getpid()}")
path.write_text("one\\n")
with path.open("a") as file: file.write("two\\n")
say(path.read_text().split(), path.exists(), path.stat().st_size)
path.rename(path.with_suffix(".moved"))
say(path.exists(), path.with_suffix(".moved").exists())
path.with_suffix(".moved").unlink()
""",
    "say(len(open('/proc/self/stat').read()) > 0, open('/proc/uptime').read())\n",
    "say(gc.collect() >= 0, len(os.listdir('/proc/self/fd')) > 0)\n",
)
