"""What is marked slow is left out, run whole, or run by shards that agree and together leave nothing out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from slow import SHARD_SECONDS, chosen

COSTS = {f"test {number}": 5 + number % 23 for number in range(60)}


def test_a_shard_takes_a_minute_and_is_the_same_for_the_same_name() -> None:
    for commit in ("a", "b", "c"):
        shard = chosen(COSTS, commit)
        assert shard == chosen(dict(reversed(COSTS.items())), commit)
        spent = sum(COSTS[test] for test in shard)
        assert SHARD_SECONDS - min(COSTS.values()) < spent <= SHARD_SECONDS, "nothing more would have fitted"
    assert chosen(COSTS, "a") != chosen(COSTS, "b")


def test_in_the_long_run_every_test_has_its_turn() -> None:
    assert set().union(*(chosen(COSTS, str(commit)) for commit in range(400))) == set(COSTS)


FILE = """
import pytest

def test_quick(): pass

@pytest.mark.slow(seconds=40)
def test_one(): pass

@pytest.mark.slow(seconds=40)
def test_two(): pass
"""


@pytest.mark.parametrize(
    ("options", "passed"), [([], 1), (["--slow"], 3), (["--slow-shard=x"], 2), (["test_them.py::test_one"], 1)]
)
def test_what_runs(tmp_path: Path, options: list[str], passed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLOW_SHARD", raising=False)
    (tmp_path / "test_them.py").write_text(FILE)
    assert _run(tmp_path, options) == (0, f"{passed} passed")


CASES = """
import pytest

@pytest.mark.sampled(3, seconds=1)
@pytest.mark.parametrize("case", range(7))
def test_each(case): pass
"""


@pytest.mark.parametrize(("options", "passed"), [([], 3), (["--slow"], 7), (["--slow-shard=x"], 7)])
def test_a_sample_of_many_cases_runs(tmp_path: Path, options: list[str], passed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLOW_SHARD", raising=False)
    (tmp_path / "test_them.py").write_text(CASES)
    assert _run(tmp_path, options) == (0, f"{passed} passed")


def test_a_cost_beyond_a_shard_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_them.py").write_text(FILE.replace("40", "61"))
    code, _ = _run(tmp_path, [])
    assert code == pytest.ExitCode.USAGE_ERROR


def _run(folder: Path, options: list[str]) -> tuple[int, str]:
    """A pytest of its own in that folder: how it ended, and what passed."""
    command = [sys.executable, "-m", "pytest", "-p", "slow", "-p", "no:cacheprovider", "-q", f"--rootdir={folder}", *options]
    paths = {"PYTHONPATH": str(Path(__file__).parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, cwd=folder, env=os.environ | paths, capture_output=True, text=True, check=False)
    passed = re.search(r"\d+ passed", ran.stdout)
    return ran.returncode, passed[0] if passed else ran.stdout
