"""Two ways of asking a network how sure it is, on data whose noise is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.array import Array
from engine.lab.experiment import Choices, Experiment, Making, Progress
from engine.lab.subject import Subject
from engine.lab.uncertainty.predictions import Answers, Masks, drawn_masks, under_masks
from engine.lab.uncertainty.telling import told
from engine.parts import Pace, give_way
from engine.pool import side_by_side
from engine.rows.row import Parameter
from engine.spec import RunSpec
from engine.trainer import Trainer

UNITS = (32, 32)
HELD_OUT = 600
REACH = 9.0
"""The answers are drawn up to here; the samples end at 6."""
ON_A_LINE, ON_A_SIDE = 241, 49
STAGES = 8
"""Times that what is found so far is told."""
DATA = {"sine (1-D)": "sine", "hills (2-D)": "multi_gaussian"}


@dataclass(frozen=True)
class Plan:
    """What the choices come to: the runs, and where they are asked."""

    choices: Choices

    @property
    def flat(self) -> bool:
        """Two inputs."""
        return DATA[self.choices["data"]] == "multi_gaussian"

    def spec(self, dropout: float, seed: int) -> RunSpec:
        own = self.choices
        samples = own["samples"] + HELD_OUT
        layers: list[dict[str, Any]] = [
            {"units": units, "activation": own["activation"], "dropout": dropout} for units in UNITS
        ]
        data = {
            "name": DATA[own["data"]],
            "samples": samples,
            "noise": own["noise"],
            "test_fraction": HELD_OUT / samples,
            "seed": own["seed"],
        }
        return RunSpec.model_validate(
            {"data": data, "network": {"layers": layers}, "batch_size": 20, "seed": seed, "eval_every": own["updates"]}
        )

    def asked(self) -> Array:
        """Raw inputs (n, 1) or (n, 2) on a line or a grid that goes on beyond the samples."""
        if not self.flat:
            return np.linspace(-REACH, REACH, ON_A_LINE)[:, None]
        side = np.linspace(-REACH, REACH, ON_A_SIDE)
        return np.column_stack([np.tile(side, ON_A_SIDE), np.repeat(side, ON_A_SIDE)])


class Study:
    """One network with dropout, and an ensemble without it that differs in seeds alone: the same data for all."""

    def __init__(self, plan: Plan) -> None:
        own = plan.choices
        self.plan, self.pace = plan, Pace(0.01, own["updates"])
        self.dropout = Trainer(plan.spec(own["rate"], own["seed"]))
        self.masks: Masks = drawn_masks(UNITS, own["rate"], own["masks"], own["seed"])
        self.members: list[Trainer] = []
        self.asked = np.ascontiguousarray(self.dropout.dataset.inputs_of(plan.asked()))
        self.held_out = self.dropout.evaluator.rows("test")

    def joined(self) -> Iterator[Trainer]:
        """The ensemble's members, made one after the other."""
        own = self.plan.choices
        for seed in range(own["members"]):
            self.members.append(Trainer(self.plan.spec(0.0, own["seed"] + 1 + seed)))
            yield self.members[-1]

    def go_on(self, updates: int) -> Iterator[float]:
        """All of them to this update; yields the share of the way."""
        runs = [self.dropout, *self.members]
        before = min(run.steps_done for run in runs)
        while (left := updates - min(run.steps_done for run in runs)) > 0:
            some = min(left, self.pace.begin())
            side_by_side(lambda run: run.advance(min(some, updates - run.steps_done)), runs)  # noqa: B023  done at once
            self.pace.end()
            yield 1.0 - (updates - min(run.steps_done for run in runs)) / (updates - before)

    def answers(self) -> dict[str, tuple[Answers, Answers]]:
        """By method: on the line or grid, and for the held-out samples."""
        everything = np.vstack([self.asked, self.held_out[0]])
        count = len(self.asked)
        found = {}
        ensemble = np.array([self._alone(run, everything) for run in self.members])
        for name, answers in (("dropout", under_masks(self.dropout.evaluator, everything, self.masks)), ("ensemble", ensemble)):
            both = Answers.of(answers)
            found[name] = (
                Answers(both.mean[:count], both.spread[:count]),
                Answers(both.mean[count:], both.spread[count:]),
            )
        return found

    @staticmethod
    def _alone(run: Trainer, x: Array) -> Array:
        give_way()
        return run.evaluator.outputs(x)[:, 0]


def make(subject: Subject | None, choices: Choices) -> Making:
    plan = Plan(choices)
    study = Study(plan)
    for _ in study.joined():
        yield Progress(0.0)
    for stage in range(1, STAGES + 1):
        for share in study.go_on(choices["updates"] * stage // STAGES):
            yield Progress(0.95 * (stage - 1 + share) / STAGES)
        found = told(plan.choices, plan.flat, plan.asked(), study.dropout, study.answers())
        if stage < STAGES:
            yield Progress(0.95 * stage / STAGES, found)
    return found


EXPERIMENT = Experiment(
    "uncertainty",
    "How sure",
    "Dropout at prediction time beside an ensemble of seeds: their bands, and how many held-out points lie within.",
    "Gal and Ghahramani 2016, Dropout as a Bayesian approximation; Lakshminarayanan et al. 2017 for ensembles",
    r"\hat\mu = \tfrac{1}{T} \sum f_t, \quad \hat\sigma^2 = \tfrac{1}{T-1} \sum (f_t - \hat\mu)^2,"
    r" \quad y \in \hat\mu \pm 1.96 \sqrt{\hat\sigma^2 + \sigma_\varepsilon^2}",
    (
        Parameter("data", "data", "", "sine (1-D)", "choice", choices=tuple(DATA)),
        Parameter(
            "noise",
            "noise",
            r"\sigma_\varepsilon",
            0.1,
            minimum=0.0,
            maximum=1.0,
            summary="standard deviation of the targets about the true function",
        ),
        Parameter("samples", "training samples", "", 100, "int", minimum=40, maximum=1000),
        Parameter("activation", "activation", "", "tanh", "choice", choices=("tanh", "relu")),
        Parameter("rate", "dropout rate", "p", 0.1, minimum=0.01, maximum=0.6, summary="of the network with dropout"),
        Parameter("masks", "masks", "T", 200, "int", minimum=10, maximum=1000, scale="log"),
        Parameter("members", "ensemble", "M", 10, "int", minimum=2, maximum=30, summary="networks that differ in their seeds"),
        Parameter("updates", "updates of each run", "", 4000, "int", minimum=200, maximum=20_000, scale="log"),
        Parameter("seed", "seed", "", 0, "int", minimum=0, maximum=1_000_000, summary="of samples, starts and masks"),
    ),
    link="https://arxiv.org/abs/1506.02142",
    make=make,
    why="Each mask $f_t$, or each seed, is one network that explains the samples; where they differ, the samples do not decide."
    " $\\hat\\sigma$ is about the function alone: a new measurement has noise of its own, so a band for it must add"
    " $\\sigma_\\varepsilon^2$. Far from the samples the spread is what the architecture makes of it, not what is known.",
    coverage="P",
    updates=lambda subject, choices: (choices["members"] + 1) * choices["updates"],
    size=lambda subject, choices: 8 * (choices["masks"] + choices["members"]) * 3200 + 2_000_000 * (choices["members"] + 1),
)
