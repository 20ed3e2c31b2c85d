"""A handler talks to a manager through its proxies: a recorder may be inside the same connection's send when the handler runs."""

import multiprocessing
import os
import signal


def main():
    with multiprocessing.Manager() as manager:
        counts = manager.dict(bids=0)
        log = manager.list()

        def bid(signum, frame):
            counts["bids"] += 1
            log.append(f"bid {counts['bids']}")

        signal.signal(signal.SIGUSR1, bid)
        for _ in range(5):
            os.kill(os.getpid(), signal.SIGUSR1)
            counts["main"] = counts.get("main", 0) + 1
        print(dict(counts), list(log))
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    print("manager gone", multiprocessing.active_children())


if __name__ == "__main__":
    main()
