"""What a race's lanes are called by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Lane(Protocol):
    id: int


class Race(Protocol):
    next_id: int

    @property
    def lanes(self) -> Sequence[Lane]: ...


def renumber(race: Race, ids: Sequence[int], next_id: int) -> None:
    """Of a race that is taken up again: give the lanes, in their order, the ids that they had. Raises ValueError unless these
    are as many, all different, from 1 to below `next_id`, that of the lane that is added next."""
    if len(set(ids)) != len(race.lanes) or len(ids) != len(race.lanes) or not all(0 < number < next_id for number in ids):
        raise ValueError(f"ids: allowed: {len(race.lanes)} different ones, from 1 to below next_id")
    for lane, number in zip(race.lanes, ids, strict=True):
        lane.id = number
    race.next_id = next_id
