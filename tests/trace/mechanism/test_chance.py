"""Chance: random bytes are kept, and generators are seeded where it can be seen."""

import random


def test_the_seed_that_was_drawn_gives_the_same_numbers_again(recorded):
    run = recorded("""
        import random
        print(repr(random.random()), repr(random.Random().random()))
    """)
    first, second = (float(word) for word in run.stdout.split())
    seeds = [int.from_bytes(run.reel.payload(row), "little") for row in named(run.reel, "chance.generator.seed")]
    assert random.Random(seeds[-2]).random() == first
    assert random.Random(seeds[-1]).random() == second


def test_a_forked_child_draws_a_seed_of_its_own(recorded):
    run = recorded("""
        import os, random
        child = os.fork()
        if child == 0:
            print(repr(random.random()), flush=True)
            os._exit(0)
        os.wait()
    """)
    drawn = named(run.reel, "chance.generator.seed")[-1]
    assert run.reel.processes[run.reel.process[drawn]]["how"] == "fork"
    assert random.Random(int.from_bytes(run.reel.payload(drawn), "little")).random() == float(run.stdout)


def test_bytes_of_the_kernel_are_kept_whoever_asks_for_them(recorded):
    run = recorded("""
        import os, secrets, uuid
        print(os.urandom(4).hex(), secrets.token_hex(5), uuid.uuid4().version, uuid.uuid1().hex)
    """)
    drawn = {run.reel.payload(row).hex() for row in named(run.reel, "chance.bytes.draw")}
    plain, token, _, unique = run.stdout.split()
    assert {plain, token} <= drawn
    assert run.reel.payload(named(run.reel, "chance.uuid.draw")[0]).hex() == unique


def test_seeds_that_the_program_gives_and_subclasses_that_seed_themselves_work_as_without_us(recorded):
    run = recorded("""
        import pickle, random, inspect
        class Mine(random.Random):
            def seed(self, *given):
                print("seeded with", given)
                super().seed(*given)
        print(Mine(3).random(), random.Random(3).random(), random.Random("text").random(), Mine().random() < 1)
        random.seed(5); print(random.random(), random.seed(a=6), random.getrandbits(8))
        random.seed(b"x", 1); print(random.random())
        print(inspect.signature(random.seed), random.SystemRandom().random() < 1)
        print(pickle.loads(pickle.dumps(random.Random(1))).random())
    """)
    assert run.ran == run.bare


def named(reel, name):
    """The events of one operation, in order."""
    return [row for row in range(len(reel)) if reel.operations[int(reel.op[row])]["name"] == name]
