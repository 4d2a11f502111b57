"""What a card begins from: a run, a race on a surface, a race on a network, an expression, or an experiment of the lab, as a
script that anybody can build again."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from engine.race.on_network import NetworkRaceSpec
from engine.race.spec import MOST_STEPS, RaceSpec
from engine.script.edits import ScriptEdit
from engine.script.script_data import MAX_EDITS
from engine.spec import MAX_STEPS, RunSpec
from engine.spec.fields import Many, SpecModel, refuse, within

Kind = Literal["run", "race", "network", "graph", "lab"]
KINDS: tuple[Kind, ...] = ("run", "race", "network", "graph", "lab")


class GraphSpec(SpecModel):
    """An expression and the values of its inputs."""

    text: str = Field(max_length=200)
    inputs: dict[str, float] = Field(default_factory=dict, max_length=8)


class LabSpec(SpecModel):
    """An experiment of the lab that is about no run, with the choices that are not its defaults."""

    experiment: str = Field(max_length=40)
    choices: dict[str, Any] = Field(default_factory=dict, max_length=32)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        from engine.lab.experiment import ChoiceError, chosen
        from engine.lab.rows import EXPERIMENTS

        own = {name: row for name, row in EXPERIMENTS.items() if not row.on_run}
        if self.experiment not in own:
            raise refuse("unknown", f"there is no experiment {self.experiment} without a run", ", ".join(own), "experiment")
        try:
            chosen(own[self.experiment], self.choices)
        except ChoiceError as error:
            raise refuse("mismatch", error.words, error.allowed, f"choices.{error.field}") from error
        return self


class Situation(SpecModel):
    """One of the five kinds. `edits` are a run's; `step` is where it stands; `finish` is the loss that counts as arrived in a
    race, None the usual one."""

    run: RunSpec | None = None
    race: RaceSpec | None = None
    network: NetworkRaceSpec | None = None
    graph: GraphSpec | None = None
    lab: LabSpec | None = None
    edits: Many[ScriptEdit] = Field(default=(), max_length=MAX_EDITS)
    step: int = Field(default=0, ge=0, le=MAX_STEPS)
    finish: Annotated[float, AfterValidator(within(0.0, 1e12, low_open=True))] | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise refuse("mismatch", "begins from one thing", f"one of {', '.join(KINDS)}")
        if self.edits and self.run is None:
            raise refuse("mismatch", "only a run has edits", "none", "edits")
        if self.step > MOST_STEPS and self.run is None:
            raise refuse("out_of_range", "a race is not as long", f"0 to {MOST_STEPS}", "step")
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)
