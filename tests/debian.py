"""Programs that the tests need, from the packages of Debian and Ubuntu."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence


def run(command: Sequence[str]) -> bool:
    """Run a command and show what it says; whether it succeeded."""
    print("$", " ".join(command), flush=True)
    try:
        return subprocess.run(command, check=False).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def install(package: str) -> bool:
    """A package by apt-get, as root or by a sudo that asks for no password; whether it is there."""
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None:
            return False
        prefix = ["sudo", "-n"]
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "--no-install-recommends", package]
    # The lists may be old, or not there yet.
    return run(command) or (run([*prefix, "apt-get", "update"]) and run(command))
