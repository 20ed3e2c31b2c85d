"""The command `energymarket`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energymarket.bugs import ZOO, Bug
from energymarket.config import START_METHODS, Config, SettingError, config_from

if TYPE_CHECKING:
    from energymarket.report import TickReport

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_SIGNAL = 128

OVERRIDES: list[tuple[str, dict[str, Any]]] = [
    ("--homes", {"type": int, "help": "How many homes, each a process."}),
    ("--ticks", {"type": int, "help": "How many ticks; 0 runs until interrupted."}),
    ("--tick-seconds", {"type": float, "help": "How long a tick lasts at least."}),
    ("--seed", {"type": int, "help": "What weather, profiles, policies and events are drawn from."}),
    ("--max-transactions", {"type": int, "help": "How many transactions the market does at a time."}),
    ("--workers", {"type": int, "help": "How many threads the market has for them."}),
    ("--gamma", {"type": float, "help": "How much of the last price stays."}),
    ("--port", {"type": int, "help": "The market's TCP port; 0: any free one."}),
    ("--start-method", {"type": click.Choice(START_METHODS), "help": "How processes are started."}),
]


def main() -> None:
    """Runs the command, with an exit code that says how it ended."""
    try:
        energymarket(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(EXIT_SIGNAL + 2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


@click.group()
def energymarket() -> None:
    """A market for energy, of processes that really talk to each other."""


def _with_overrides(command: Callable[..., None]) -> Callable[..., None]:
    for name, options in reversed(OVERRIDES):
        command = click.option(name, default=None, **options)(command)
    return command


@energymarket.command()
@_with_overrides
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="Settings, as `energymarket config` prints them."
)
@click.option("--output", type=click.Choice(["text", "json", "quiet"]), default="text", show_default=True)
@click.option("--bug", type=click.Choice([bug.value for bug in Bug]), default=Bug.NONE.value, help="One of the zoo.")
def run(config_path: Path | None, output: str, bug: str, **overrides: Any) -> None:
    """Run the market. What is not given comes from the file, or is the default."""
    try:
        config = _config(config_path, overrides)
    except SettingError as error:
        _fail(str(error), EXIT_USAGE)
    _run(config, output, Bug(bug))


@energymarket.command()
def config() -> None:
    """Print the default settings as commented TOML."""
    from energymarket.configfile import as_toml

    click.echo(as_toml(Config()), nl=False)


@energymarket.command()
def bugs() -> None:
    """List the concurrency mistakes that `run --bug NAME` makes."""
    for species in ZOO:
        click.echo(f"{species.bug.value}\n  symptom  {species.symptom}\n  cause    {species.cause}")
        click.echo(f"  place    {species.place}\n")


@energymarket.command()
def clean() -> None:
    """Remove what killed runs left behind, and only that."""
    from energymarket.clean import clean as clean_up
    from energymarket.registry import RegistryError

    try:
        cleaned = list(clean_up())
    except RegistryError as error:
        _fail(str(error), EXIT_FAILED)
    for line in cleaned or ["no killed run left anything"]:
        click.echo(line)


def _config(path: Path | None, overrides: dict[str, Any]) -> Config:
    from energymarket.configfile import read_sections

    sections = read_sections(path) if path else {}
    for name, value in overrides.items():
        if value is not None:
            section = sections.setdefault("price" if name == "gamma" else "run", {})
            if isinstance(section, dict):
                section[name] = value
    return config_from(sections)


def _run(config: Config, output: str, bug: Bug) -> None:
    from energymarket.ipc import LimitError
    from energymarket.registry import RegistryError
    from energymarket.run import run_market
    from energymarket.supervisor import InterruptedRunError, RunError

    try:
        ticks_with_findings = run_market(config, bug, _teller(output))
    except InterruptedRunError as interrupted:
        _fail(str(interrupted), EXIT_SIGNAL + interrupted.number)
    except BrokenPipeError:  # nobody reads on; a flush at exit would fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except (RunError, LimitError, RegistryError) as error:
        _fail(str(error), EXIT_FAILED)
    if ticks_with_findings:
        _fail(f"something was wrong in {ticks_with_findings} ticks", EXIT_FAILED)


def _teller(output: str) -> "Callable[[TickReport], None]":
    from energymarket.report import as_json, as_text

    def tell(report: "TickReport") -> None:
        if output == "quiet":
            for finding in report.findings:
                print(f"energymarket: tick {report.board.tick}: {finding}", file=sys.stderr)
        else:
            print(as_json(report) if output == "json" else as_text(report), flush=True)

    return tell


def _fail(line: str, exit_code: int) -> "Any":
    click.echo(f"energymarket: {line}", err=True)
    sys.exit(exit_code)
