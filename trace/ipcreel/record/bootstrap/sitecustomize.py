"""Starts the recorder in a new interpreter, then runs the user's own sitecustomize, if there is one."""

import os
import sys


def _run() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    ours = sys.modules.pop("sitecustomize")
    if "IPCREEL_TAPES" in os.environ:
        try:
            package = os.path.dirname(os.path.dirname(os.path.dirname(folder)))
            sys.path.append(package)
            try:
                from ipcreel.record import start
            finally:
                sys.path.remove(package)
            start.start()
        except Exception as error:  # a fault of ours must not reach the program
            sys.stderr.write(f"ipcreel: this process is not recorded: {type(error).__name__}: {error}\n")
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401
    except BaseException:
        # The import system takes the module out of this table again, whatever the outcome: `site` then sees what it
        # would see without us, a missing sitecustomize included.
        sys.modules["sitecustomize"] = ours
        raise


_run()
