"""Puts a Chromium on the PATH for the browser tests, where there is none: `python tests/browser/install_chromium.py`.

Tries, in this order: nothing (one is there), the system's packages by apt-get, Playwright's own build. Exits with 1, and says
what to do, where none can be had. The headless shell, which is Chromium without windows, takes a third less of the processor.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # run as a script, too

from debian import install, run

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")


def on_path() -> str | None:
    """The Chromium on the PATH, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def of_playwright() -> str | None:
    """The Chromium that Playwright installed for itself, if it did."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def find() -> str | None:
    """A Chromium to test with."""
    return on_path() or of_playwright()


def by_playwright() -> bool:
    """Playwright's own build, which needs no rights."""
    return run([sys.executable, "-m", "playwright", "install", "chromium"]) and of_playwright() is not None


def main() -> int:
    found = find()
    if found is None and (any(install(package) and find() for package in PACKAGES) or by_playwright()):
        found = find()
    if found is None:
        print(
            f"No Chromium could be installed. Install one by hand, as {', '.join(NAMES)} on the PATH "
            f"(Debian, Ubuntu: `apt-get install {PACKAGES[0]}`), and run the tests again.",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
