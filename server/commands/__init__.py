"""The subcommands of ``chainrule``, a module each; whoever gives none serves.

A module has ``main(arguments) -> int``: the status to exit with. It is imported once it is asked for: neither does who serves
wait for what checks receipts, nor the reverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, cast


class Command(NamedTuple):
    name: str
    arguments: str
    about: str

    def main(self, arguments: Sequence[str]) -> int:
        return cast(int, import_module(f"server.commands.{self.name}").main(arguments))


COMMANDS = {
    command.name: command
    for command in (
        Command("check", "FILE…", "check receipts of lessons"),
        Command("open", "FILE", "open a network from a file in Step: a state dict of PyTorch, a model, a script"),
        Command("doctor", "", "look at what chainrule needs of this machine, and say what to do"),
    )
}
SERVE = "serve"
"""What is done where no other is named. It is not asked for by this name."""


def described() -> list[str]:
    """A line each, for the help."""
    width = max(len(f"{each.name} {each.arguments}") for each in COMMANDS.values())
    return [f"chainrule {f'{each.name} {each.arguments}':{width}}  {each.about}" for each in COMMANDS.values()]


def run(given: Sequence[str]) -> int:
    """Run what the first argument names, else serve."""
    command = COMMANDS.get(given[0]) if given else None
    return Command(SERVE, "", "").main(given) if command is None else command.main(given[1:])
