"""The command line: ``chainrule``, or ``python -m server``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from server import commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand, or the server until it is told to stop; the status to exit with."""
    return commands.run(list(sys.argv[1:] if arguments is None else arguments))


if __name__ == "__main__":
    sys.exit(main())
