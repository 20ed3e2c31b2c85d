# env: PYTHONPATH={programs}/broken_site
"""A user's `sitecustomize` that raises is reported by the interpreter in its own words, and the program runs: a recorder's chain must
keep the report."""

import sys

print("the program runs", "sitecustomize" in sys.modules)
