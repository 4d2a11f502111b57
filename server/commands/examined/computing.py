"""What computes: Python, the compiled kernels, BLAS and threads."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from server.commands.examined.finding import Finding
from server.settings import Settings

OLDEST = (3, 11)
ANEW = "install chainrule anew, into an environment of its own"
REPORT = "report this, with what `chainrule doctor --json` says"


def python() -> Finding:
    words = f"{platform.python_version()}, {64 if sys.maxsize > 2**32 else 32} bit, {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST:
        return Finding("Python", "bad", words, f"install Python {'.'.join(map(str, OLDEST))} or newer")
    if sys.maxsize <= 2**32:
        return Finding("Python", "bad", words, "install a Python of 64 bit: Numba has no other")
    return Finding("Python", "ok", words)


def kernels(*, compile_now: bool) -> Finding:
    """Whether they are kept, and are there already; with `compile_now` they are made, and a run takes a step."""
    try:
        from engine import RunSpec, Trainer, warm_up
        from engine.kernels import jit
        from engine.warmup import on_disk
    except ImportError as error:
        return Finding("kernels", "bad", f"cannot be imported: {error}", ANEW)
    seconds = 0.0
    if compile_now:
        begun = time.perf_counter()
        try:
            warm_up()
            Trainer(RunSpec()).step(1)
        except Exception as error:  # whatever Numba raises
            return Finding("kernels", "bad", f"no run can be built: {error}", REPORT)
        seconds = time.perf_counter() - begun
    folder = jit.CACHE
    if folder is None or (problem := unwritable(folder)) is not None:
        why = jit.cache_problem or f"{folder} cannot be written ({problem})"
        return Finding("kernels", "warn", why, "let NUMBA_CACHE_DIR name a folder that can be: else each start takes a minute")
    there, of_all = on_disk()
    if there < of_all:
        advice = "the first start compiles them, some ten seconds to a minute; `chainrule doctor --compile` does so now"
        return Finding("kernels", "warn", f"{there} of {of_all} are compiled, in {folder}", advice)
    made = f", and a run begins after {seconds:.1f} s" if compile_now else ""
    return Finding("kernels", "ok", f"all {of_all} are compiled, in {folder}{made}")


def blas(settings: Settings) -> Finding:
    """One thread each, so that no number depends on how many processors there are; the threads are over runs instead."""
    from engine.kernels.threads import blas_cores, blas_threads, one_blas_thread

    one_blas_thread()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    words = f"BLAS for {' and '.join(dict.fromkeys(blas_cores())) or 'no processor it names'} on one thread; "
    words += f"{settings.workers * settings.threads} threads run kernels on {cores} processors"
    if any(threads != 1 for threads in blas_threads()):
        return Finding("threads", "bad", f"{words}; a BLAS keeps {max(blas_threads())} threads", "set OPENBLAS_NUM_THREADS=1")
    if settings.workers * settings.threads > 2 * cores:
        advice = "lower CHAINRULE_THREADS or --workers: threads that wait for each other slow all runs down"
        return Finding("threads", "warn", words, advice)
    return Finding("threads", "ok", words)


def unwritable(folder: Path) -> str | None:
    """Why no file can be made in a folder, or in the nearest there is above one that is to be made; None where it can."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)
