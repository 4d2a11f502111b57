"""Planes through a race on the network: from what a page asks for to the engine's chart, the picture of the loss over it, which
is painted coarse to fine, and a chart in words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.protocol.race_network import NetworkPlane
from server.race.names import name_of
from server.race.refusals import refused

if TYPE_CHECKING:
    from engine.landscape.slices import Picture
    from engine.pausable import Pausable
    from engine.race import NetworkRace
    from engine.race.chart import Chart

AT_A_TIME = 0.01
"""Seconds of painting between two places where it gives way."""
FINEST = 101
"""Points along a side of a picture, where no other number is asked for."""


class PlaneView:
    """The plane that a race is seen over. `number` counts the session's planes, `drawn` the levels of their pictures, and
    `measured` how often losses of the trajectories' points were added."""

    def __init__(self) -> None:
        self.chart: Chart | None = None
        self.number, self.drawn, self.measured = 0, 0, 0
        self._painting: Pausable[bool] | None = None
        self._levels: deque[Picture] = deque()
        self._known: tuple[int, int, int] | None = None
        """Where all points of the trajectories were measured: plane, change, step."""

    def reset(self) -> None:
        self.let_go()
        self.chart, self._known = None, None

    def let_go(self) -> None:
        """Of a picture that is being painted."""
        painting, self._painting = self._painting, None
        if painting is not None:
            painting.leave()

    def lay(self, chart: Chart, points: int = FINEST) -> None:
        """Another plane; its picture is begun."""
        self.let_go()
        self.chart, self._known = chart, None
        self.number += 1
        self._levels = deque()
        self._painting = _painted(chart.landscape.pictures_in_parts(chart.plane, chart.across, chart.up, points), self._levels)

    def forget(self, number: int) -> None:
        """A lane's trajectory is another."""
        if self.chart is not None:
            self.chart.forget(number)

    @property
    def painting(self) -> bool:
        return self._painting is not None

    def paint(self, seconds: float) -> None:
        """In a worker: some points of the picture, up to its next level."""
        assert self._painting is not None
        end = time.perf_counter() + seconds
        while not self._painting.go_on(0.0):
            if self._levels or time.perf_counter() > end:
                break
        else:
            ended, self._painting = self._painting, None  # one that fails is not begun again and again
            assert ended.found
        self._show()

    def paint_all(self) -> None:
        """In a worker: the finest picture, giving way on the way to it; left, it is gone on with where it stands."""
        from engine.parts import give_way

        while self._painting is not None:
            self.paint(AT_A_TIME)
            give_way()

    def _show(self) -> None:
        while self._levels and self.chart is not None:
            self.chart.picture = self._levels.popleft()
            self.drawn += 1

    def unmeasured(self, change: int, step: int) -> bool:
        """Whether some points of the trajectories have no loss yet."""
        return self.chart is not None and self._known != (self.number, change, step)

    def measure(self, race: NetworkRace, change: int, seconds: float) -> None:
        """In a worker: losses of some of them."""
        assert self.chart is not None
        here = self.number, change, race.step
        self._known = here if self.chart.measure(race, seconds) else None
        self.measured += 1


def _painted(levels: Iterator[Picture | None], into: deque[Picture]) -> Pausable[bool]:
    """The levels of a picture, as they come. It knows nothing else of who shows them: one that nobody has any more ends."""
    from engine.parts import give_way
    from engine.pausable import Pausable

    def all_of_them() -> bool:
        for level in levels:
            if level is not None:
                into.append(level)
            give_way()
        return True

    return Pausable(all_of_them)


def chart_of(race: NetworkRace, wish: NetworkPlane) -> Chart:
    """In a worker. A plane that the lanes do not span yet is refused by name."""
    from engine.race.chart import Chart, PlaneChoice

    choice = PlaneChoice(wish.kind, wish.lane, wish.weights, wish.seed, wish.others, wish.corners, wish.zoom)
    with refused("plane"):
        return Chart.of(race, choice)


def opening(race: NetworkRace) -> Chart:
    """At the start all lanes are one point: random directions need no more."""
    from engine.race.chart import Chart, PlaneChoice

    with refused("plane"):
        return Chart.of(race, PlaneChoice("random"))


def words_of(chart: Chart) -> str:
    """What the plane is, and what it says and does not say of the loss."""
    plane = chart.plane
    if plane.kind == "weights":
        return f"{plane.names[0]} and {plane.names[1]} change, every other parameter is held at the value it had at the centre"
    if plane.kind == "random":
        return f"two random directions: {plane.policy}"
    if plane.kind == "pca":
        return "the two directions in which the lanes have moved most, through the mean of all their points"
    return "through three points; they lie at (0, 0), (1, 0) and (0, 1)"


def climbs(race: NetworkRace, chart: Chart) -> list[dict[str, str | int]]:
    """Who seems to climb on the picture, and why it does not."""
    from engine.race.chart import seeming_climbs

    told: list[dict[str, str | int]] = []
    for found in seeming_climbs(race, chart):
        seen = f"from {found.seen[0]:.3g} to {found.seen[1]:.3g}"
        true = f"from {found.true[0]:.3g} to {found.true[1]:.3g}"
        words = (
            f"{name_of(race.lane(found.lane))} seems to climb {seen} between steps {found.first} and {found.last}. It did not:"
        )
        words += (
            f" its own loss went {true}. It stands {found.off:.3g} off the plane, {found.residual:.2g} times as far as from its"
        )
        told.append({"lane": found.lane, "words": f"{words} start, and the picture shows the loss of the plane below it."})
    return told
