"""``chainrule doctor``: what chainrule needs of this machine, a line each, and what to do where it is lacking."""

from __future__ import annotations

import argparse
import json
import logging
import warnings
from collections.abc import Callable, Sequence
from functools import partial

from server import VERSION
from server.commands.examined import computing, keeping, reaching
from server.commands.examined.finding import Finding
from server.commands.serve import port_number
from server.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """1 where something is bad, 0 where nothing is."""
    parser = argparse.ArgumentParser(
        prog="chainrule doctor",
        description="Look at what chainrule needs of this machine: a line each, ok, warn or bad, and what to do.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address that the server is to listen on (default: %(default)s)")
    parser.add_argument("--port", type=port_number, default=8000, help="port that it is to listen on (default: %(default)s)")
    parser.add_argument("--compile", action="store_true", help="compile the kernels now, and make a run take a step")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    options = parser.parse_args(arguments)
    found = examine(options.host, options.port, compile_now=options.compile)
    if options.json:
        print(json.dumps({"version": VERSION, "checks": [each.as_dict() for each in found]}, indent=2, ensure_ascii=False))
    else:
        print(f"chainrule {VERSION}", *(each.line() for each in found), sep="\n")
    return 1 if any(each.state == "bad" for each in found) else 0


def examine(host: str, port: int, *, compile_now: bool = False) -> list[Finding]:
    """Each part by itself: what is wrong with one keeps nobody from the others."""
    logging.getLogger("engine").setLevel(logging.ERROR)  # what it would warn of is found here
    try:
        settings, told = Settings.from_environment(), Finding("settings", "ok", "every CHAINRULE_ variable makes sense")
    except ValueError as error:
        settings, told = (
            Settings(),
            Finding("settings", "bad", str(error), "correct it, or unset it; below are the defaults"),
        )
    checks: dict[str, Callable[[], Finding]] = {
        "Python": computing.python,
        "kernels": partial(computing.kernels, compile_now=compile_now),
        "threads": partial(computing.blas, settings),
        "browser": reaching.browser,
        "port": partial(reaching.port, host, port),
        "network": partial(reaching.network, host, port),
        "database": partial(keeping.database, settings),
        "bus": partial(keeping.bus, settings),
    }
    return [told, *(_guarded(name, check) for name, check in checks.items())]


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check()
    except Exception as error:  # of a broken installation anything may come
        words = f"cannot be looked at: {type(error).__name__}: {error}"
        return Finding(name, "bad", words, "install chainrule anew, into an environment of its own")
