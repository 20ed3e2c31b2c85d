# env: PYTHONPATH={programs}/own_site
"""A user's own `sitecustomize` and `usercustomize` on PYTHONPATH run first, once, and are what an import of them gives: a recorder with one
of its own must not hide them."""

import builtins
import os
import site
import subprocess
import sys

import sitecustomize

print(builtins.SITE_NOTE, sys.getrecursionlimit(), os.path.basename(os.path.dirname(sitecustomize.__file__)))
print("user's", getattr(builtins, "USER_NOTE", "none") != "none", "allowed", site.ENABLE_USER_SITE, "usercustomize" in sys.modules)
print(sitecustomize.__name__, sitecustomize.__doc__, sys.modules["sitecustomize"] is sitecustomize)
print(os.environ["PYTHONPATH"], [path for path in sys.path if path.endswith("own_site")])
sys.stdout.flush()
code = "import builtins; print('child', builtins.SITE_NOTE)"
print("child", subprocess.run([sys.executable, "-c", code], check=False).returncode)
with_none = dict(os.environ)
del with_none["PYTHONPATH"]
print("without", subprocess.run([sys.executable, "-c", "import sitecustomize"], env=with_none, stderr=subprocess.DEVNULL).returncode)
