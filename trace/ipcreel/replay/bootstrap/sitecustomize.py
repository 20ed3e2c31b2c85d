"""Starts the replay in a new interpreter, then runs the user's own sitecustomize, if there is one."""

import os
import sys


def _run() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    ours = sys.modules.pop("sitecustomize")
    try:
        from ipcreel.replay import start

        start.start()
    except BaseException as error:  # the interpreter would go on, and run the program for real
        os.write(2, f"ipcreel: {sys.executable} cannot replay: {type(error).__name__}: {error}.\n".encode())
        os._exit(2)
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
    except BaseException:
        sys.modules["sitecustomize"] = ours
        raise


_run()
