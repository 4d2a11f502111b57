"""BLAS on one thread: parallelism is a pool of threads over kernels, and the bits must not depend on the number of cores."""

import threading

import scipy.linalg.cython_blas  # noqa: F401  the BLAS under Numba's np.dot, loaded so that it can be limited
from threadpoolctl import threadpool_info, threadpool_limits

_lock = threading.Lock()
_limited = False


def one_blas_thread() -> None:
    """Limit every BLAS loaded so far to one thread, once."""
    global _limited
    with _lock:
        if not _limited:
            threadpool_limits(limits=1, user_api="blas")
            _limited = True


def blas_threads() -> list[int]:
    """Threads of each BLAS loaded."""
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def blas_cores() -> list[str]:
    """The processor type each BLAS chose its kernels for."""
    return sorted(
        {str(library.get("architecture", "unknown")) for library in threadpool_info() if library["user_api"] == "blas"}
    )
