"""Compiling the kernels in the background, and how far that is."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from typing import Literal

from server.protocol import WarmUp

log = logging.getLogger("chainrule")
Health = Literal["starting", "ok", "failing"]
"""ok: a run was built, and made a step."""


class Kernels:
    """Imports the engine and warms it up in a thread of its own, so that the server answers before either is done."""

    def __init__(self, announce: Callable[[WarmUp], None]) -> None:
        """`announce` is called from that thread, at every step of the way."""
        self.progress = WarmUp(done=0, total=1, current="engine")
        self.health: Health = "starting"
        self._announce = announce
        self._thread = threading.Thread(target=self._work, name="warm-up", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def _work(self) -> None:
        try:
            from engine import RunSpec, Trainer, warm_up

            warm_up(self._report)
            Trainer(RunSpec()).step(1)
            self.health = "ok"
            # What is loaded by now stays: later collections need not walk through it, while every page waits.
            gc.collect()
            gc.freeze()
        except Exception:
            self.health = "failing"
            log.exception("the kernels cannot be made ready: no run can be built")
            self._report(1, 1, None)

    def _report(self, done: int, total: int, current: str | None) -> None:
        self.progress = WarmUp(done=done, total=total, current=current)
        self._announce(self.progress)
