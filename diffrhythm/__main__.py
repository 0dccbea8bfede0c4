"""The command line of the model's library: python -m diffrhythm COMMAND."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("generate", "diffrhythm.generate_command", "make a song from timed lyrics and a style"),
    ("lyrics", "diffrhythm.lyrics_command", "check lyrics, time them, and show how they become sound"),
)
"""Every command: its name, the module that has its `add_arguments` and `run`, and what it does. A module is imported
when its command is asked for, or help is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 is well, 1 has something to say, 2 was called wrongly."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="python -m diffrhythm", description="Songs from timed lyrics and a style.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    runs: dict[str, Callable[[argparse.Namespace], int]] = {}
    for name, module, does in COMMANDS:
        own = commands.add_parser(name, help=does, description=does[:1].upper() + does[1:] + ".")
        if given[:1] == [name]:
            command = import_module(module)
            command.add_arguments(own)
            runs[name] = command.run
    parsed = parser.parse_args(given)
    return runs[parsed.command](parsed)


if __name__ == "__main__":
    raise SystemExit(main())
