"""Exhaustive sweeps, which are too long for every change: tests marked `slow`.

`@pytest.mark.slow(seconds=9)` tells what the test takes on two quiet cores, rounded up. `pytest` leaves them out, `pytest
--slow` runs everything there is, and `pytest --slow-shard NAME` (or the environment's `SLOW_SHARD`) adds as many as take a
minute: which ones is decided by the name, so that runs of one commit agree and those of many commits see them all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

import pytest

SHARD_SECONDS = 60
VARIABLE = "SLOW_SHARD"


def chosen(costs: Mapping[str, int], name: str, budget: int = SHARD_SECONDS) -> set[str]:
    """Of the tests with these costs (seconds), those in the shard of that name: drawn in an order of its own until the budget
    is spent."""
    drawn: set[str] = set()
    for test in sorted(costs, key=lambda test: hashlib.sha256(f"{name} {test}".encode()).digest()):
        if costs[test] <= budget:
            budget -= costs[test]
            drawn.add(test)
    return drawn


def cost(test: pytest.Item) -> int | None:
    """Seconds that a slow test says it takes; None for one that is not slow."""
    mark = test.get_closest_marker("slow")
    if mark is None:
        return None
    seconds = mark.kwargs.get("seconds")
    if mark.args or not isinstance(seconds, int) or not 0 < seconds <= SHARD_SECONDS:
        raise pytest.UsageError(
            f"{test.nodeid}: slow(seconds=…) takes whole seconds up to {SHARD_SECONDS}; what takes longer is split"
        )
    return seconds


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("slow", "exhaustive sweeps")
    group.addoption("--slow", action="store_true", help="also run every test marked slow")
    group.addoption(
        "--slow-shard",
        metavar="NAME",
        default=os.environ.get(VARIABLE),
        help=f"also run some of them, {SHARD_SECONDS} s in all, chosen by NAME (default: ${VARIABLE})",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow(seconds): an exhaustive sweep, left out unless asked for; what it takes")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    costs = {test.nodeid: seconds for test in items if (seconds := cost(test)) is not None}
    if config.getoption("--slow") or any("::" in argument for argument in config.args):  # or named by whoever asks
        return
    shard = config.getoption("--slow-shard")
    run = chosen(costs, shard) if shard else set()
    left = [test for test in items if test.nodeid in costs and test.nodeid not in run]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [test for test in items if test.nodeid not in costs or test.nodeid in run]


def pytest_report_header(config: pytest.Config) -> str | None:
    if config.getoption("--slow"):
        return "slow: all of them"
    shard = config.getoption("--slow-shard")
    return f"slow: the shard of {shard}" if shard else None
