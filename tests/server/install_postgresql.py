"""Puts PostgreSQL's programs on this machine for the tests of kept sessions, where there are none:
`python tests/server/install_postgresql.py`.

Tries, in this order: nothing (they are there), the system's package by apt-get. The tests do not use the server that a package
may start: they start one of their own, in a folder of theirs. Exits with 1, and says what to do, where none can be had.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a script, too

from debian import install

PACKAGE = "postgresql"
DEBIAN = Path("/usr/lib/postgresql")
ADVICE = f"Install PostgreSQL by hand, with initdb and postgres on the PATH (Debian, Ubuntu: `apt-get install {PACKAGE}`)"


def find() -> Path | None:
    """The folder of `initdb` and `postgres`: on the PATH, or where Debian puts its newest."""
    folders = [Path(found).resolve().parent for name in ("initdb", "postgres") if (found := shutil.which(name))]
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda folder: [int(part) for part in re.findall(r"\d+", str(folder))])
    complete = (
        folder for folder in (*folders, *reversed(versions)) if (folder / "initdb").exists() and (folder / "postgres").exists()
    )
    return next(complete, None)


def main() -> int:
    found = find()
    if found is None and install(PACKAGE):
        found = find()
    if found is None:
        print(f"No PostgreSQL could be installed. {ADVICE}, and run the tests again.", file=sys.stderr)
        return 1
    print(f"PostgreSQL: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
