"""The snippets of random programs.

snippet         what one is
sharing         exchanges through what `multiprocessing` shares
kernel_objects  exchanges through SysV and POSIX objects
streams         exchanges through sockets and pipes
sent_signals    exchanges of signals
facts           steps: the time, chance, facts, what is written
threads         steps: threads and what is between them
descriptors     steps: sockets, pipes and selectors
own_signals     steps: a process signals itself
children        steps: a child of its own
"""
