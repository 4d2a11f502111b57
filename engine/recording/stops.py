"""Where a run ends, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.diagnostics.first_nonfinite import FirstNonfinite
from engine.machine.machine import Machine
from engine.recording import rules


@dataclass(frozen=True)
class Stop:
    """Why a run goes no further than `step`: `finished` at max_steps; `non_finite`, `op` of the update after it gave such a
    value, and `first_nonfinite` says which unit, sample or weight was the first, from which numbers; `small_change` of the
    train loss; `early`, and `best` is the step of the best validation loss, to which play returns.
    """

    kind: Literal["finished", "non_finite", "early", "small_change"]
    step: int
    op: str | None
    message: str
    best: int | None = None
    first_nonfinite: FirstNonfinite | None = None

    @property
    def detail(self) -> str | None:
        """The first value that is not finite, in words."""
        return self.first_nonfinite.words if self.first_nonfinite else None


def stop_reason(machine: Machine) -> Stop | None:
    """Why the run goes no further than where it stands, by a rule or by max_steps."""
    here, spec, state = machine.step, machine.spec, machine.rules
    if (verdict := rules.verdict(state)) is not None:
        best = int(state[rules.BEST_STEP]) if verdict == "early" else None
        return Stop(verdict, here, None, rules.stop_message(state, spec, here), best)
    if here >= spec.stop.max_steps:
        return Stop("finished", here, None, f"finished: max_steps is {spec.stop.max_steps}")
    return None
