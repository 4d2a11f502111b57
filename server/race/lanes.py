"""What is the same of a race's lanes on a surface and on a network: how the engine holds them, and how they are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from server.metrics import STEPS_OF_LANES

if TYPE_CHECKING:
    from engine.race.spec import LaneSpec
    from engine.solvers.spec import LaneOptimizer
    from engine.spec import ScheduleSpec


class LaneOfRace(Protocol):
    """A lane of either of the engine's races."""

    id: int
    spec: LaneSpec
    joined: int


class RaceOfLanes(Protocol):
    """Either of the engine's races, as far as they are alike."""

    step: int
    next_id: int

    @property
    def lanes(self) -> Sequence[LaneOfRace]: ...
    def lane(self, number: int) -> LaneOfRace: ...
    def add(self, lane: LaneSpec) -> int: ...
    def remove(self, number: int) -> None: ...
    def duplicate(self, number: int) -> int: ...
    def retune(self, number: int, optimizer: LaneOptimizer, schedule: ScheduleSpec | None = None) -> None: ...
    def replace(self, number: int, spec: LaneSpec) -> None: ...
    def badges(self, number: int) -> tuple[str, ...]: ...
    def as_script(self) -> dict[str, Any]: ...


def in_force(race: RaceOfLanes) -> tuple[int, ...]:
    """Of each lane how many of its changes are in force at the present step."""
    return tuple(sum(retune.step <= race.step for retune in lane.spec.retunes) for lane in race.lanes)


def lane_fields(race: RaceOfLanes, lane: LaneOfRace, slot: int) -> dict[str, Any]:
    """What is told of a lane as it stands at the present step."""
    optimizer, schedule = lane.spec.in_force(race.step)
    return {
        "id": lane.id,
        "slot": slot,
        "label": lane.spec.label,
        "optimizer": optimizer.model_dump(mode="json"),
        "schedule": schedule.model_dump(mode="json"),
        "seed": lane.spec.seed,
        "retunes": [retune.step for retune in lane.spec.retunes],
        "joined": lane.joined,
        "badges": list(race.badges(lane.id)),
    }


def count_steps(race: RaceOfLanes, steps: int) -> int:
    """Steps of all lanes that were computed, for the server's numbers."""
    STEPS_OF_LANES.inc(len(race.lanes) * steps)
    return steps
