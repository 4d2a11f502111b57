"""Compiling the kernels in the background, and how far that is."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable

from server.protocol import WarmUp

log = logging.getLogger("chainrule")


class Kernels:
    """Imports the engine and warms it up in a thread of its own, so that the server answers before either is done."""

    def __init__(self, announce: Callable[[WarmUp], None]) -> None:
        """`announce` is called from that thread, at every step of the way."""
        self.progress = WarmUp(done=0, total=1, current="engine")
        self._announce = announce
        self._thread = threading.Thread(target=self._work, name="warm-up", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def _work(self) -> None:
        try:
            from engine import warm_up

            warm_up(self._report)
            # What is loaded by now stays: later collections need not walk through it, while every page waits.
            gc.collect()
            gc.freeze()
        except Exception:
            # Kernels also compile when they are first used: training is slow to begin, and still right.
            log.exception("warming up failed")
            self._report(1, 1, None)

    def _report(self, done: int, total: int, current: str | None) -> None:
        self.progress = WarmUp(done=done, total=total, current=current)
        self._announce(self.progress)
