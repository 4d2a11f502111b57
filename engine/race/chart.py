"""Where the lanes of a race on the network are on a plane: its picture, each lane's trajectory over it, and what it does not
show."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.array import Array, copied
from engine.landscape.planes import (
    Others,
    Plane,
    finite_of,
    frame,
    grown,
    random_directions,
    stacked,
    through_points,
    through_weights,
)
from engine.landscape.slices import Landscape, Picture, Range
from engine.parts import give_way, giving_way_between
from engine.race.on_network import NetworkLane, NetworkRace

BROAD = 2.0
"""How many times as broad as high the picture is."""
SPAN = 1.0
"""Of random directions and of two weights: half a side of the picture, at least."""
TOGETHER = 16
"""Points of the trajectories whose losses are computed between two looks at the clock."""
CLIMBS = 0.05
"""Of the slice's losses along a trajectory: a smaller seeming climb is not spoken of."""


@dataclass(frozen=True)
class PlaneChoice:
    """Which plane. `lane`: whose present parameters it goes through (two weights, random); `weights`: two indices into θ;
    `seed` and `others` of random directions; `corners`: three points, each a lane where it stands or 0, the common start;
    `zoom` widens (above 1) or narrows the picture."""

    kind: Literal["weights", "random", "pca", "points"] = "pca"
    lane: int | None = None
    weights: tuple[int, int] = (0, 1)
    seed: int = 0
    others: Others = "zero"
    corners: tuple[int, int, int] = (0, 0, 0)
    zoom: float = 1.0


class Point(NamedTuple):
    """A point of a trajectory on the plane. Losses are NaN until they are computed."""

    a: float
    b: float
    off: float
    residual: float
    true_loss: float
    slice_loss: float


@dataclass(frozen=True)
class LaneTrajectory:
    """A lane's kept points: `steps` (n,), the columns of `Point` each (n,)."""

    steps: NDArray[np.int64]
    columns: dict[str, Array]


@dataclass
class Chart:
    """A plane through a race and what is known on it. It stays while the lanes go on; another is made on request."""

    choice: PlaneChoice
    plane: Plane
    landscape: Landscape
    across: Range
    up: Range
    step: int
    picture: Picture | None = None
    known: dict[tuple[int, int], Point] = field(default_factory=dict)
    """By lane and step."""

    @classmethod
    def of(cls, race: NetworkRace, choice: PlaneChoice) -> Chart:
        """Through the lanes as they stand; ValueError names what spans no plane."""
        if not race.lanes:
            raise ValueError("lanes: there are none; allowed: at least one")
        plane = _plane(race, choice)
        points = finite_of([point for lane in race.lanes for point in race.points(lane.id).values()])
        spots = plane.coordinates(points)
        if choice.kind == "random":
            spots = np.concatenate([spots, [[-SPAN, -SPAN], [SPAN, SPAN]]])
        elif choice.kind == "weights":
            spots = np.concatenate([spots, _around(spots)])
        (a0, a1), (b0, b1) = frame(spots)
        if choice.kind != "points":  # whose coordinates are parts of two ways, not lengths
            (a0, a1), (b0, b1) = grown((a0, a1), (b0, b1), BROAD)
        (a0, a1), (b0, b1) = _widened(a0, a1, choice.zoom), _widened(b0, b1, choice.zoom)
        return cls(choice, plane, race.landscape(), (a0, a1), (b0, b1), race.step)

    @property
    def offset(self) -> tuple[float, float]:
        """What is added to a coordinate to name it: of two weights, their values where the plane was laid through."""
        if self.choice.kind != "weights":
            return 0.0, 0.0
        first, second = self.choice.weights
        return float(self.plane.origin[first]), float(self.plane.origin[second])

    def forget(self, number: int) -> None:
        """A lane's trajectory is another from here on."""
        self.known = {key: point for key, point in self.known.items() if key[0] != number}

    # The lanes -------------------------------------------------------------------------------------------------------

    def trajectory(self, race: NetworkRace, number: int) -> LaneTrajectory:
        """A lane's trajectory up to the present step; losses as far as `measure` has come."""
        lane = race.lane(number)
        points = race.points(number)
        new = [step for step in points if (number, step) not in self.known]
        if new:
            spots = np.full((len(new), 2), np.nan)
            off, residual = np.full(len(new), np.nan), np.full(len(new), np.nan)
            finite = np.array([bool(np.isfinite(points[step]).all()) for step in giving_way_between(new, 1)])
            if finite.any():
                known = stacked([points[step] for step, fine in zip(new, finite, strict=True) if fine])
                spots[finite] = self.plane.coordinates(known)
                off[finite] = self.plane.off(known)
                residual[finite] = self.plane.residual(known, lane.points[0])
            for step, spot, distance, share in zip(new, spots, off, residual, strict=True):
                self.known[number, step] = Point(float(spot[0]), float(spot[1]), float(distance), float(share), np.nan, np.nan)
        found = [self.known[number, step] for step in points]
        columns = {name: np.array([getattr(point, name) for point in found]) for name in Point._fields}
        return LaneTrajectory(np.array(list(points), dtype=np.int64), columns)

    def measure(self, race: NetworkRace, seconds: float) -> bool:
        """True and slice losses of the trajectories' points, the heads first, for about so long; true when all are known. The
        heads are always measured."""
        end = time.perf_counter() + seconds
        wanted: list[tuple[bool, int, int, Array]] = []
        for lane in race.lanes:
            self.trajectory(race, lane.id)
            points = race.points(lane.id)
            for index, (step, own) in enumerate(points.items()):
                if np.isnan(self.known[lane.id, step].true_loss) and np.isfinite(own).all():
                    wanted.append((index < len(points) - 1, lane.id, step, own))
                    give_way()
        wanted.sort(key=lambda each: each[0])
        for first in range(0, len(wanted), TOGETHER):
            some = wanted[first : first + TOGETHER]
            if some[0][0] and time.perf_counter() > end:
                return False
            spots = np.array([self.known[number, step][:2] for _, number, step, _ in some])
            true = self.landscape.at([point for *_, point in some])
            there = self.landscape.slice_at(self.plane, spots)
            for (_, number, step, _), own, flat in zip(some, true, there, strict=True):
                known = self.known[number, step]
                # What cannot be computed is infinitely high: a NaN would be asked for again and again.
                losses = [float(value) if np.isfinite(value) else np.inf for value in (own, flat)]
                self.known[number, step] = known._replace(true_loss=losses[0], slice_loss=losses[1])
        return True

    def explained(self, race: NetworkRace) -> float:
        """Of the variance of all lanes' trajectories the share within the plane."""
        found = [point for lane in race.lanes for point in race.points(lane.id).values()]
        if not found:  # the last lane was taken away, and the plane stays for those that come
            return float("nan")
        points = finite_of(found)
        return self.plane.share_of(points) if len(points) > 1 else float("nan")

    def slope(self, race: NetworkRace, number: int) -> Array:
        """Of the objective where a lane stands, along the plane's coordinates, (2,): the gradient arrow of two weights."""
        theta = race.lane(number).trainer.machine.theta
        found: Array = self.plane.directions @ self.landscape.gradient(theta)
        return found

    # The picture -----------------------------------------------------------------------------------------------------

    def lowest(self, race: NetworkRace, number: int) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
        """On the grid of the picture: its lowest point, and where a lane's head would roll to, from grid point to the lowest
        neighbour; each (a, b, loss). None without a picture or where the head is outside of it."""
        picture = self.picture
        if picture is None or not np.isfinite(picture.values).any():
            return None
        values = np.where(np.isfinite(picture.values), picture.values, np.inf)
        j, i = np.unravel_index(int(np.argmin(values)), values.shape)
        trajectory = self.trajectory(race, number).columns
        a, b = trajectory["a"][-1], trajectory["b"][-1]
        if not (self.across[0] <= a <= self.across[1] and self.up[0] <= b <= self.up[1]):
            return None
        column, row = int(np.abs(picture.a - a).argmin()), int(np.abs(picture.b - b).argmin())
        while True:
            rows = slice(max(0, row - 1), row + 2)
            columns = slice(max(0, column - 1), column + 2)
            near = values[rows, columns]
            down, right = np.unravel_index(int(np.argmin(near)), near.shape)
            following = rows.start + int(down), columns.start + int(right)
            if values[following] >= values[row, column]:
                break
            row, column = following
        return (
            (float(picture.a[i]), float(picture.b[j]), float(values[j, i])),
            (float(picture.a[column]), float(picture.b[row]), float(values[row, column])),
        )


class Climb(NamedTuple):
    """A lane that seems to climb on the picture between two steps while its own loss fell."""

    lane: int
    first: int
    last: int
    seen: tuple[float, float]
    true: tuple[float, float]
    off: float
    residual: float


def seeming_climbs(race: NetworkRace, chart: Chart) -> list[Climb]:
    """Of each lane the highest seeming climb to where it stands, where the true loss did not rise: an effect of the plane."""
    found = []
    for lane in race.lanes:
        trajectory = chart.trajectory(race, lane.id)
        true, seen = trajectory.columns["true_loss"], trajectory.columns["slice_loss"]
        known = np.flatnonzero(np.isfinite(true) & np.isfinite(seen))
        if len(known) < 2 or known[-1] != len(true) - 1:
            continue
        last = known[-1]
        higher = known[:-1][true[known[:-1]] >= true[last]]
        if not len(higher):
            continue
        first = higher[int(np.argmin(seen[higher]))]
        reach = float(seen[known].max() - seen[known].min())
        if reach > 0.0 and seen[last] - seen[first] > CLIMBS * reach:
            between = int(trajectory.steps[first]), int(trajectory.steps[last])
            off, residual = float(trajectory.columns["off"][last]), float(trajectory.columns["residual"][last])
            losses = (float(seen[first]), float(seen[last])), (float(true[first]), float(true[last]))
            found.append(Climb(lane.id, *between, *losses, off, residual))
    return found


def _plane(race: NetworkRace, choice: PlaneChoice) -> Plane:
    if choice.kind == "pca":
        return race.principal_plane()
    if choice.kind == "points":
        return through_points(*(_corner(race, number) for number in choice.corners))
    lane = _chosen(race, choice.lane)
    theta = copied(lane.trainer.machine.theta)
    if not np.isfinite(theta).all():
        raise ValueError(f"lane: lane {lane.id} has diverged; allowed: one whose parameters are finite")
    if choice.kind == "random":
        frozen = lane.trainer.machine.frozen
        return random_directions(theta, lane.trainer.tape.slots, choice.seed, choice.others, frozen)
    first, second = choice.weights
    known = theta.size
    if first == second or not (0 <= first < known and 0 <= second < known):
        raise ValueError(f"weights: {first} and {second} given; allowed: two different places from 0 to {known - 1}")
    return through_weights(theta, first, second, (weight_name(race, first), weight_name(race, second)))


def weight_name(race: NetworkRace, place: int) -> str:
    """Of an entry of θ, counted from 1 as on the page: W1[2,1], b3[1] …"""
    slot = next(slot for slot in race.lanes[0].trainer.tape.slots if slot.offset <= place < slot.offset + slot.size)
    entry = np.unravel_index(place - slot.offset, slot.shape)
    return f"{slot.name}[{','.join(str(int(index) + 1) for index in entry)}]"


def _chosen(race: NetworkRace, number: int | None) -> NetworkLane:
    return race.lane(race.standings()[0].id if number is None else number)


def _corner(race: NetworkRace, number: int) -> Array:
    if number == 0:
        return race.lanes[0].points[0]
    return copied(race.lane(number).trainer.machine.theta)


def _around(spots: Array) -> Array:
    """A square about all points, so that two weights are seen at one scale, and at least `SPAN` either way of the origin."""
    reach = max(SPAN, float(np.abs(spots).max()))
    return np.array([[-reach, -reach], [reach, reach]])


def _widened(low: float, high: float, zoom: float) -> Range:
    middle, half = (low + high) / 2.0, (high - low) / 2.0 * zoom
    return middle - half, middle + half
