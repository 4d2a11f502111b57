"""Situations built: what a measurement is of. A `Built` stands at one step; others are made from it, at another step, with
other seeds, under other settings, which never move it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from engine.kernels import codes
from engine.lab.experiment import Result, carried_out
from engine.lessons.card import Solution
from engine.lessons.scripts import Subject, UnmeasurableError, changed, plain_of, seeded, situation_of
from engine.lessons.situation import Kind, Situation
from engine.machine.machine import Machine
from engine.machine.trace import UpdateTrace, trace_update
from engine.microscope.expressions.graph import Graph
from engine.parts import give_way
from engine.race.on_network import NetworkRace, spec_of
from engine.race.on_surface import Race
from engine.recording.stops import Stop
from engine.script.replay import follow
from engine.script.script_data import ScriptData
from engine.spec import MAX_STEPS
from engine.trainer import Trainer

MOST_WORK = 4e10
"""Multiplications that all updates of one measurement may take together: some tens of seconds."""
OVERHEAD = 20_000
"""Of an update of a small network: what it takes besides, as multiplications."""
NO_VARIANTS: Mapping[str, Solution] = {}
S = TypeVar("S")


class NeverReachedError(Exception):
    """The run broke before the step at which it was to be measured: there is no number."""


class Budget:
    """How much work a measurement may still take, with all that is built for it."""

    def __init__(self, most: float = MOST_WORK) -> None:
        self.most, self.left, self._open = most, most, 0

    @contextmanager
    def of_one(self) -> Iterator[None]:
        """Within, one measurement is taken, with all that stand in it."""
        if not self._open:
            self.left = self.most
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    def spend(self, work: float) -> None:
        """Raises where no more of it is left. Outside of a measurement each is by itself."""
        self.left = (self.left if self._open else self.most) - work
        if self.left < 0.0:
            raise UnmeasurableError("this takes too long to measure", f"{self.most:.0e} multiplications: fewer steps or seeds")


def update_work(machine: Machine) -> float:
    """Multiplications of one update."""
    return 3.0 * machine.theta.size * int(machine.int_state[codes.BATCH_SIZE]) + machine.tape.update_work + OVERHEAD


def look_work(machine: Machine) -> float:
    """Multiplications of a pass over the training set, forward and back."""
    return 3.0 * machine.theta.size * machine.dataset.rows[0] + OVERHEAD


class Built:
    """A situation as it stands at `step`, built when it is first asked for. `shift` says which block of seeds it is of."""

    def __init__(
        self,
        situation: Situation | None,
        step: int,
        *,
        variants: Mapping[str, Solution] = NO_VARIANTS,
        shift: int = 0,
        subject: Subject | None = None,
        finish: float | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._situation, self.step = situation, step
        self.variants, self.shift, self.finish = variants, shift, finish
        self.budget = Budget() if budget is None else budget
        self._subject = subject
        self._moving: Subject | None = None
        """Shared by all that are made by `at`: it goes to where it is asked for."""
        self._base = self
        self._varied: dict[str, Built] = {}
        self.kept: dict[Any, float] = {}
        """Measurements that were taken."""

    @classmethod
    def of(cls, subject: Subject, *, variants: Mapping[str, Solution] = NO_VARIANTS, finish: float | None = None) -> Built:
        """What is there already, and stays where it is; `finish` is how far above the least value of a race its finish lies.
        It is of this moment: made anew where the subject has moved."""
        step = 0
        if isinstance(subject, Trainer):
            step = subject.steps_done
        elif isinstance(subject, Race | NetworkRace):
            step = subject.step
        return cls(None, step, variants=variants, subject=subject, finish=finish)

    # What it is ------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        if self._situation is not None:
            return self._situation.kind
        kinds: dict[type[Any], Kind] = {Trainer: "run", Race: "race", NetworkRace: "network", Graph: "graph", Result: "lab"}
        return kinds[type(self._subject)]

    @property
    def situation(self) -> Situation:
        """Its script."""
        if self._situation is None:
            self._situation = situation_of(self.subject, self.step, self.finish)
        return self._situation

    @property
    def subject(self) -> Subject:
        base = self._base
        if base is not self:
            return _moved(base._movable(), self.step, self.budget)
        if self._subject is None:
            self._subject = _made(self.situation, self.budget)
        return self._subject

    def _movable(self) -> Subject:
        if self._moving is None and self._subject is None:
            self._moving = _made(self.situation, self.budget)
        elif self._moving is None:
            self._moving = _copy(self.subject, self.step)
        return self._moving

    def _of_kind(self, wanted: type[S], name: str) -> S:
        subject = self.subject
        if not isinstance(subject, wanted):
            raise UnmeasurableError(f"this is no {name}", f"a card whose situation is a {name}")
        return subject

    @property
    def trainer(self) -> Trainer:
        """Raises `NeverReachedError` where the run broke before it came here. Each who asks for it pays for a look at all of
        the training set."""
        trainer = self._of_kind(Trainer, "run")
        if trainer.steps_done < self.step and broken(trainer.stopped):
            raise NeverReachedError
        self.budget.spend(look_work(trainer.machine))
        return trainer

    @property
    def stopped(self) -> Stop | None:
        """Why a run stands still."""
        return self._of_kind(Trainer, "run").stopped

    @property
    def race(self) -> Race:
        return self._of_kind(Race, "race on a surface")

    @property
    def network_race(self) -> NetworkRace:
        return self._of_kind(NetworkRace, "race on a network")

    @property
    def graph(self) -> Graph:
        return self._of_kind(Graph, "graph")

    @property
    def found(self) -> Result:
        return self._of_kind(Result, "experiment of the lab")

    @property
    def end(self) -> int:
        """The last step of a race, or of a run."""
        subject = self.subject
        if isinstance(subject, Race):
            return subject.spec.max_steps
        return subject.max_steps if isinstance(subject, Trainer | NetworkRace) else 0

    @cached_property
    def update(self) -> UpdateTrace:
        """The run's coming update, op by op."""
        return trace_update(self.trainer.machine)

    # Others made from it ---------------------------------------------------------------------------------------------

    def at(self, step: int) -> Built:
        """The same script at another step. All that are made so share what they measure: one is asked after the other."""
        if not 0 <= step <= MAX_STEPS:
            raise UnmeasurableError(f"there is no step {step}", f"0 to {MAX_STEPS}")
        if step == self.step:
            return self
        there = Built(None, step, variants=self.variants, shift=self.shift, finish=self.finish, budget=self.budget)
        there._situation, there._subject, there._base = self._situation, self._subject, self._base
        if self._situation is not None:
            there._situation = self._situation.model_copy(update={"step": step})
        return there

    def shifted(self, count: int) -> Built:
        """The same with all seeds so much higher but the data's."""
        return self._other(seeded(self.situation, count), self.shift + count)

    def begun(self, step: int) -> tuple[Trainer, Built]:
        """A run of the same script, to be brought to a step, and what is measured of it there."""
        there = self.at(step)
        subject = self._movable() if there is not self else self.trainer
        assert isinstance(subject, Trainer)
        return subject, there

    def varied(self, name: str) -> Built:
        """One of the card's variants, where it ends. Built once."""
        if name not in self.variants:
            raise UnmeasurableError(f"there is no variant {name}", ", ".join(self.variants) or "none: the card has none")
        if name not in self._varied:
            self._varied[name] = self.solved(self.variants[name])
        return self._varied[name]

    def solved(self, solution: Solution) -> Built:
        """Where a task's solution, or a variant, ends."""
        given = self.situation if solution.situation is None else seeded(solution.situation, self.shift)
        given = changed(given, solution.change)
        if not solution.edits and not solution.steps:
            return self._other(given, self.shift)
        edits = (*given.edits, *(dict(edit) | {"step": given.step} for edit in solution.edits))
        plain = plain_of(given) | {"edits": edits, "step": given.step + solution.steps}
        return self._other(Situation.model_validate(plain), self.shift)

    def lane(self, number: int) -> Built:
        """The run of a lane of a race on a network."""
        race = self.network_race
        found = Built.of(race.lane(number).trainer, variants=self.variants)
        found.budget, found.step = self.budget, self.step
        return found

    def _other(self, situation: Situation, shift: int) -> Built:
        return Built(
            situation, situation.step, variants=self.variants, shift=shift, finish=situation.finish, budget=self.budget
        )

    @cached_property
    def chance(self) -> bool:
        """Whether another seed gives other numbers: where the first parameters are drawn, mini-batches shuffled, units dropped,
        inputs disturbed, or gradients noisy."""
        situation = self.situation
        if situation.race is not None:
            return situation.race.noise > 0.0
        if situation.network is not None:
            network = situation.network
            return any(_chance(Situation(run=spec_of(network.run, lane))) for lane in network.lanes)
        if situation.lab is not None:
            return "seed" in situation.lab.choices
        return situation.run is not None and _chance(situation)


def build(situation: Situation, variants: Mapping[str, Solution] = NO_VARIANTS, seed_shift: int = 0) -> Built:
    """A situation at its step. `seed_shift` makes it another draw of the same: of the weights, batches and noise, not of the
    data.

    >>> build(Situation.model_validate({"run": {"data": {"name": "xor"}}, "step": 3})).trainer.steps_done
    3
    """
    found = seeded(situation, seed_shift) if seed_shift else situation
    return Built(found, found.step, variants=variants, shift=seed_shift, finish=found.finish)


def broken(stop: Stop | None) -> bool:
    """Whether a run stands still since a value was not finite."""
    return stop is not None and stop.kind == "non_finite"


# Subjects -------------------------------------------------------------------------------------------------------------


def _made(situation: Situation, budget: Budget) -> Subject:
    if situation.run is not None:
        trainer = Trainer(situation.run)
        data = ScriptData(spec=situation.run, edits=situation.edits, step=situation.step)
        budget.spend(data.furthest * update_work(trainer.machine))
        return follow(trainer, data)
    if situation.race is not None:
        race = Race(situation.race)
        return _moved(race, situation.step, budget)
    if situation.network is not None:
        return _moved(NetworkRace(situation.network), situation.step, budget)
    if situation.lab is not None:
        from engine.lab.rows import EXPERIMENTS  # what experiments are made of is much, and few cards have one

        return carried_out(EXPERIMENTS[situation.lab.experiment], None, **situation.lab.choices)
    assert situation.graph is not None
    return Graph.read(situation.graph.text, situation.graph.inputs)


def _copy(subject: Subject, step: int) -> Subject:
    """Another of the same script, which may go anywhere."""
    if isinstance(subject, Trainer):
        return subject.clone_at(min(step, subject.steps_done))
    if isinstance(subject, Race):
        return Race(subject.script)
    return NetworkRace(subject.script) if isinstance(subject, NetworkRace) else subject


def _moved(subject: Subject, step: int, budget: Budget) -> Subject:
    """The same at a step, or where it stopped before that."""
    if isinstance(subject, Trainer):
        if subject.steps_done != step and not (subject.steps_done < step and subject.stopped is not None):
            budget.spend(max(0, step - subject.steps_done) * update_work(subject.machine))
            for _ in subject.seeking(step):
                give_way()
    elif isinstance(subject, Race):
        last = min(step, subject.spec.max_steps)
        budget.spend(max(0, last - subject.computed) * len(subject.lanes) * OVERHEAD / 100)
        subject.seek(last)
    elif isinstance(subject, NetworkRace):
        last = min(step, subject.max_steps)
        work = sum(update_work(lane.trainer.machine) for lane in subject.lanes)
        budget.spend(max(0, last - subject.step) * work)
        subject.seek(last)
    return subject


def _chance(situation: Situation) -> bool:
    spec = situation.run
    assert spec is not None
    shuffled = spec.shuffle and spec.batch_size != "full" and spec.batch_size < spec.data.train_rows
    drawn = any(layer.dropout for layer in spec.network.layers) or spec.regularization.jitter or spec.regularization.shift
    if shuffled or drawn:
        return True
    first = situation.model_copy(update={"step": 0, "edits": tuple(edit for edit in situation.edits if edit.step == 0)})
    starts = [_made(seeded(first, count), Budget()) for count in (0, 1)]
    thetas = [start.machine.theta for start in starts if isinstance(start, Trainer)]
    return not np.array_equal(thetas[0], thetas[1])
