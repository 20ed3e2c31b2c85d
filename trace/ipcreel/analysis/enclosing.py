"""Operations that contain others of their lane: what goes on inside them is no waiting."""

from __future__ import annotations

CODE = ("mp.process.run", "mp.pool.run", "signal.handler.run", "futures.call.begin")
"""These run the program's own code: that they have begun says where a lane is, not what it does."""

ENCLOSING = (*CODE, "process.fork", "process.exit", "signal.raise")
"""The last three run hooks and handlers of the program, and wait for nobody."""
