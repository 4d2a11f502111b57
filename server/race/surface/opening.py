"""The race a room opens with, on any surface: six optimizers, each at the rate that brings it home first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from server.race.refusals import refused

if TYPE_CHECKING:
    from engine.race import Race

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
STEPS = 1000
KEPT = 64
"""Surfaces whose rates are remembered."""


class Opening(NamedTuple):
    """Its script's spec, how its rates were chosen, in words, and how far above the least known loss its finish is."""

    spec: dict[str, Any]
    words: str
    threshold: float


def opening(surface: dict[str, Any] | str | None, lanes: int, steps: int) -> Opening:
    """In a worker: on a surface, with at most so many lanes and steps. Rates are tuned once for each."""
    from engine.surfaces.function import SurfaceSpec

    with refused("surface"):
        known = SurfaceSpec.model_validate("rosenbrock" if surface is None else surface)
    return _tuned(known.model_dump_json(), min(lanes, len(OPTIMIZERS)), min(steps, STEPS))


@lru_cache(maxsize=KEPT)
def _tuned(surface: str, lanes: int, steps: int) -> Opening:
    import json

    from engine.race import Race

    with refused("surface"):
        race = Race({"surface": json.loads(surface), "max_steps": steps})
    if race.surface.row is None:
        race.restart(race.surface.tidy_start)
    words, threshold = "", race.usual_threshold()
    for name in OPTIMIZERS[:lanes]:
        words = _add_tuned(race, name, threshold)
    return Opening(race.script.model_dump(mode="json"), words, threshold)


def _add_tuned(race: Race, name: str, threshold: float) -> str:
    from engine.race.spec import LaneSpec
    from engine.race.sweep import at_rate, tuned

    lane = LaneSpec.model_validate({"optimizer": {"name": name}})
    found = tuned(race, lane, threshold)
    race.add(lane if found.best is None else at_rate(lane, found.best))
    return found.words
