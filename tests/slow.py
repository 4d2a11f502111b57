"""Exhaustive sweeps, which are too long for every change: tests marked `slow`.

`@pytest.mark.sampled(3, seconds=2)` on a test of many cases makes all but every third of them slow.

`@pytest.mark.slow(seconds=9)` tells what the test takes on two quiet cores, rounded up. `pytest` leaves them out, `pytest
--slow` runs everything there is, and `pytest --slow-shard NAME` (or the environment's `SLOW_SHARD`) adds as many as take a
minute: which ones is decided by the name, so that runs of one commit agree and those of many commits see them all.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
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


def sample(items: list[pytest.Item]) -> None:
    """Of every test of many cases that is `sampled`, all but one in so many become slow."""
    counts: Counter[str] = Counter()
    for test in items:
        mark = test.get_closest_marker("sampled")
        if mark is None:
            continue
        name = test.nodeid.partition("[")[0]
        if counts[name] % mark.args[0] and not test.get_closest_marker("slow"):
            test.add_marker(pytest.mark.slow(seconds=mark.kwargs["seconds"]))
        counts[name] += 1


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
    config.addinivalue_line("markers", "sampled(share, seconds): of its cases one in so many is not slow")
    config.addinivalue_line("markers", "slow(seconds): an exhaustive sweep, left out unless asked for; what it takes")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sample(items)
    costs = {test.nodeid: seconds for test in items if (seconds := cost(test)) is not None}
    if config.getoption("--slow") or any("::" in argument for argument in config.args):  # or named by whoever asks
        return
    shard = config.getoption("--slow-shard")
    run = chosen(costs, shard) if shard else set()
    left = [test for test in items if test.nodeid in costs and test.nodeid not in run]
    if left:
        config.hook.pytest_deselected(items=left)
    # The long ones are begun first, so that nobody waits for the last of them alone.
    items[:] = [test for test in items if test.nodeid in run] + [test for test in items if test.nodeid not in costs]


def pytest_report_header(config: pytest.Config) -> str | None:
    if config.getoption("--slow"):
        return "slow: all of them"
    shard = config.getoption("--slow-shard")
    return f"slow: the shard of {shard}" if shard else None
