"""Puts Redis's program on this machine for the tests of the bus, where there is none: `python tests/server/install_redis.py`.

Tries, in this order: nothing (it is there, or Valkey's is, which speaks the same), the system's package by apt-get. The tests
do not use the server that a package may start: they start one of their own. Exits with 1, and says what to do, where none can
be had.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a script, too

from debian import install

PACKAGE = "redis-server"
ADVICE = f"Install Redis by hand, with redis-server on the PATH (Debian, Ubuntu: `apt-get install {PACKAGE}`)"


def find() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def main() -> int:
    found = find()
    if found is None and install(PACKAGE):
        found = find()
    if found is None:
        print(f"No Redis could be installed. {ADVICE}, and run the tests again.", file=sys.stderr)
        return 1
    print(f"Redis: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
