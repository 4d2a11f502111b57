"""Puts nginx and Caddy on this machine for the tests behind proxies: `python tests/browser/install_proxies.py`.

Tries, in this order: nothing (they are there), the system's packages by apt-get. The tests do not use what a package may start:
they start their own, with a folder of theirs. Exits with 1, and says what to do, where one cannot be had.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a script, too

from debian import install

PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}
PLACES = ("/usr/sbin", "/usr/local/sbin")
"""Where programs are that not everybody's PATH has."""


def find(program: str) -> str | None:
    return shutil.which(program) or shutil.which(program, path=":".join(PLACES))


def main() -> int:
    for program, package in PACKAGES.items():
        if find(program) is None:
            install(package)
    lacking = [program for program in PACKAGES if find(program) is None]
    for program in PACKAGES:
        if program in lacking:
            print(f"{program} could not be installed (Debian, Ubuntu: `apt-get install {PACKAGES[program]}`).", file=sys.stderr)
        else:
            print(f"{program}: {find(program)}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
