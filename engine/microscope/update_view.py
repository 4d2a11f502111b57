"""The next update of a run as micro-steps: what a learner steps through. Built from a trace by the compiled `run`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.machine.trace import UpdateTrace, trace_update
from engine.microscope.expressions.expression import plain
from engine.microscope.notations import Notation, notation_of
from engine.microscope.recipes import activation as _declares_activation  # noqa: F401
from engine.microscope.recipes import affine as _declares_affine  # noqa: F401
from engine.microscope.recipes import batch as _declares_batch  # noqa: F401
from engine.microscope.recipes import dropout as _declares_dropout  # noqa: F401
from engine.microscope.recipes import loss as _declares_loss  # noqa: F401
from engine.microscope.recipes import norm as _declares_norm  # noqa: F401
from engine.microscope.recipes import skip as _declares_skip  # noqa: F401
from engine.microscope.recipes import update as _declares_update  # noqa: F401
from engine.microscope.recipes.builder import Builder
from engine.microscope.steps import Step

if TYPE_CHECKING:
    from engine.trainer import Trainer


@dataclass(frozen=True)
class Update:
    """The update after `step`, in micro-steps. `samples`: its mini-batch's training rows (0-based), column by column.
    `problem`: why it ends early, where a value is not finite."""

    step: int
    epoch: int
    notation: Notation
    steps: tuple[Step, ...]
    samples: tuple[int, ...]
    coupled: bool
    problem: str | None
    trace: UpdateTrace = field(repr=False, compare=False)

    def column_of(self, sample: int) -> int:
        """The column of a training sample (0-based row); refused by name where it is not in this mini-batch."""
        if sample not in self.samples:
            inside = ", ".join(str(row + 1) for row in sorted(self.samples)[:20])
            more = ", …" if len(self.samples) > 20 else ""
            raise ValueError(f"sample: {sample + 1} is not in this mini-batch; allowed: {inside}{more}")
        return self.samples.index(sample)

    def find(self, kind: str, layer: int | None = None, name: str = "") -> Step:
        """The first micro-step of a kind, of a layer, with a result."""
        for step in self.steps:
            fits = step.kind == kind and layer in (None, step.layer)
            if fits and (not name or any(value.name == name for value in step.results)):
                return step
        raise ValueError(
            f"kind: no micro-step '{kind}' of layer {layer}; allowed: {', '.join(sorted({s.kind for s in self.steps}))}"
        )

    @property
    def mean_loss(self) -> float:
        return float(self.find("mean loss").results[0].array[0, 0])

    def as_json(self, *, numbers: bool = True) -> dict[str, Any]:
        """The whole update; `numbers`: with all arrays as lists of rows."""
        return {
            "step": self.step,
            "epoch": self.epoch,
            "notation": self.notation.name,
            "samples": list(self.samples),
            "coupled": self.coupled,
            "problem": self.problem,
            "loss": plain(self.mean_loss) if self.problem is None else None,
            "steps": [step.as_json(numbers=numbers) for step in self.steps],
        }


def next_update(trainer: Trainer, notation: str = "theory") -> Update:
    """What the next update will do; the run is left exactly as it is."""
    return in_notation(trainer, trace_update(trainer.machine), notation)


def in_notation(trainer: Trainer, trace: UpdateTrace, notation: str = "theory") -> Update:
    """A traced update in another notation: the numbers stay."""
    wanted = notation_of(notation)
    machine = trainer.machine
    steps = Builder(trace, machine.tape, machine.spec, machine.dataset, wanted).build()
    problem = None
    if not trace.complete:
        last = f": it ends with “{steps[-1].title}”" if steps else ""
        problem = f"update {trace.step + 1} gives a value that is not finite{last}"
    samples = tuple(int(row) for row in trace.rows)
    return Update(trace.step, trace.epoch, wanted, steps, samples, machine.tape.coupled, problem, trace)
