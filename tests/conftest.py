"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# How long an example takes to make or to run says how busy the machine is, and nothing of the program.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("busy machine"), max_examples=20_000)
settings.load_profile("busy machine")

# What a shell starts in the background ignores Ctrl-C, and so would the programs that tests record.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
