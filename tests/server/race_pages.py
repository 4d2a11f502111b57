"""A page that races on a surface, without a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
from pages import Page

from engine.race import Race

FLAT = {"unit": "flat"}
CHANNELS = ("race_surface", "race_trails", "race_standings", "race_point")
RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lion", "muon")
SPEC: dict[str, Any] = {
    "surface": {"name": "rosenbrock"},
    "start": [-1.2, 1.0],
    "noise": 0.05,
    "lanes": [{"optimizer": {"name": name, "lr": 1e-3}} for name in RULES],
    "max_steps": 3000,
}


class RacePage(Page):
    """Puts the trails together as the page does."""

    def begin(self, spec: dict[str, Any] | None = SPEC, **more: Any) -> None:
        self.do("race", spec=spec, **more)
        self.do("subscribe", channels=list(CHANNELS))

    @property
    def info(self) -> dict[str, Any]:
        return next(event for event in reversed(self.events) if event["type"] == "race")

    @property
    def at(self) -> dict[str, Any]:
        return next(event for event in reversed(self.events) if event["type"] == "race_state")

    def until_status(self, status: str) -> dict[str, Any]:
        if self.at["status"] != status:
            self.until(lambda event: event["type"] == "race_state" and event["status"] == status)
        return self.at

    def settled(self, channel: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """The frame of the present step, after the last change."""

        def right(header: dict[str, Any]) -> bool:
            change = header["meta"].get("change", self.info["change"])
            here = header["step"] == self.at["step"] and not header["meta"].get("more")
            return header["run"] == self.info["race"] and change == self.info["change"] and here

        return self.frame(channel, right)

    def trails(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        self.settled("race_trails")
        found: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        for header, arrays in self.frames["race_trails"]:
            if header["run"] != self.info["race"]:
                continue
            offset, present = 0, {}
            for part in header["meta"]["lanes"]:
                number, first, count = part["id"], part["from"], part["count"]
                points, losses = found.get(number, (np.zeros((0, 2)), np.zeros(0)))
                assert first <= len(losses), "no gap in a trail"
                here = slice(offset, offset + count)
                kept = (points[:first], losses[:first])
                present[number] = (
                    np.concatenate([kept[0], arrays["points"][here]]),
                    np.concatenate([kept[1], arrays["losses"][here]]),
                )
                offset += count
            found = present
        return found


def same_trails(found: dict[int, tuple[np.ndarray, np.ndarray]], race: Race) -> bool:
    """Bit for bit, up to the engine's step; the page may hold more than that."""
    for lane in race.lanes:
        points, losses = found[lane.id]
        wanted, heights = race.trail(lane.id), race.losses(lane.id)
        if not (np.array_equal(points[: len(wanted)], wanted) and np.array_equal(losses[: len(heights)], heights)):
            return False
    return found.keys() == {lane.id for lane in race.lanes}
