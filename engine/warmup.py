"""Compile every kernel, the most used first, and say what a machine's bits depend on."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable

import numba
from llvmlite.binding import get_host_cpu_name

from engine.kernels import run as _declares_run  # noqa: F401
from engine.kernels.jit import KERNELS, source_hash
from engine.kernels.threads import blas_cores, one_blas_thread

Progress = Callable[[int, int, str | None], None]


def warm_up(progress: Progress | None = None) -> None:
    """Make every kernel ready; `progress(done, total, what is being compiled)`. Safe to call again and from any thread."""
    one_blas_thread()
    for done, kernel in enumerate(KERNELS):
        if progress:
            progress(done, len(KERNELS), kernel.name)
        kernel.ready()
    if progress:
        progress(len(KERNELS), len(KERNELS), None)


def fingerprint() -> str:
    """What the bits of a run depend on: engine and its kernels, Numba, BLAS core type, processor."""
    one_blas_thread()
    try:
        version = importlib.metadata.version("chainrule")
    except importlib.metadata.PackageNotFoundError:  # a checkout that was never installed
        version = "uninstalled"
    parts = (version, source_hash(), numba.__version__, "+".join(blas_cores()), platform.machine(), get_host_cpu_name())
    return "/".join(parts)
