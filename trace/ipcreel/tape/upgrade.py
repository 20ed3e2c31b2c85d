"""Brings the definitions of an older reel into the form of the newest version, one version at a time.

Readers know the newest version only. A change of the format comes with a function here, pure and for good, and with a
golden reel of the version before: what was recorded once is read as long as this project lives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipcreel.tape import reel_file

Definitions = dict[str, Any]

# From version n to version n + 1, by n. Version 1 is the newest so far.
UPGRADERS: dict[int, Callable[[Definitions], Definitions]] = {}


def upgrade(version: int, definitions: Definitions) -> Definitions:
    """What a reel of `version` defines, as the newest version would: unchanged where it is of that."""
    for step in range(version, reel_file.VERSION):
        definitions = UPGRADERS[step](definitions)
    return definitions
