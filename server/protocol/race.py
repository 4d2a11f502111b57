"""The race's part of the wire: its commands, its two events. A race is a session's second object, beside its run, with a
clock of its own. Its channels are in `server.race.surface.channels`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Link, Message, Status
from server.protocol.shapes import LaneData, LaneOptimizerData, RaceSpecData, ScheduleData, SurfaceData

Lane = Annotated[int, Field(ge=1, le=2**31, description="a lane's id, which the event `race` tells")]


class RaceSpeed(Message):
    """How fast a race plays: so many steps a second, or flat out."""

    unit: Literal["steps", "flat"] = "steps"
    rate: float = Field(default=60.0, gt=0, le=1_000_000, allow_inf_nan=False)


class RaceBegin(Command):
    """Begin another race at step 0, from an `engine.race.spec.RaceSpec`; without one the race a room opens with, each lane's
    rate tuned for its surface: Rosenbrock's, or the one that is named."""

    type: Literal["race"] = "race"
    unless_there: bool = Field(default=False, description="leave the race that there is, if there is one")
    spec: RaceSpecData | None = None
    surface: SurfaceData | str | None = Field(default=None, description="only without a spec")
    threshold: float | None = Field(
        default=None,
        gt=0,
        le=1e12,
        allow_inf_nan=False,
        description="as in `race_change`; absent: 0.01, or what suits the surface",
    )


class RaceLoad(Command):
    """Begin the race of a script that `race_share` gave, and go to the step where it stood; `done` comes at the end."""

    type: Literal["race_load"] = "race_load"
    script: dict[str, Any] | str


class RaceChange(Command):
    """Another surface, start, noise, seed, length or bound: every lane runs again, to the present step; on another kind of
    surface it stands at step 0. Absent fields stay; a new surface brings its own start. `threshold`: how close to the least
    known loss the finish is."""

    type: Literal["race_change"] = "race_change"
    surface: SurfaceData | str | None = None
    start: tuple[float, float] | None = None
    noise: float | None = None
    seed: int | None = None
    max_steps: int | None = None
    bound: float | None = None
    threshold: float | None = Field(default=None, gt=0, le=1e12, allow_inf_nan=False)


class RaceRates(Command):
    """Choose every lane's rate in one way, and say which: the `same` one for all (`lr`), each rule's `defaults`, or each
    `tuned`: over a grid of `rates`, on three seeds of the noise, that which arrives first within `steps` and stays, or where
    none does has the least loss. Lanes run again, without what was changed on the way; solvers have no rate. `done` comes when
    all are tuned; a pause ends it early, an `error` with code cancelled."""

    type: Literal["race_rates"] = "race_rates"
    how: Literal["same", "defaults", "tuned"]
    lr: float | None = Field(default=None, gt=0, le=1e6, allow_inf_nan=False)
    rates: list[Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]] | None = Field(
        default=None, min_length=2, max_length=64, description="absent: 22, from 1e-6 to 10"
    )
    steps: int = Field(default=1000, ge=1, le=10_000)


class RaceLaneAdd(Command):
    """`lane` is an `engine.race.spec.LaneSpec`. `done.result`: {lane: its id}."""

    type: Literal["race_lane_add"] = "race_lane_add"
    lane: LaneData


class RaceLaneRemove(Command):
    type: Literal["race_lane_remove"] = "race_lane_remove"
    lane: Lane


class RaceLaneDuplicate(Command):
    """A second lane with the same past. `done.result`: {lane: its id}."""

    type: Literal["race_lane_duplicate"] = "race_lane_duplicate"
    lane: Lane


class RaceLaneRetune(Command):
    """From the present step on another rule, rate or schedule; what is absent stays as it is."""

    type: Literal["race_lane_retune"] = "race_lane_retune"
    lane: Lane
    optimizer: LaneOptimizerData | None = None
    schedule: ScheduleData | None = None


class RaceLaneReplace(Command):
    """Another `engine.race.spec.LaneSpec` in a lane's place: it runs again from the start. A name, or a seed of its own."""

    type: Literal["race_lane_replace"] = "race_lane_replace"
    lane: Lane
    spec: LaneData


class RacePlay(Command):
    type: Literal["race_play"] = "race_play"
    speed: RaceSpeed | None = Field(default=None, description="absent: as before")


class RacePause(Command):
    type: Literal["race_pause"] = "race_pause"


class RaceSpeedCommand(Command):
    type: Literal["race_speed"] = "race_speed"
    speed: RaceSpeed


class RaceStep(Command):
    """Pause, then `count` updates of every lane."""

    type: Literal["race_step"] = "race_step"
    count: int = Field(default=1, ge=1, le=100_000)


class RaceSeek(Command):
    """Pause, then look at a step of every lane. Changes nothing in the script."""

    type: Literal["race_seek"] = "race_seek"
    step: int = Field(ge=0, le=1_000_000_000)


class RaceDissect(Command):
    """A lane's coming update at the present step taken apart, for one coordinate, with each quantity's last values.
    `done.result`: `engine.microscope.Dissection` as `dissect` tells it, with ``lane``. Refused for a lane that left the surface
    and at the race's end."""

    type: Literal["race_dissect"] = "race_dissect"
    lane: Lane
    coordinate: Literal["x", "y"]


class RaceFan(Command):
    """One lane from many starts at once, to the race's end or as far as a million updates in all go, and again whenever the
    race is another; without starts no more. The channel `race_fan` shows them. `done` comes when they have been run."""

    type: Literal["race_fan"] = "race_fan"
    lane: Lane
    starts: list[tuple[float, float]] = Field(max_length=200)


class RaceShare(Command):
    """The race as a script. `done.result`: {script: JSON text}."""

    type: Literal["race_share"] = "race_share"


class RaceExport(Command):
    """The race as a file: a page of its own with everything in it, one that plays by itself (`engine.export.replay`), or
    every step of every lane as a table. `done.result`: {name, type, text}. In a table a name that a spreadsheet might take for
    a formula has an apostrophe before it."""

    type: Literal["race_export"] = "race_export"
    format: Literal["html", "csv", "replay"]
    theme: Literal["light", "dark"] = "light"
    first: int = Field(default=0, ge=0, le=1_000_000_000, description="of a replay, as `last` and `seconds`")
    last: int | None = Field(default=None, ge=1, le=1_000_000_000, description="absent: where the race stands")
    seconds: int = Field(default=30, ge=5, le=60, description="that it plays for")
    link: Link = None


class RaceLane(Message):
    """A lane as it stands at the present step. `slot` is the place of its colour, 0 to 15; `chosen` says how its rate was."""

    id: int
    slot: int
    label: str
    optimizer: LaneOptimizerData = Field(
        description="in force at the present step: an optimizer, or a solver, which has no rate"
    )
    schedule: ScheduleData
    seed: int | None
    retunes: list[int] = Field(description="the steps at which it was changed")
    joined: int
    badges: list[str] = Field(description="what it does not share with the others")
    chosen: Literal["own", "same", "default", "tuned"]
    clock: list[tuple[int, float]] = Field(description="from which step on an update takes so many seconds of engine time")


class RaceInfo(Message):
    """A race: what it is run on, and its lanes. Told anew when it changes."""

    type: Literal["race"] = "race"
    race: int = Field(description="counts the races of a session; frames carry it")
    change: int = Field(description="counts what was changed in it")
    on: Literal["surface", "network"]
    spec: RaceSpecData = Field(description="complete, with every lane's changes: what `race` takes")
    title: str
    mathml: str = Field(description="the surface's formula")
    domain: tuple[tuple[float, float], tuple[float, float]] | None
    start: tuple[float, float] | None
    least: float | None = Field(description="the least loss that is known")
    lanes: list[RaceLane]
    minimum: Literal["known", "found", "none"] = Field(description="of the surface, or found in a formula's domain")
    threshold: float
    rates: str = Field(description="how the rates were chosen, in words")


class RaceState(Message):
    """Where a race stands. The newest overwrites older ones."""

    latest: ClassVar[bool] = True
    type: Literal["race_state"] = "race_state"
    race: int
    status: Status
    step: int
    end: int = Field(description="how far the lanes have run")
    max_steps: int
    speed: RaceSpeed
    steps_per_second: float | None = Field(description="measured over the last second of play; null while not playing")
    tuning: tuple[int, int] | None = Field(default=None, description="lanes tuned, of how many")
    same_bits: bool = Field(default=True, description="false: its script was recorded under another fingerprint")
