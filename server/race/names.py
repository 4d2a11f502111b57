"""What a race and its lanes are called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.race import Race
    from server.race.lanes import LaneOfRace, RaceOfLanes


def title(race: Race) -> str:
    """The surface that is raced on."""
    return "your own formula" if race.surface.row is None else race.surface.row.title


def name_of(lane: LaneOfRace) -> str:
    """A lane's name: its label, or its optimizer's."""
    return lane.spec.label or lane.spec.optimizer.row.title


def names_of(race: RaceOfLanes) -> dict[int, str]:
    """Of each lane as it stands, by its id, told apart as on the page (`web/src/race/lanes/lanes.js`): by dialect, by rate, by
    number at last."""
    from engine.race.outcome.numbers import setting
    from engine.spec import OptimizerSpec

    names, longer = {}, {}
    for lane in race.lanes:
        optimizer = lane.spec.in_force(race.step)[0]
        plain = lane.spec.label or optimizer.row.title
        other = not lane.spec.label and isinstance(optimizer, OptimizerSpec) and optimizer.dialect == "pytorch"
        spoken = f"{plain}, PyTorch" if other else plain
        rated = spoken if optimizer.lr is None else f"{spoken} η {setting(optimizer.lr)}"
        names[lane.id], longer[lane.id] = plain, (spoken, rated, f"{rated} · {lane.id}")
    for further in range(3):
        taken = Counter(names.values())
        names = {number: name if taken[name] == 1 else longer[number][further] for number, name in names.items()}
    return names
