"""How a run trains: optimizer, schedule, regularization, clipping, and when it stops."""

from __future__ import annotations

import itertools
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator

from engine import optimizers
from engine.optimizers.row import Form
from engine.optimizers.stability import Stability
from engine.rows import schedules
from engine.solvers import SOLVERS
from engine.spec.fields import MAX_STEPS, Penalty, RowSpec, SpecModel, complete, known, refuse, within


class OptimizerSpec(RowSpec):
    """An optimizer, its rate, its dialect, and the row's own parameters."""

    name: str = "adam"
    lr: float = 0.01
    dialect: Literal["textbook", "pytorch"] = "textbook"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        name = raw.get("name", "adam")
        if isinstance(name, str) and name in SOLVERS:
            problem = f"'{name}' evaluates f several times a step or needs its Hessian: only a race on a surface has it"
            raise refuse("mismatch", problem, ", ".join(optimizers.OPTIMIZERS), "name")
        row = optimizers.OPTIMIZERS[known(name, optimizers.OPTIMIZERS, field="name")]
        dialect = raw.get("dialect", optimizers.TEXTBOOK)
        known(dialect, dict.fromkeys(optimizers.DIALECTS), field="dialect")
        return complete(raw, ("name", "dialect"), row.parameters_in(dialect), row.defaults(dialect))

    @property
    def row(self) -> optimizers.Optimizer:
        return optimizers.OPTIMIZERS[self.name]

    @property
    def code(self) -> int:
        """The kernels' code of the optimizer in its dialect, whatever its options."""
        return self.row.form(self.dialect).code

    @property
    def form(self) -> Form:
        """Its form with these options."""
        return self.row.form(self.dialect, self.parameters)

    @property
    def stability(self) -> Stability | str:
        """Its speed limit on a quadratic, or why there is none."""
        return self.form.stability

    @property
    def state(self) -> tuple[str, ...]:
        """Names of the state tensors in use, in their order."""
        return self.form.state

    def in_dialect(self, dialect: Any) -> dict[str, Any]:
        """The same optimizer and rate in another dialect: what that has not is left out, what it has besides is its
        default."""
        unspoken = {parameter.name for parameter in self.row.parameters} - {row.name for row in self.row.parameters_in(dialect)}
        return {key: value for key, value in self.model_dump().items() if key not in unspoken} | {"dialect": dialect}

    @property
    def numbers(self) -> list[float]:
        """Its own parameters as kernels take them: all but the rate, in the row's order, 0 for what the dialect has not."""
        own = (parameter for parameter in self.row.parameters if parameter.name != "lr")
        return [number for parameter in own for number in parameter.numbers(self.parameters.get(parameter.name))]

    def place(self, name: str) -> int:
        """Where a parameter of its own stands among its numbers."""
        before = itertools.takewhile(lambda parameter: parameter.name != name, self.row.parameters)
        return sum(len(parameter.numbers(None)) for parameter in before if parameter.name != "lr")


class ScheduleSpec(RowSpec):
    """How the rate moves: the row, the unit of its clock, the warm-up before it, and the row's own parameters."""

    name: str = "constant"
    unit: Literal["step", "epoch"] = "step"
    warmup: Annotated[int, AfterValidator(within(0, MAX_STEPS))] = 0

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        row = schedules.SCHEDULES[known(raw.get("name", "constant"), schedules.SCHEDULES, field="name")]
        known(raw.get("unit", "step"), dict.fromkeys(("step", "epoch")), field="unit")
        own = {parameter.name: parameter.default for parameter in row.parameters}
        return complete(raw, ("name", "unit", "warmup"), row.parameters, own)

    @property
    def row(self) -> schedules.Schedule:
        return schedules.SCHEDULES[self.name]


class RegularizationSpec(SpecModel):
    """Penalties on weights, never on biases: l1 |W|_1 + l2/2 |W|^2. And data augmentation, while training only: `jitter` is the
    standard deviation of normal noise on each input, `shift` the pixels that a picture moves at most, either way."""

    l1: Penalty = 0.0
    l2: Penalty = 0.0
    jitter: Annotated[float, AfterValidator(within(0.0, 100.0))] = 0.0
    shift: Annotated[int, AfterValidator(within(0, 16))] = 0


class ClipSpec(SpecModel):
    """Bounds of a mini-batch's gradient, penalties included: first of its norm, then of each of its values."""

    norm: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None
    value: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None


class StopSpec(SpecModel):
    """When a run ends: at max_steps; where the train loss changes by less than `min_change` from one measurement to the next;
    or once `patience` measurements in a row bring no new best validation loss. Measurements are points of the series."""

    max_steps: Annotated[int, AfterValidator(within(1, MAX_STEPS))] = 1_000_000
    min_change: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None
    patience: Annotated[int, AfterValidator(within(1, MAX_STEPS))] | None = None
