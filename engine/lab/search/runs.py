"""The runs of a search: each a lone run to its end, some of them side by side in this process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from engine.machine.work import heavy
from engine.parts import Pace, give_way
from engine.pool import MOST_THREADS, side_by_side
from engine.spec import RunSpec
from engine.trainer import Trainer

SECONDS = 0.01


@dataclass(frozen=True)
class Outcome:
    """How a run ended. A loss is None where it is not finite; an accuracy, of a regression too."""

    loss: float | None
    accuracy: float | None
    train_loss: float | None
    updates: int

    @classmethod
    def of(cls, run: Trainer) -> Outcome:
        """Of a run at its end; of the test split nothing is looked at."""
        if run.stopped is not None and run.stopped.kind == "non_finite":
            return cls(None, None, None, run.steps_done)
        validation = run.evaluate("validation")
        return cls(_finite(validation.loss), validation.accuracy, _finite(run.loss("train")), run.steps_done)

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Outcome:
        return cls(**plain)

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def _finite(loss: float) -> float | None:
    return float(loss) if math.isfinite(loss) else None


def lone(spec: str) -> dict[str, Any]:
    """A whole run of a spec as JSON, to its end: what another process does."""
    run = Trainer(RunSpec.model_validate_json(spec))
    run.step(run.max_steps)
    return Outcome.of(run).as_plain()


def here(specs: Iterable[tuple[int, RunSpec]]) -> Iterator[tuple[int, Outcome] | None]:
    """Runs by their numbers, as many at a time as there are threads: yields each with its outcome as it ends, and None where
    others may have their turn."""
    waiting = iter(specs)
    at_work: dict[int, Trainer] = {}
    pace = Pace(SECONDS, 100_000, 64)
    while True:
        while len(at_work) < MOST_THREADS:
            begun = next(waiting, None)
            if begun is None:
                break
            at_work[begun[0]] = Trainer(begun[1])
            give_way()
            yield None
        if not at_work:
            return
        some = pace.begin()
        runs = list(at_work.values())
        side_by_side(lambda run: run.advance(min(some, run.max_steps - run.steps_done)), runs, heavy=_heavy(runs))  # noqa: B023
        pace.end()
        for number, run in list(at_work.items()):
            if run.stopped is not None or run.steps_done >= run.max_steps:
                for _ in run.returning():
                    yield None
                del at_work[number]
                yield number, Outcome.of(run)
        yield None


def _heavy(runs: list[Trainer]) -> bool:
    """Whether an update is too long for a thread that cannot give way."""
    return any(heavy(run.machine.theta.size, 3 * len(run.machine.x)) for run in runs)
