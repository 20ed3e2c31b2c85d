# env: PYTHONHASHSEED=42
"""The hash seed and the state of `random` belong to the program: a recorder that draws from them, or sets them, changes the order of
sets and every number drawn."""

import random
import subprocess
import sys

print(sys.flags.hash_randomization, hash("market"), list({"home", "market", "weather", "grid"}))
random.seed(5)
print([random.randrange(100) for _ in range(5)], random.Random(5).random())
first = random.getstate()
code = "import os, random; print(hash('market')); random.seed(5); print(random.random())"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
print(random.getstate() == first)
unseeded = subprocess.run([sys.executable, "-c", "import random; print(random.random())"], capture_output=True, text=True, check=True)
print(0 <= float(unseeded.stdout) < 1, random.SystemRandom().random() < 1)
