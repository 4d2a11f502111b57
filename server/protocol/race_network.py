"""The part of the wire that races on the network: lanes that train the present run's spec, each a trainer of its own; the
planes their loss is seen over; and studies, which are long, and tell how far they are by the channel `study`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from server.protocol.base import Command, Link, Message, Status
from server.protocol.race import Lane, RaceSpeed
from server.protocol.shapes import InitializerData, LaneData, OptimizerData, ScheduleData

Place = Annotated[int, Field(ge=0, lt=2**31, description="of a parameter in θ, counted from 0; `tensors` says which is where")]


class NetworkBegin(Command):
    """Begin a race on the network at step 0: on the present run's spec as it stands, without its edits of weights. Absent
    `lanes` (each an `engine.race.spec.LaneSpec`) are the run's own rule and some others at their defaults."""

    type: Literal["network"] = "network"
    unless_there: bool = Field(default=False, description="as in `race`")
    lanes: list[LaneData] | None = Field(default=None, max_length=16)
    threshold: float = Field(default=0.05, gt=0, le=1e12, allow_inf_nan=False, description="train loss that counts as reached")


class NetworkLoad(Command):
    """Begin the race of a script that `network_share` gave, and go to the step where it stood; `done` comes at the end."""

    long: ClassVar[bool] = True
    type: Literal["network_load"] = "network_load"
    script: dict[str, Any] | str


class NetworkShare(Command):
    """The race as a script. `done.result`: {script: JSON text}."""

    type: Literal["network_share"] = "network_share"


class NetworkExport(Command):
    """The race as a file: a page of its own with everything in it, one that plays by itself over the plane that is looked
    at (`engine.export.replay`), or every recorded step of every lane as a table. `done.result`: {name, type, text}."""

    type: Literal["network_export"] = "network_export"
    format: Literal["html", "csv", "replay"]
    theme: Literal["light", "dark"] = "light"
    first: int = Field(default=0, ge=0, le=1_000_000_000, description="of a replay, as `last` and `seconds`")
    last: int | None = Field(default=None, ge=1, le=1_000_000_000, description="absent: where the race stands")
    seconds: int = Field(default=30, ge=5, le=60, description="that it plays for")
    link: Link = None


class NetworkLaneAdd(Command):
    """A lane, which runs from the start to where the others are. `done.result`: {lane: its id}."""

    type: Literal["network_lane_add"] = "network_lane_add"
    lane: LaneData


class NetworkLaneRemove(Command):
    type: Literal["network_lane_remove"] = "network_lane_remove"
    lane: Lane


class NetworkLaneDuplicate(Command):
    """A second lane with the same past. `done.result`: {lane: its id}."""

    type: Literal["network_lane_duplicate"] = "network_lane_duplicate"
    lane: Lane


class NetworkLaneRetune(Command):
    """From the present step on another rule, rate or schedule; what is absent stays as it is."""

    type: Literal["network_lane_retune"] = "network_lane_retune"
    lane: Lane
    optimizer: OptimizerData | None = None
    schedule: ScheduleData | None = None


class NetworkLaneReplace(Command):
    """Another `engine.race.spec.LaneSpec` in a lane's place, such as one with a batch size, a seed or an initializer of its
    own: it runs again from the start."""

    type: Literal["network_lane_replace"] = "network_lane_replace"
    lane: Lane
    spec: LaneData


class NetworkRates(Command):
    """As `race_rates`: every lane's rate is chosen in one way. `tuned` runs a lane at each rate of the grid from the race's own
    start, over its own batches, and takes that which comes first to the threshold and stays, or where none does has the least
    train loss. The same race is tuned once. Lanes run again, to where they stood."""

    type: Literal["network_rates"] = "network_rates"
    how: Literal["same", "defaults", "tuned"]
    lr: float | None = Field(default=None, gt=0, le=1e6, allow_inf_nan=False)
    rates: list[Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]] | None = Field(
        default=None, min_length=2, max_length=64, description="absent: 16, from 1e-4 to 10"
    )
    steps: int = Field(default=500, ge=1, le=10_000)


class NetworkPlay(Command):
    type: Literal["network_play"] = "network_play"
    speed: RaceSpeed | None = Field(default=None, description="absent: as before")


class NetworkPause(Command):
    type: Literal["network_pause"] = "network_pause"


class NetworkSpeed(Command):
    type: Literal["network_speed"] = "network_speed"
    speed: RaceSpeed


class NetworkStep(Command):
    """Pause, then `count` updates of every lane."""

    type: Literal["network_step"] = "network_step"
    count: int = Field(default=1, ge=1, le=100_000)


class NetworkSeek(Command):
    """Pause, then every lane to the state after update `step`. Changes nothing in the script."""

    type: Literal["network_seek"] = "network_seek"
    step: int = Field(ge=0, le=1_000_000_000)


class NetworkPlane(Command):
    """Lay a plane through the lanes as they stand, and draw the loss over it anew, coarse to fine: also how it is centred
    again. `weights` and `random` go through `lane`, the leader where it is absent; `points` through three `corners`, each a
    lane's id, or 0 for the start that all share."""

    type: Literal["network_plane"] = "network_plane"
    kind: Literal["weights", "random", "pca", "points"] = "pca"
    lane: Lane | None = None
    weights: tuple[Place, Place] = (0, 1)
    seed: int = Field(default=0, ge=0, lt=2**53)
    others: Literal["zero", "normal"] = Field(default="zero", description="what random directions are along biases and norms")
    corners: tuple[int, int, int] = (0, 0, 0)
    zoom: float = Field(default=1.0, ge=0.01, le=100.0, allow_inf_nan=False)
    points: Literal[25, 53, 101] = Field(default=101, description="along a side of the finest picture")


class NetworkOpen(Command):
    """A lane's run where it stands. `done.result`: {script: JSON text}, which `load` takes."""

    type: Literal["network_open"] = "network_open"
    lane: Lane


class StudySeeds(Command):
    """The lanes over many seeds of start and batches, in their first form: the race itself is left alone. Studies answer when
    they begin; the channel `study` tells the rest. Another study, and `study_cancel`, end one that is under way."""

    type: Literal["study_seeds"] = "study_seeds"
    lanes: list[Lane] | None = Field(default=None, max_length=16, description="absent: all")
    seeds: int = Field(default=32, ge=1, le=64)
    first: int = Field(default=0, ge=0, lt=2**52)
    steps: int = Field(default=1000, ge=1, le=100_000)
    threshold: float = Field(default=0.05, gt=0, le=1e12, allow_inf_nan=False)


class StudyRates(Command):
    """Each lane's loss after a budget of steps, at rates from `low` to `high`."""

    type: Literal["study_rates"] = "study_rates"
    on: Literal["network", "surface"] = "network"
    lanes: list[Lane] | None = Field(default=None, max_length=16, description="absent: all")
    low: float = Field(default=1e-4, gt=0, le=1e6, allow_inf_nan=False)
    high: float = Field(default=1.0, gt=0, le=1e6, allow_inf_nan=False)
    rates: int = Field(default=13, ge=2, le=64)
    seeds: int = Field(default=3, ge=1, le=16)
    steps: int = Field(default=500, ge=1, le=100_000)


class StudyBasins(Command):
    """Where a lane of the race on the surface ends from each start of a grid."""

    type: Literal["study_basins"] = "study_basins"
    lane: Lane
    side: int = Field(default=32, ge=2, le=64)
    steps: int = Field(default=500, ge=1, le=10_000)
    reach: float = Field(default=0.05, gt=0, le=1e6, allow_inf_nan=False)


class StudyCompass(Command):
    """Per-sample gradients along two weights where a lane stands, the mean of the `number`-th mini-batch drawn for looking, the
    full gradient, and the spread against the batch size."""

    type: Literal["study_compass"] = "study_compass"
    lane: Lane
    weights: tuple[Place, Place] = (0, 1)
    batch_size: int = Field(default=10, ge=1, le=1_000_000)
    number: int = Field(default=0, ge=0, lt=2**31)


class StudyPoint(Command):
    """What lanes have under their feet: slope, curvature, kind of point, their own stability bound beside their rate, and the
    map of rates and momenta of the local quadratic."""

    type: Literal["study_point"] = "study_point"
    lanes: list[Lane] | None = Field(default=None, max_length=16, description="absent: all")


class StudyEdge(Command):
    """λ_max along a lane's path, beside the largest at which its optimizer is stable at its rate, 2/η of gradient descent: of a
    lane of the race as far as it has run, or of gradient descent over the whole of 20 samples of a sine, run for this."""

    type: Literal["study_edge"] = "study_edge"
    on: Literal["sine", "race"] = "sine"
    lane: Lane | None = Field(default=None, description="of the race; absent: the first")
    rate: float = Field(default=0.2, gt=0, le=1e6, allow_inf_nan=False, description="on the sine")
    steps: int = Field(default=400, ge=2, le=5000, description="on the sine")
    points: int | None = Field(default=None, ge=2, le=401, description="of the path, at most; absent: up to 401, of a lane 98")


class StudyCancel(Command):
    """End the study under way; where there is none, nothing."""

    type: Literal["study_cancel"] = "study_cancel"


class NetworkLane(Message):
    """A lane as it stands at the present step. `slot` is the place of its colour, 0 to 15."""

    id: int
    slot: int
    label: str
    optimizer: OptimizerData = Field(description="in force at the present step")
    schedule: ScheduleData
    batch_size: int | str | None = Field(description="its own, where it has one")
    seed: int | None
    initializer: InitializerData | None
    retunes: list[int] = Field(description="the steps at which it was changed")
    joined: int
    badges: list[str] = Field(description="what it does not share with the others")
    chosen: Literal["own", "same", "default", "tuned"] = Field(description="how its rate was")


class Tensor(Message):
    """Where a tensor of parameters begins in θ; its entries follow row by row."""

    name: str
    shape: list[int]
    offset: int


class NetworkInfo(Message):
    """A race on the network: what is trained, and its lanes. Told anew when it changes."""

    type: Literal["network"] = "network"
    race: int = Field(description="counts the races on the network of a session; frames carry it")
    change: int = Field(description="counts what was changed in it")
    run: int = Field(description="the run whose spec it has; another is there now where the numbers differ")
    title: str = Field(description="data and shape, in words")
    task: Literal["classification", "regression"]
    kind: Literal["plane", "line", "table", "image"]
    domain: list[tuple[float, float]]
    classes: int
    samples: int = Field(description="trained on")
    batch_size: int | str
    parameter_count: int
    tensors: list[Tensor]
    lanes: list[NetworkLane]
    threshold: float
    rates: str = Field(description="how the rates were chosen, in words")


class NetworkState(Message):
    """Where a race on the network stands. The newest overwrites older ones."""

    latest: ClassVar[bool] = True
    type: Literal["network_state"] = "network_state"
    race: int
    status: Status
    step: int
    end: int = Field(description="how far the lanes have run")
    max_steps: int
    steps_per_epoch: int
    speed: RaceSpeed
    steps_per_second: float | None = Field(description="measured over the last second of play; null while not playing")
    tuning: tuple[int, int] | None = Field(default=None, description="lanes tuned, of how many")
    same_bits: bool = Field(default=True, description="false: its script was recorded under another fingerprint")
