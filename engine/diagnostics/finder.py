"""The learning-rate finder: the range test of Smith (Cyclical Learning Rates for Training Neural Networks, 2017, section 3.3).

On a copy of the run as it stands, the rate rises geometrically from `low` to `high`, one update each, with the run's own
optimizer, its state and its mini-batches; schedules are left out. `losses[i]` is the data loss of the mini-batch after update
i, before its own update: what rate i led to.

Mini-batch losses are noisy, so they are smoothed by an exponential moving average with its bias corrected, over a span of
`SPAN` samples (w mini-batches: `smoothing` (w − 1)/(w + 1)); the full batch has no noise, and is not smoothed. The noise left
in the smoothed curve is measured where the rates are too small to matter: no fall or rise that could be noise is read.

Divergence shows late: rates just below the bound (2/λ_max for plain descent) shrink the steepest error to almost nothing, which
above it has to grow back. Of plain descent over the full batch, up the ladder of seven decades in 200 updates, `diverged` was
5 to 8 times the bound, and its tenth .5 to .8 of it: more updates or another span make other numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.evaluation.clones import clone_machine, without_schedule
from engine.kernels import codes
from engine.machine.machine import Machine
from engine.machine.pieces import Pieces

LOW, HIGH = 1e-6, 10.0
LEAST_UPDATES, MOST_UPDATES = 10, 5000
SPAN = 100  # samples that the smoothed loss is a mean of, or so
TOO_FAR = (
    4.0  # times the lowest loss: diverged (as in fastai); with noise also twice the loss it began at, and clear of the noise
)
LEAST_FALL = 0.1  # of the loss: less is no descent to read a rate from
CLEAR = 4.0  # standard deviations of the smoothed curve's noise
LASTING = 5  # updates in a row beyond the limit: single samples that are far off are no divergence


@dataclass(frozen=True)
class Suggestion:
    """A rate and the rule that gave it: "steepest", "tenth"."""

    rule: str
    rate: float
    words: str


@dataclass(frozen=True)
class RateTest:
    """`rates`, `losses` (raw) and `smoothed`, (n,) each; `noise` the standard deviation of `smoothed`.

    `diverged`: the rate at which the loss was beyond TOO_FAR times its lowest, or not finite; `turned`: the last rate before it
    that had (but for noise) the lowest loss. Both None where it did not diverge.
    """

    rates: Array
    losses: Array
    smoothed: Array
    smoothing: float
    noise: float
    turned: float | None
    diverged: float | None
    suggestions: tuple[Suggestion, ...]
    finished: bool

    @property
    def suggestion(self) -> Suggestion | None:
        """The first rule that gave a rate."""
        return self.suggestions[0] if self.suggestions else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {name: getattr(self, name).tolist() for name in ("rates", "losses", "smoothed")}


class RateFinder:
    """A range test in slices: `advance` until it says that it is done; `result` may be read in between."""

    def __init__(self, machine: Machine, low: float = LOW, high: float = HIGH, updates: int | None = None) -> None:
        if not 0.0 < low < high <= 1e9:
            raise ValueError(f"low, high: {low}, {high} given; allowed: 0 < low < high <= 1e9")
        if updates is not None and not LEAST_UPDATES <= updates <= MOST_UPDATES:
            raise ValueError(f"updates: {updates} given; allowed: {LEAST_UPDATES} to {MOST_UPDATES}")
        self.machine = clone_machine(machine)
        self.machine.adopt(without_schedule(machine.spec))
        self.pieces = Pieces(self.machine, lambda: None)  # nothing is recorded
        batch = int(self.machine.int_state[codes.BATCH_SIZE])
        window = 1.0 if batch >= self.machine.dataset.rows[0] else max(1.0, SPAN / batch)
        self.smoothing = (window - 1.0) / (window + 1.0)
        self.ladder: Array = np.geomspace(low, high, updates or max(200, int(10 * window)))
        self.losses: list[float] = []
        self.smoothed: list[float] = []
        self.average = 0.0
        self.stepped = self.beyond = 0
        self.finished = False
        self.diverged: float | None = None

    def advance(self, updates: int = 20) -> bool:
        """Up to `updates` more; true where the test is at its end."""
        for _ in range(updates):
            if self.finished:
                break
            self._update()
        return self.finished

    def slices(self, updates: int = 20) -> Iterator[float]:
        """Run to the end in slices, yielding the share of the ladder that is climbed."""
        while not self.advance(updates):
            yield len(self.losses) / len(self.ladder)

    def finish(self) -> RateTest:
        """Run to the end; what was found."""
        for _ in self.slices():
            pass
        return self.result

    def _update(self) -> None:
        """One update. Its own loss is measured before it, so it shows what the rate before led to."""
        machine = self.machine
        machine.float_state[codes.LR] = self.ladder[min(self.stepped, len(self.ladder) - 1)]
        status = self.pieces.updates(1)
        finite = status in (codes.RUNNING, codes.SERIES_FULL)
        loss = float(machine.float_state[codes.LAST_LOSS]) if finite or status == codes.UPDATE_NON_FINITE else np.inf
        self.stepped += 1
        if self.stepped > 1:
            self._keep(loss)
        if not self.finished and not finite:
            self._end(float(self.ladder[min(self.stepped - 1, len(self.ladder) - 1)]))
        elif len(self.losses) == len(self.ladder):
            self.finished = True

    def _keep(self, loss: float) -> None:
        self.losses.append(loss)
        self.average = self.smoothing * self.average + (1.0 - self.smoothing) * loss
        self.smoothed.append(self.average / (1.0 - self.smoothing ** len(self.losses)))
        limit = TOO_FAR * min(self.smoothed)
        if self.smoothing > 0.0:
            limit = max(limit, 2.0 * self._beginning, min(self.smoothed) + CLEAR * self._noise)
        self.beyond = 0 if self.smoothed[-1] <= limit else self.beyond + 1
        if self.beyond >= (LASTING if self.smoothing > 0.0 else 1) or not np.isfinite(loss):
            self._end(float(self.ladder[len(self.losses) - self.beyond]))

    def _end(self, rate: float) -> None:
        self.diverged = rate
        self.finished = True

    @property
    def _beginning(self) -> float:
        """The loss while the rates are too small to matter."""
        return float(np.mean(self.losses[: len(self.ladder) // 8 if self.smoothing > 0.0 else 1]))

    @property
    def _noise(self) -> float:
        """Standard deviation of the smoothed loss, from the differences of raw ones where the rates are too small to matter."""
        raw = np.diff(self.losses[: len(self.ladder) // 8])
        if self.smoothing == 0.0 or len(raw) < 2:
            return 0.0
        return float(np.std(raw) / np.sqrt(2.0) * np.sqrt((1.0 - self.smoothing) / (1.0 + self.smoothing)))

    @property
    def result(self) -> RateTest:
        count = len(self.losses)
        rates, smoothed = self.ladder[:count].copy(), np.array(self.smoothed)
        turned = None
        if self.diverged is not None and count:
            turned = float(rates[np.flatnonzero(smoothed <= smoothed.min() + 2.0 * self._noise)[-1]])
        suggestions = self._suggestions(rates, smoothed) if self.finished and count else ()
        return RateTest(
            rates,
            np.array(self.losses),
            smoothed,
            self.smoothing,
            self._noise,
            turned,
            self.diverged,
            suggestions,
            self.finished,
        )

    def _suggestions(self, rates: Array, smoothed: Array) -> tuple[Suggestion, ...]:
        found = []
        lowest, begun = int(np.argmin(smoothed)), self._beginning
        fall = begun - float(smoothed[lowest])
        if lowest > 1 and fall > max(LEAST_FALL * begun, CLEAR * self._noise):
            above = np.flatnonzero(smoothed[:lowest] > begun - LEAST_FALL * fall)
            first = int(above[-1]) if len(above) else 0  # noise before the descent is no slope
            slopes = np.diff(smoothed[first : lowest + 1])  # log η rises in equal steps
            width = max(1, len(self.ladder) // 40)
            steep = np.convolve(slopes, np.ones(width) / width, mode="same")
            rate = float(rates[first + int(np.argmin(steep))])
            found.append(Suggestion("steepest", rate, "where the smoothed loss falls most steeply over log η"))
        if self.diverged is not None:
            found.append(Suggestion("tenth", self.diverged / 10.0, "a tenth of the rate at which it diverged"))
        return tuple(found)
