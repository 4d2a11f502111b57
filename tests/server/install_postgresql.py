"""Puts PostgreSQL's programs on this machine for the tests of kept sessions, where there are none:
`python tests/server/install_postgresql.py`.

Tries, in this order: nothing (they are there), the system's package by apt-get. The tests do not use the server that a package
may start: they start one of their own, in a folder of theirs. Exits with 1, and says what to do, where none can be had.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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


def run(command: Sequence[str]) -> bool:
    """Run a command and show what it says; whether it succeeded."""
    print("$", " ".join(command), flush=True)
    try:
        return subprocess.run(command, check=False).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def by_apt() -> bool:
    """Debian's and Ubuntu's package, as root or by a sudo that asks for no password."""
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            return False
        prefix = ["sudo", "-n"]
    install = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", PACKAGE]
    # The lists may be old, or not there yet.
    return run(install) or (run([*prefix, "apt-get", "update"]) and run(install))


def main() -> int:
    found = find()
    if found is None and by_apt():
        found = find()
    if found is None:
        print(f"No PostgreSQL could be installed. {ADVICE}, and run the tests again.", file=sys.stderr)
        return 1
    print(f"PostgreSQL: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
