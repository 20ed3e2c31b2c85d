"""A multi-process energy market over SysV queues, TCP, semaphores, signals and shared memory.

Arithmetic and layouts, without processes:
    energy      amounts are whole micro-kWh
    price       what a kWh costs after a tick
    climate     the temperature of each tick
    events      what happens outside the market
    profile     what each home makes and uses
    offer       an offer in the homes' queue
    protocol    the lines between a home and the market
    board       the price board in shared memory
    ledger      what each home did in a tick, in shared memory
    audit       what must hold after every tick
    report      a tick as text and as JSON
    bugs        the zoo of concurrency mistakes
    config      the settings, with what is allowed

The run's objects:
    configfile  settings as a TOML file
    primitives  a counter in a SysV queue, a barrier of SysV semaphores
    registry    the notes from which a killed run is cleaned up
    ipc         the SysV objects of a run
    plan        what every process is told
    lifeline    children end with their parent

The processes:
    actor       the phases of a tick
    weather     moves the temperature
    home        makes, uses, shares, trades; with sharing (the queue) and client (the connection)
    market      makes the price; with server (TCP), books (what was traded)
    external    raises events
    clock       main's part in a tick
    supervisor  main's watch over the others
    run         one run from its first object to its last process
    clean       removes what killed runs left
    cli         the command
"""
