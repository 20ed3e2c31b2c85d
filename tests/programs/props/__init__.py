"""What several programs of the corpus need.

asleep: waiting until another process sleeps in the kernel.
"""
