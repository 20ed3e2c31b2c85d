"""How a process is called that has no name of its own."""

from __future__ import annotations


def program_name(argv: list[str]) -> str:
    """What a command line runs: the script or the module that an interpreter was given, otherwise the program."""
    words = iter(argv)
    program = next(words, "?").rpartition("/")[2]
    if not program.startswith("python"):
        return program
    for word in words:
        if word == "-m":
            return next(words, program)
        if word.startswith("-c"):
            return f"{program} -c"
        if word in ("-X", "-W"):
            next(words, None)
        elif not word.startswith("-"):
            return word.rstrip("/").rpartition("/")[2]
    return program
