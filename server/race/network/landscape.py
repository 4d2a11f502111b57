"""Planes through a race on the network: from what a page asks for to the engine's chart, and a chart in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.protocol.race_network import NetworkPlane
from server.race.names import name_of
from server.race.refusals import refused

if TYPE_CHECKING:
    from engine.race import NetworkRace
    from engine.race.chart import Chart


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
        words += f" its own loss went {true}. It stands {found.off:.3g} off the plane, {found.residual:.0%} of its way from the"
        told.append({"lane": found.lane, "words": f"{words} start, and the picture shows the loss of the plane below it."})
    return told
