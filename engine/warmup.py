"""Compile every kernel, the most used first, and say what a machine's bits depend on."""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable

import numba
from llvmlite.binding import get_host_cpu_name
from numba.core import event

from engine.kernels import landscape as _declares_landscape  # noqa: F401
from engine.kernels import over_rows as _declares_over_rows  # noqa: F401
from engine.kernels import race as _declares_race  # noqa: F401
from engine.kernels import run as _declares_run  # noqa: F401
from engine.kernels import shades as _declares_shades  # noqa: F401
from engine.kernels import surfaces as _declares_surfaces  # noqa: F401
from engine.kernels.cache import KernelCache
from engine.kernels.jit import KERNELS, PIECES, source_hash
from engine.kernels.optimizers import standalone as _declares_standalone  # noqa: F401
from engine.kernels.threads import blas_cores, one_blas_thread
from engine.numbers_version import NUMBERS_VERSION

Progress = Callable[[int, int, str | None], None]


class _Pieces(event.Listener):
    """Counts the functions of the kernels as they are compiled."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.total = len(PIECES) + len(KERNELS)
        self.names = {*PIECES, *(kernel.name for kernel in KERNELS)}
        self.done: set[str] = set()

    def on_start(self, event: event.Event) -> None:
        pass

    def on_end(self, event: event.Event) -> None:
        name = getattr(event.data.get("dispatcher"), "__name__", "")
        if name in self.names and name not in self.done:
            self.done.add(name)
            self.progress(min(len(self.done), self.total - 1), self.total, name)


def warm_up(progress: Progress | None = None) -> None:
    """Make every kernel ready; `progress(done, total, what was compiled last)`. Safe to call again and from any thread."""
    one_blas_thread()
    pieces = _Pieces(progress or (lambda done, total, name: None))
    pieces.progress(0, pieces.total, None)
    with event.install_listener("numba:compile", pieces):
        for kernel in sorted(KERNELS, key=lambda kernel: not kernel.name.startswith("run_")):  # training first
            kernel.ready()
    pieces.progress(pieces.total, pieces.total, None)


def on_disk() -> tuple[int, int]:
    """How many kernels this processor finds compiled in the cache, of how many; nothing is compiled, and none is loaded."""
    caches = [kernel.dispatcher._cache for kernel in KERNELS]
    here = repr(KERNELS[0].dispatcher.targetctx.codegen().magic_tuple())  # processor and its features, as each entry has them
    held = [isinstance(cache, KernelCache) and any(here in purpose for purpose in cache._files._names()) for cache in caches]
    return sum(held), len(KERNELS)


@functools.cache
def fingerprint() -> str:
    """What the bits of a run depend on: the numbers version and the kernels' sources, Numba, BLAS core type, processor. The
    same for as long as the process lasts, and found out once: that takes a millisecond."""
    one_blas_thread()
    made_by = f"numbers {NUMBERS_VERSION}", source_hash(), numba.__version__
    return "/".join((*made_by, "+".join(blas_cores()), platform.machine(), get_host_cpu_name()))
