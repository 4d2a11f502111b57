"""What a race and its lanes are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.race import Race
    from server.race.lanes import LaneOfRace


def title(race: Race) -> str:
    """The surface that is raced on."""
    return "your own formula" if race.surface.row is None else race.surface.row.title


def name_of(lane: LaneOfRace) -> str:
    """A lane's name: its label, or its optimizer's."""
    from engine.optimizers import OPTIMIZERS  # here, so that the server answers before the engine is imported

    return lane.spec.label or OPTIMIZERS[lane.spec.optimizer.name].title
