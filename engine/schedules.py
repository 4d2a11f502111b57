"""Learning-rate schedules: eta_t as a function of the update t, counted from 0."""

from __future__ import annotations

from dataclasses import dataclass

from engine.row import Row, by_name


@dataclass(frozen=True)
class Schedule(Row):
    """How the rate moves while training."""


SCHEDULES = by_name((Schedule("constant", "constant", "The rate stays as it is.", "", r"\eta_t = \eta_0"),))

PLANNED = ("step", "exponential", "cosine", "warm_restarts", "one_cycle", "plateau")
