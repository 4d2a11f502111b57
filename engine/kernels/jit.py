"""The one decorator: every compiler flag, the cache folder and the order of compilation in one place.

`entry` declares a kernel that Python calls, with its one signature; `inner` declares a function that only kernels call.
No fast-math flags at all: the numbers match their formulas and do not depend on how the work was cut.
"""

from __future__ import annotations

import hashlib
import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.errors import NumbaWarning

from engine.kernels.cache import KernelCache, make_folder

# Without Numba's run-time library (`_nrt`) nothing is allocated in a kernel and no reference counted: a slice costs nothing.
FLAGS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False, "boundscheck": False, "_nrt": False}

INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What only kernels call needs no entrance from Python: a quicker start."""

cache_problem: str | None = None
"""Why compiled kernels are not kept on disk, in words, or None."""


PIECES: list[str] = []
"""Names of the inner functions, each compiled on the way to its kernels: what progress is counted in."""


def source_hash(folder: Path = Path(__file__).parent) -> str:
    """Hash of every kernel source, in whatever folder it lies below: Numba's own cache does not notice a change in an imported
    file. A checkout with another system's line endings has the same."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.py")):
        source = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(source)}\0".encode() + source)
    return digest.hexdigest()[:16]


def _cache_root() -> Path:
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base) / "chainrule" if base else Path.home() / ".cache" / "chainrule"


def _cache_folder() -> Path | None:
    """Whether it can be written is found out when there is something to write: an image's may only be read, and is complete."""
    global cache_problem
    try:
        folder = _cache_root() / f"kernels-{source_hash()}"
        make_folder(folder)
    except (OSError, RuntimeError) as problem:
        cache_problem = f"kernels are compiled anew at every start: no folder for them is writable ({problem})"
        warnings.warn(cache_problem, RuntimeWarning, stacklevel=2)
        return None
    return folder


CACHE = _cache_folder()


def inner(function: Callable[..., Any]) -> Any:
    """A function that only kernels call; it is compiled into its callers."""
    PIECES.append(function.__name__)
    return numba.njit(**FLAGS | INNER)(function)


def counted(function: Callable[..., Any]) -> Any:
    """An inner function that needs Numba's run-time library, as BLAS calls do."""
    PIECES.append(function.__name__)
    return numba.njit(**FLAGS | INNER | {"_nrt": True})(function)


def spliced(function: Callable[..., Any]) -> Any:
    """An inner function put into its one caller before optimization: no call, and a quicker compilation."""
    return numba.njit(inline="always", **FLAGS | INNER)(function)


class Kernel:
    """A compiled function with exactly one signature; the first call (or `ready`) compiles it or loads it from disk."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        self.signature = signature
        self.name = function.__name__
        self.__doc__ = function.__doc__
        self._lock = threading.Lock()
        self._ready = False
        self.dispatcher = numba.njit(**FLAGS)(function)
        if CACHE is not None:
            self.dispatcher._cache = KernelCache(function, CACHE)

    def ready(self) -> None:
        """Compile now. A second signature is an error afterwards, not a silent stall."""
        with self._lock:
            if not self._ready:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", NumbaWarning)
                    self.dispatcher.compile(self.signature)
                self.dispatcher.disable_compile()
                self._ready = True

    def __call__(self, *arguments: Any) -> Any:
        if not self._ready:
            self.ready()
        return self.dispatcher(*arguments)


KERNELS: list[Kernel] = []
"""Every entry kernel, in the order of declaration: the most used first."""


def entry(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """Declare a kernel that Python calls, with its one signature."""

    def declare(function: Callable[..., Any]) -> Kernel:
        kernel = Kernel(function, signature)
        KERNELS.append(kernel)
        return kernel

    return declare
