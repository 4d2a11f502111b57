"""What determines a race: a surface or a network's spec, the start, the noise, and the lanes with what was changed on them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from engine.rows.schedules import SCHEDULES
from engine.solvers.spec import LaneOptimizer, SolverSpec
from engine.spec import InitializerSpec, OptimizerSpec, ScheduleSpec
from engine.spec.fields import Many, Seed, SpecModel, refuse, within
from engine.surfaces.function import SurfaceFunction, SurfaceSpec

MOST_LANES = 16
MOST_STEPS = 100_000
OWN_START = "own start"
OWN_BATCHES = "own batches"
OWN_NOISE = "own noise"


def _constant() -> ScheduleSpec:
    return ScheduleSpec.model_validate({})


class Retune(SpecModel):
    """From the update after `step` on a lane runs under these."""

    step: Annotated[int, AfterValidator(within(0, 1_000_000_000))] = 0
    optimizer: LaneOptimizer
    schedule: ScheduleSpec = Field(default_factory=_constant)


class LaneSpec(SpecModel):
    """A lane: its optimizer (on a surface also a solver) and schedule, what was changed on the way, and what it does not share
    with the others."""

    label: Annotated[str, Field(max_length=80)] = ""
    optimizer: LaneOptimizer = Field(default_factory=lambda: OptimizerSpec.model_validate({}))
    schedule: ScheduleSpec = Field(default_factory=_constant)
    retunes: Many[Retune] = ()
    batch_size: int | str | None = None
    seed: Seed | None = None
    initializer: InitializerSpec | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        steps = [retune.step for retune in self.retunes]
        if steps != sorted(set(steps)):
            raise refuse("out_of_range", "must be one a step, in order", "rising steps", "retunes")
        return self

    @property
    def stages(self) -> tuple[tuple[LaneOptimizer, ScheduleSpec], ...]:
        """Optimizer and schedule from the start on, and those of each change."""
        return ((self.optimizer, self.schedule), *((retune.optimizer, retune.schedule) for retune in self.retunes))

    @property
    def solvers(self) -> tuple[SolverSpec, ...]:
        """Those that it goes by at any time."""
        return tuple(optimizer for optimizer, _ in self.stages if isinstance(optimizer, SolverSpec))

    def in_force(self, step: int) -> tuple[LaneOptimizer, ScheduleSpec]:
        """Optimizer and schedule of the update after `step`."""
        found: tuple[LaneOptimizer, ScheduleSpec] = (self.optimizer, self.schedule)
        for retune in self.retunes:
            if retune.step <= step:
                found = (retune.optimizer, retune.schedule)
        return found

    def retuned(self, step: int, optimizer: LaneOptimizer, schedule: ScheduleSpec) -> LaneSpec:
        """From `step` on another optimizer or rate; what was changed later is given up. At step 0 the lane itself is
        another."""
        if step == 0:
            return self.model_copy(update={"optimizer": optimizer, "schedule": schedule, "retunes": ()})
        kept = tuple(retune for retune in self.retunes if retune.step < step)
        return self.model_copy(update={"retunes": (*kept, Retune(step=step, optimizer=optimizer, schedule=schedule))})


def check_count(lanes: tuple[LaneSpec, ...]) -> None:
    if len(lanes) > MOST_LANES:
        raise refuse("out_of_range", f"{len(lanes)} lanes are too many", f"0 to {MOST_LANES}", "lanes")


class RaceSpec(SpecModel):
    """A race on a surface. `start` None is the surface's own; `noise` is the standard deviation of each gradient entry's noise,
    the same draws for all lanes; beyond `bound` in either coordinate a lane has diverged."""

    surface: SurfaceSpec = Field(default_factory=lambda: SurfaceSpec.model_validate({}))
    start: tuple[float, float] | None = None
    noise: Annotated[float, AfterValidator(within(0.0, 1e6))] = 0.0
    seed: Seed = 0
    lanes: Many[LaneSpec] = ()
    max_steps: Annotated[int, AfterValidator(within(1, MOST_STEPS))] = 1000
    bound: Annotated[float, AfterValidator(within(1.0, 1e150))] = 1e6

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_count(self.lanes)
        for index, lane in enumerate(self.lanes):
            if lane.batch_size is not None or lane.initializer is not None:
                field = "batch_size" if lane.batch_size is not None else "initializer"
                raise refuse("mismatch", "a surface has none", "none", f"lanes.{index}.{field}")
            for optimizer, schedule in lane.stages:
                if schedule.unit != "step":
                    raise refuse("mismatch", "a surface has no epochs", "step", f"lanes.{index}.schedule.unit")
                if schedule.row.measured:
                    allowed = ", ".join(name for name, row in SCHEDULES.items() if not row.measured)
                    raise refuse("mismatch", "a surface has no measurements", allowed, f"lanes.{index}.schedule.name")
                if isinstance(optimizer, SolverSpec) and schedule != _constant():
                    problem = f"{optimizer.row.title} has no rate that a schedule could move"
                    raise refuse("mismatch", problem, "constant, without warm-up", f"lanes.{index}.schedule.name")
            if lane.solvers and self.noise > 0.0:
                problem = f"{lane.solvers[0].row.title} goes by exact values and derivatives of f, and this race has noise"
                raise refuse("mismatch", problem, "any optimizer, or noise 0", f"lanes.{index}.optimizer.name")
        surface = SurfaceFunction(self.surface)
        x, y = self.start or surface.start
        if not (abs(x) <= self.bound and abs(y) <= self.bound and surface.inside(x, y)):
            if self.start is None and surface.row is None:
                raise refuse(
                    "out_of_range", "has no value in its domain", "f and its gradient finite somewhere", "surface.formula"
                )
            allowed = f"two numbers up to {self.bound:g} where f and its gradient are finite"
            raise refuse("out_of_range", "no race can begin there", allowed, "start")
        return self


def badges(lane: LaneSpec, *, network: bool) -> tuple[str, ...]:
    """What a lane does not share with the others, in words."""
    found = []
    if lane.initializer is not None or (network and lane.seed is not None):
        found.append(OWN_START)
    if lane.batch_size is not None or (network and lane.seed is not None):
        found.append(OWN_BATCHES)
    if not network and lane.seed is not None:
        found.append(OWN_NOISE)
    return tuple(found)
