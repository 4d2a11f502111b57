"""The fingerprint: a hash of the kernels' sources wherever they lie, and the numbers version for all bits made outside them."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from record_numbers import RECORDED, changed, numbers, same, taken

from engine import dataset, fingerprint, warmup
from engine.kernels import jit
from engine.numbers_version import NUMBERS_VERSION
from engine.rows import initializers

KERNELS = Path(jit.__file__).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(KERNELS, tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__")))


def test_a_copy_elsewhere_has_the_same_hash(copy: Path) -> None:
    assert jit.source_hash(copy) == jit.source_hash() == jit.source_hash(KERNELS)


def test_a_nested_kernel_changes_the_hash(copy: Path) -> None:
    nested = copy / "rules" / "plain.py"
    nested.parent.mkdir()
    nested.write_text("SIGN = 1\n")
    seen = {jit.source_hash(), jit.source_hash(copy)}
    nested.write_text("SIGN = 2\n")
    seen.add(jit.source_hash(copy))
    nested.rename(nested.with_name("signs.py"))
    seen.add(jit.source_hash(copy))
    (copy / "rules").rename(copy / "optimizers_")
    seen.add(jit.source_hash(copy))
    (copy / "optimizers_" / "signs.py").rename(copy / "signs.py")
    seen.add(jit.source_hash(copy))
    assert len(seen) == 6, "a file made, changed, renamed, its folder renamed, moved up"


def test_a_source_that_moves_between_files_changes_the_hash(tmp_path: Path) -> None:
    """The same bytes in the same order, cut elsewhere."""
    for number, (first, second) in enumerate((("ab", "c"), ("a", "bc"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "a.py").write_text(first)
        (folder / "b.py").write_text(second)
    assert jit.source_hash(tmp_path / "0") != jit.source_hash(tmp_path / "1")


def test_line_endings_do_not_matter(copy: Path) -> None:
    for path in copy.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert (copy / "codes.py").read_bytes() != (KERNELS / "codes.py").read_bytes()
    assert jit.source_hash(copy) == jit.source_hash()


def test_what_is_no_source_does_not_matter(copy: Path) -> None:
    (copy / "notes.txt").write_text("of no consequence")
    assert jit.source_hash(copy) == jit.source_hash()


def test_the_fingerprint_has_the_numbers_version_and_not_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fingerprint().split("/")[:2] == [f"numbers {NUMBERS_VERSION}", jit.source_hash()]
    fresh = fingerprint.__wrapped__
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99.9")
    assert fresh() == fingerprint() and len(fingerprint()) <= 400
    monkeypatch.setattr(warmup, "NUMBERS_VERSION", NUMBERS_VERSION + 1)
    assert fresh() != fingerprint()


def test_the_numbers_of_this_version_are_as_they_were_recorded() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert str(NUMBERS_VERSION) in recorded, f"version {NUMBERS_VERSION} is not recorded: python tests/engine/record_numbers.py"
    names = changed(recorded[str(NUMBERS_VERSION)])
    assert not names, f"bits changed: raise NUMBERS_VERSION and record anew. {', '.join(names)}"


def test_each_version_is_recorded() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    assert [int(version) for version in recorded] == list(range(1, NUMBERS_VERSION + 1))


def test_another_draw_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[str(NUMBERS_VERSION)]
    real = initializers.generator
    monkeypatch.setattr(initializers, "generator", lambda seed, *key: real(seed + 1, *key))
    names = changed(recorded)
    assert {"initializer he_normal", "initializer orthogonal", "run plain"} <= set(names)
    assert not {"initializer zeros", "data iris, targets", "run plain, order"} & set(names)
    monkeypatch.undo()
    monkeypatch.setattr(dataset, "generator", lambda seed, *key: real(seed + 1, *key))
    assert {"data iris, targets", "data digits, inputs", "features"} <= set(changed(recorded))


def test_last_digits_are_a_processors_own_and_others_are_not() -> None:
    name, values, close = next(entry for entry in numbers() if entry[0] == "features")
    recorded = taken(values, close)
    assert same(recorded, taken(np.nextafter(values, np.inf), close), close), name
    one = values.copy()
    one[0] *= 1 + 1e-8
    assert not same(recorded, taken(one, close), close)
    assert not same(recorded, taken(values[:-1], close), close)
    whole = np.arange(5)
    assert same(taken(whole, 0.0), taken(whole, 0.0), 0.0) and not same(taken(whole, 0.0), taken(whole[::-1], 0.0), 0.0)


@pytest.mark.slow(seconds=6)
def test_numbers_recorded_once_are_not_recorded_over(tmp_path: Path) -> None:
    """The recorder refuses other numbers under the same version, and names what changed."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    recorded[str(NUMBERS_VERSION)]["run plain, order"]["digest"] = "another"
    other = tmp_path / "numbers.json"
    other.write_text(json.dumps(recorded))
    code = f"import sys, pathlib, record_numbers as r; r.RECORDED = pathlib.Path({str(other)!r}); sys.exit(r.main())"
    folder = Path(__file__).parent
    path = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(folder.parents[1])!r}]; "
    told = subprocess.run([sys.executable, "-c", path + code], capture_output=True, text=True, check=False)
    assert told.returncode == 1 and told.stderr.splitlines()[-1] == "run plain, order", told.stderr
    assert json.loads(other.read_text()) == recorded
