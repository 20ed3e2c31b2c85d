"""A multi-process energy market over SysV queues, TCP, semaphores, signals and shared memory."""
