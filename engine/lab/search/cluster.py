"""Runs on a Dask cluster: `CHAINRULE_DASK=host:port` names its scheduler. A worker that is lost costs its runs' time alone:
the scheduler gives them to another, and what no worker brings back is run here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

from engine.lab.experiment import ChoiceError
from engine.lab.search.runs import Outcome, here, lone
from engine.parts import giving_way_between
from engine.spec import RunSpec
from engine.warmup import fingerprint

NAME = "CHAINRULE_DASK"
ALLOWED = "host:port of a running Dask scheduler, or unset for threads of this machine"
TIMEOUT = 5.0
LOOK = 0.01
"""Seconds between two looks at what has come back."""


def address() -> str | None:
    """Of the scheduler, or None for threads."""
    return os.environ.get(NAME) or None


def remote(spec: str) -> dict[str, Any]:
    """On a worker: a lone run, and what its bits depend on."""
    return {"outcome": lone(spec), "fingerprint": fingerprint()}


def connected(to: str) -> Any:
    """A client of the scheduler. Raises `ChoiceError`."""
    try:
        from distributed import Client
    except ImportError:
        raise ChoiceError(NAME, "Dask is not installed here: pip install 'chainrule[dask]'", ALLOWED) from None
    try:
        return Client(to, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        raise ChoiceError(NAME, f"no scheduler answers at {to} ({type(problem).__name__})", ALLOWED) from None


def spread(client: Any, specs: list[tuple[int, RunSpec]]) -> Iterator[tuple[int, Outcome] | None]:
    """As `engine.lab.search.runs.here` yields them."""
    futures = {
        number: client.submit(remote, spec.model_dump_json(), pure=False, key=f"chainrule-{client.id}-{number}")
        for number, spec in giving_way_between(specs, 8)
    }
    failed: list[int] = []
    while futures:
        for number, future in list(futures.items()):
            if client.status == "running" and not future.done():
                continue
            found = future.result() if future.status == "finished" else None
            del futures[number]
            if found is not None and found["fingerprint"] == fingerprint():
                yield number, Outcome.read(found["outcome"])
            else:
                failed.append(number)  # no worker brings it, or one whose bits are not this machine's
        yield None
        time.sleep(LOOK)
    by_number = dict(specs)
    yield from here((number, by_number[number]) for number in failed)
