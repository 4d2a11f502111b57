"""Scripts of situations: of what runs, with other seeds, under another spec."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from engine.lab.experiment import Result
from engine.lessons.situation import GraphSpec, Situation
from engine.microscope.expressions.graph import Graph
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.spec.fields import MAX_SEED
from engine.trainer import Trainer

Subject = Trainer | Race | NetworkRace | Graph | Result
"""What is measured, as it runs."""


class UnmeasurableError(ValueError):
    """What is asked for is not there, or takes too long: `problem`, and what is `allowed` instead."""

    def __init__(self, problem: str, allowed: str) -> None:
        super().__init__(f"{problem}; allowed: {allowed}")
        self.problem, self.allowed = problem, allowed


def situation_of(subject: Subject, step: int, finish: float | None = None) -> Situation:
    """The script of what is there. ValueError where it has none, as a run that began from given values."""
    if isinstance(subject, Trainer):
        subject.as_script()  # says so where it has none
        edits = tuple(edit for edit in subject.edits if edit.step <= step)
        return Situation(run=subject.spec, edits=edits, step=step)
    if isinstance(subject, Race):
        return Situation(race=subject.script, step=step, finish=finish)
    if isinstance(subject, NetworkRace):
        return Situation(network=subject.script, step=step, finish=finish)
    if isinstance(subject, Result):
        raise ValueError("what an experiment found is no script of it")
    return Situation(graph=GraphSpec(text=subject.text, inputs=subject.inputs))


def seeded(situation: Situation, count: int) -> Situation:
    """All seeds so much higher, but the data's."""

    def higher(seed: int) -> int:
        return (seed + count) % (MAX_SEED + 1)

    def lanes(given: Any) -> Any:
        return tuple(lane if lane.seed is None else lane.model_copy(update={"seed": higher(lane.seed)}) for lane in given)

    if situation.run is not None:
        run = situation.run.model_copy(update={"seed": higher(situation.run.seed)})
        return situation.model_copy(update={"run": run})
    if situation.race is not None:
        race = situation.race
        race = race.model_copy(update={"seed": higher(race.seed), "lanes": lanes(race.lanes)})
        return situation.model_copy(update={"race": race})
    if situation.network is not None:
        network = situation.network
        run = network.run.model_copy(update={"seed": higher(network.run.seed)})
        network = network.model_copy(update={"run": run, "lanes": lanes(network.lanes)})
        return situation.model_copy(update={"network": network})
    if situation.lab is not None and "seed" in situation.lab.choices:
        choices = situation.lab.choices | {"seed": higher(situation.lab.choices["seed"])}
        return situation.model_copy(update={"lab": situation.lab.model_copy(update={"choices": choices})})
    return situation


def changed(situation: Situation, change: Mapping[str, Any]) -> Situation:
    """The same situation under another spec: each of `change` is a path into its run, race or graph, such as
    ``regularization.l2`` or ``network.layers.0.norm``, where * stands for each of a list, or into its edits,
    ``edits.0.value``, and the value there."""
    if not change:
        return situation
    kind, plain = situation.kind, plain_of(situation)
    for path, value in change.items():
        _put(plain if path.startswith("edits.") else plain[kind], path.split("."), value, path)
    return Situation.model_validate(plain)


def plain_of(situation: Situation) -> dict[str, Any]:
    """What is given of a situation, as plain data."""
    kind = situation.kind
    spec = getattr(situation, kind)
    own = spec.as_plain() if kind == "run" else spec.model_dump(mode="json")
    told = {"edits": [edit.model_dump() for edit in situation.edits], "step": situation.step, "finish": situation.finish}
    return {kind: own} | told


def _put(part: Any, keys: list[str], value: Any, path: str) -> None:
    key, rest = keys[0], keys[1:]
    places: list[Any] = [key]
    if isinstance(part, list):
        places = list(range(len(part))) if key == "*" else [int(key)] if key.isdigit() and int(key) < len(part) else []
    elif not isinstance(part, dict) or (rest and key not in part):
        places = []
    if not places:
        raise UnmeasurableError(f"{path}: there is no {key}", "a path into the spec, such as regularization.l2")
    for place in places:
        if rest:
            _put(part[place], rest, value, path)
        else:
            part[place] = copy.deepcopy(value)
