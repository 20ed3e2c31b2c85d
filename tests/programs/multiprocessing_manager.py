# args: fork
# args: spawn
# args: forkserver
"""A Manager serves dicts, locks, queues and a class of the program's own through proxies: a recorder of sockets, pipes and threads sits
under all of it."""

import multiprocessing
import sys
from multiprocessing.managers import BaseManager


class Market:
    def __init__(self):
        self.bids = []

    def bid(self, home, price):
        self.bids.append((home, price))
        return len(self.bids)

    def best(self):
        return max(self.bids, key=lambda bid: bid[1])


class MarketManager(BaseManager):
    pass


MarketManager.register("Market", Market)


def take_part(home, market, prices, lock, log):
    with lock:
        prices[home] = home * 1.5
    market.bid(home, home * 10)
    log.put(home)


def main(method):
    context = multiprocessing.get_context(method)
    with MarketManager(ctx=context) as manager, context.Manager() as shared:
        market, prices, lock, log = manager.Market(), shared.dict(), shared.Lock(), shared.Queue()
        homes = [context.Process(target=take_part, args=(home, market, prices, lock, log)) for home in range(3)]
        for home in homes:
            home.start()
        for home in homes:
            home.join()
        print([home.exitcode for home in homes], sorted(prices.items()), sorted(log.get() for _ in homes), log.empty())
        print(market.best(), market.bid(9, 9))
        for wrong in (lambda: prices["none"], lambda: market.bid(), lambda: lock.release()):
            try:
                wrong()
            except Exception as error:
                print(type(error).__name__, error)
        values = shared.list([3, 1, 2])
        values.sort()
        space = shared.Namespace(price=1)
        space.price += 1
        print(values, str(space), str(shared.Value("i", 3)), shared.Event().is_set())


if __name__ == "__main__":
    main(sys.argv[1])
