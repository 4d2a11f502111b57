"""The kernels themselves: accuracy of the vectorized functions, one signature each, one BLAS thread, the cache's key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from engine import warm_up
from engine.kernels import jit, transcendental
from engine.kernels.batches import permute
from engine.kernels.threads import blas_threads

WIDE = np.longdouble


def ulps(found: np.ndarray, exact: np.ndarray) -> float:
    """Largest error in units of the last place of the exact value."""
    return float(np.max(np.abs(found.astype(WIDE) - exact) / np.spacing(np.abs(exact).astype(np.float64))))


def looped(function):
    @numba.njit(error_model="numpy")
    def loop(x):
        out = np.empty_like(x)
        for i in range(x.size):
            out[i] = function(x[i])
        return out

    return loop


def log1p(x: np.ndarray) -> np.ndarray:
    return np.log1p(x)


EXACT = {
    "tanh": (np.tanh, np.concatenate([np.linspace(-19, 19, 40_001), np.geomspace(1e-300, 1, 5_000)])),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), np.linspace(-700, 700, 60_001)),
    "exp_nonpositive": (np.exp, np.concatenate([np.linspace(-707, 0, 60_001), -np.geomspace(1e-300, 1, 5_000)])),
    "log1p_unit": (log1p, np.concatenate([np.linspace(0, 1, 40_001), np.geomspace(1e-300, 1, 5_000)])),
    "softplus": (lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), np.linspace(-700, 700, 60_001)),
}


@pytest.mark.skipif(np.finfo(WIDE).eps > 1e-18, reason="no wider float here to judge by")
@pytest.mark.parametrize("name", EXACT)
def test_within_two_ulp(name: str) -> None:
    exact, points = EXACT[name]
    found = looped(getattr(transcendental, name))(points)
    assert ulps(found, exact(points.astype(WIDE))) <= (2.5 if name == "softplus" else 2.0)  # softplus adds two of them


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "exp_nonpositive", "softplus"])
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(looped(getattr(transcendental, name))(np.array([np.nan]))[0])


def test_far_tails() -> None:
    ends = np.array([-np.inf, -1e300, -800.0, 800.0, 1e300, np.inf])
    assert looped(transcendental.tanh)(ends).tolist() == [-1, -1, -1, 1, 1, 1]
    assert looped(transcendental.sigmoid)(ends).tolist() == [0, 0, 0, 1, 1, 1]


def test_one_signature_each() -> None:
    warm_up()
    for kernel in jit.KERNELS:
        assert len(kernel.dispatcher.signatures) == 1, kernel.name
        assert not kernel.dispatcher._can_compile, f"{kernel.name} would compile another signature instead of refusing it"


def test_no_fast_math() -> None:
    assert jit.FLAGS["fastmath"] is False


def test_blas_runs_on_one_thread() -> None:
    warm_up()
    threads = blas_threads()
    assert threads and set(threads) == {1}


@numba.njit
def shuffle(order, epoch):
    permute(order, order.size, 3, epoch)


def test_orders_are_fair() -> None:
    """Every sample is as likely in every place: a chi-square over 20,000 epochs of 8 samples, far inside its 0.1 % tail."""
    counts = np.zeros((8, 8))
    order = np.zeros(8, dtype=np.int64)
    for epoch in range(20_000):
        shuffle(order, epoch)
        counts[np.arange(8), order] += 1
    expected = 20_000 / 8
    assert np.sum((counts - expected) ** 2 / expected) < 85.4  # 49 degrees of freedom


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "always", "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_cache_follows_its_variable_and_its_sources(tmp_path) -> None:
    shown = run_python("from engine.kernels import jit; print(jit.CACHE)", NUMBA_CACHE_DIR=str(tmp_path))
    assert shown.stdout.strip() == str(tmp_path / f"kernels-{jit.source_hash()}")


def test_an_unwritable_cache_is_said_and_survived(tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    shown = run_python("from engine.kernels import jit; print(jit.CACHE, jit.cache_problem)", NUMBA_CACHE_DIR=str(blocked))
    assert shown.stdout.startswith("None kernels are compiled anew")
    assert "RuntimeWarning" in shown.stderr


@pytest.mark.slow(seconds=25)
def test_warm_up_tells_its_progress(tmp_path) -> None:
    """From a cache in which one kernel is missing: to compile all of them again would take a minute."""
    warm_up()
    kernel = next(kernel for kernel in jit.KERNELS if kernel.name == "surface_at")
    assert jit.CACHE is not None
    full = Path(kernel.dispatcher.stats.cache_path)
    copy = tmp_path / jit.CACHE.name / full.relative_to(jit.CACHE)
    shutil.copytree(full, copy)
    for kept in copy.glob(f"*.{kernel.name}-*"):
        kept.unlink()
    code = "import engine; told = []; engine.warm_up(lambda *now: told.append(now)); print(told[0][:2], told[-1], len(told))"
    cold = run_python(code, NUMBA_CACHE_DIR=str(tmp_path)).stdout.split()
    warm = run_python(code, NUMBA_CACHE_DIR=str(tmp_path)).stdout.split()
    total = cold[1].strip(",)")
    assert cold[:2] == ["(0,", f"{total})"] and cold[2:5] == [f"({total},", f"{total},", "None)"]
    assert int(total) == len(jit.KERNELS) + len(jit.PIECES)
    assert int(cold[5]) > 8, "a cold start tells each function as it is compiled"
    assert int(warm[5]) == 2, "a warm one has nothing to compile"
