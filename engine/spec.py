"""RunSpec: all that determines a run, as frozen pydantic models. What a later piece of work brings is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, LiteralString, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from engine import optimizers
from engine.optimizers.row import Wide
from engine.rows import activations, datasets, initializers, losses, norms, schedules
from engine.rows.features import ALIASES, fitting
from engine.rows.row import Parameter
from engine.spec_inline import InlineData

MAX_SEED = 2**53 - 1
MAX_LAYERS = 50
MAX_UNITS = 1024
MAX_STEPS = 1_000_000_000
NO_VALIDATION = "early stopping needs a validation split"


def refuse(kind: LiteralString, problem: str, allowed: str, field: str = "") -> PydanticCustomError:
    """An error that names the allowed range; `field` where the validator sees more than the field itself."""
    context = {"problem": f"{field}: {problem}" if field else problem, "allowed": allowed, "field": field}
    return PydanticCustomError(kind, "{problem}; allowed: {allowed}", context)


def within(low: float, high: float, *, low_open: bool = False, high_open: bool = False) -> Callable[[float], float]:
    """A validator that names the whole range."""
    bound = Parameter("", "", "", None, minimum=low, maximum=high, exclusive_minimum=low_open, exclusive_maximum=high_open)

    def check(value: float) -> float:
        # A whole number may have more digits than a float holds; compared as it is, it is out of range like any other.
        if bound.problem(value if isinstance(value, int) else float(value)):
            raise refuse("out_of_range", "out of range", bound.allowed.removeprefix("a number in "))
        return value

    return check


def known(name: Any, rows: dict[str, Any], planned: tuple[str, ...] = (), field: str = "") -> str:
    if not isinstance(name, str) or name not in rows:
        reason = "is not available yet" if name in planned else "is not known"
        raise refuse("unknown_name", f"'{name}' {reason}", ", ".join(rows), field)
    return name


def count_or(word: str) -> Callable[[Any], Any]:
    """A validator of fields that hold a count or one word."""

    def check(value: Any) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value != word and not (whole and 1 <= value <= MAX_STEPS):
            raise refuse("out_of_range", "out of range", f"'{word}' or a whole number from 1 to {MAX_STEPS}")
        return value

    return check


Fraction = Annotated[float, AfterValidator(within(0.0, 0.95))]
Penalty = Annotated[float, AfterValidator(within(0.0, 1e6))]
Seed = Annotated[int, AfterValidator(within(0, MAX_SEED))]


class Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )


class DataSpec(Part):
    """A data set of the catalog, and how it is split."""

    name: Annotated[str, AfterValidator(lambda name: known(name, datasets.DATASETS))] = "spiral"
    samples: Annotated[int, AfterValidator(within(10, 20_000))] = 500
    noise: Annotated[float, AfterValidator(within(0.0, 5.0))] = 0.1
    features: tuple[str, ...] = ("x", "y")
    validation_fraction: Fraction = 0.0
    test_fraction: Fraction = 0.5
    standardize: bool = False
    seed: Seed = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.validation_fraction + self.test_fraction > 0.95:
            raise refuse(
                "out_of_range", "with validation_fraction it leaves too little to train on", "a sum up to 0.95", "test_fraction"
            )
        kind = datasets.DATASETS[self.name].kind
        names = tuple(ALIASES.get(name, name) for name in self.features)
        columns = {"plane": ("x", "y"), "line": ("x",)}.get(kind, ())
        allowed = fitting(columns)
        if kind != "plane" and names == ("x", "y"):  # the default, which only a plane has
            names = columns
        for name in names:
            if name not in allowed:
                raise refuse("unknown_name", f"'{name}' is no feature of {self.name}", ", ".join(allowed) or "none", "features")
        if (columns and not names) or len(set(names)) < len(names):
            raise refuse("out_of_range", "at least one, each once", ", ".join(allowed), "features")
        object.__setattr__(self, "features", names)
        return self

    @property
    def row(self) -> datasets.DatasetRow:
        return datasets.DATASETS[self.name]

    def counts(self, rows: int) -> tuple[int, int, int]:
        """How many of `rows` samples are for training, validation and test; one at least is left to train on."""
        test = min(round(rows * self.test_fraction), rows - 1)
        validation = min(round(rows * self.validation_fraction), rows - 1 - test)
        return rows - validation - test, validation, test

    @property
    def count(self) -> int:
        """Samples of all splits together: real data have a number of their own."""
        return self.samples if self.row.load is None else len(self.row.load()[0])

    @property
    def train_rows(self) -> int:
        return self.counts(self.count)[0]


class LayerSpec(Part):
    """A hidden layer: h = dropout(phi(norm(W h_below + b))) + P h_skip; `skip` counts how many layers back h_skip is."""

    units: Annotated[int, AfterValidator(within(1, MAX_UNITS))] = 8
    activation: str = "tanh"
    norm: str | None = None
    dropout: Annotated[float, AfterValidator(within(0.0, 1.0, high_open=True))] = 0.0
    skip: Annotated[int, AfterValidator(within(1, MAX_LAYERS))] | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        known(self.activation, {name: row for name, row in activations.ACTIVATIONS.items() if row.hidden}, field="activation")
        if self.norm is not None:
            known(self.norm, norms.NORMS, field="norm")
        return self


class Named(BaseModel):
    """A row chosen by name with its own parameters beside it; absent ones are written out with their defaults."""

    model_config = ConfigDict(
        frozen=True, extra="allow", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )
    name: str

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


def complete(
    given: dict[str, Any], fixed: tuple[str, ...], rows: tuple[Parameter, ...], defaults: dict[str, Any]
) -> dict[str, Any]:
    """`given` with every parameter of the row present, of its kind and in its range."""
    allowed = {parameter.name: parameter for parameter in rows}
    done = {key: value for key, value in given.items() if key in fixed}
    for key in given:
        if key not in allowed and key not in fixed:
            raise refuse("unknown_field", "no such parameter", ", ".join(allowed) or "none", key)
    for name, parameter in allowed.items():
        value = given.get(name, defaults[name])
        problem = parameter.problem(value)
        if problem:
            raise refuse("out_of_range", problem, parameter.allowed, name)
        done[name] = parameter.settled(value)
    return done


class InitializerSpec(Named):
    name: str = "xavier_uniform"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return {"name": given} if isinstance(given, str) else given
        row = initializers.INITIALIZERS[known(given.get("name", "xavier_uniform"), initializers.INITIALIZERS, field="name")]
        return complete(given, ("name",), row.parameters, {parameter.name: parameter.default for parameter in row.parameters})


class OptimizerSpec(Named):
    """A rule, its rate, its dialect, and the row's own parameters."""

    name: str = "adam"
    lr: float = 0.01
    dialect: Literal["textbook", "pytorch"] = "textbook"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        row = optimizers.OPTIMIZERS[known(given.get("name", "adam"), optimizers.OPTIMIZERS, field="name")]
        dialect = given.get("dialect", optimizers.TEXTBOOK)
        known(dialect, dict.fromkeys(optimizers.DIALECTS), field="dialect")
        return complete(given, ("name", "dialect"), row.spoken(dialect), row.defaults(dialect))

    @property
    def row(self) -> optimizers.Optimizer:
        return optimizers.OPTIMIZERS[self.name]

    @property
    def code(self) -> int:
        """The kernels' code of the rule in its dialect, whatever its options."""
        return self.row.codes[self.dialect]

    @property
    def kind(self) -> int:
        """The code of its form with these options."""
        wide = self._wide
        return wide.codes[self.dialect] if wide else self.code

    @property
    def state(self) -> tuple[str, ...]:
        """Names of the state tensors in use, in their order."""
        wide = self._wide
        if wide:
            return wide.state
        return tuple(name for name in self.row.state if self.row.state_of.get(name, self.dialect) == self.dialect)

    def in_dialect(self, dialect: Any) -> dict[str, Any]:
        """The same rule and rate told in another dialect: what that has not is left out, what it has besides is its default."""
        unspoken = {parameter.name for parameter in self.row.parameters} - {row.name for row in self.row.spoken(dialect)}
        return {key: value for key, value in self.model_dump().items() if key not in unspoken} | {"dialect": dialect}

    @property
    def _wide(self) -> Wide | None:
        wide = self.row.wide
        return wide if wide and any(self.parameters[name] for name in wide.options) else None

    @property
    def numbers(self) -> list[float]:
        """Its own parameters as kernels take them: all but the rate, in the row's order, 0 for what the dialect has not."""
        own = (parameter for parameter in self.row.parameters if parameter.name != "lr")
        return [number for parameter in own for number in parameter.numbers(self.parameters.get(parameter.name))]


class ScheduleSpec(Named):
    """How the rate moves: the row, the unit of its clock, the warm-up before it, and the row's own parameters."""

    name: str = "constant"
    unit: Literal["step", "epoch"] = "step"
    warmup: Annotated[int, AfterValidator(within(0, MAX_STEPS))] = 0

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        row = schedules.SCHEDULES[known(given.get("name", "constant"), schedules.SCHEDULES, field="name")]
        known(given.get("unit", "step"), dict.fromkeys(("step", "epoch")), field="unit")
        own = {parameter.name: parameter.default for parameter in row.parameters}
        return complete(given, ("name", "unit", "warmup"), row.parameters, own)

    @property
    def row(self) -> schedules.Schedule:
        return schedules.SCHEDULES[self.name]


class RegularizationSpec(Part):
    """Penalties on weights, never on biases: l1 |W|_1 + l2/2 |W|^2. And data augmentation, while training only: `jitter` is the
    standard deviation of normal noise on each input, `shift` the pixels that a picture moves at most, either way."""

    l1: Penalty = 0.0
    l2: Penalty = 0.0
    jitter: Annotated[float, AfterValidator(within(0.0, 100.0))] = 0.0
    shift: Annotated[int, AfterValidator(within(0, 16))] = 0


class ClipSpec(Part):
    """Bounds of a mini-batch's gradient, penalties included: first of its norm, then of each of its values."""

    norm: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None
    value: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None


class StopSpec(Part):
    """When a run ends: at max_steps; where the train loss changes by less than `min_change` from one measurement to the next;
    or once `patience` measurements in a row bring no new best validation loss. Measurements are points of the series."""

    max_steps: Annotated[int, AfterValidator(within(1, MAX_STEPS))] = 1_000_000
    min_change: Annotated[float, AfterValidator(within(0.0, 1e9, low_open=True))] | None = None
    patience: Annotated[int, AfterValidator(within(1, MAX_STEPS))] | None = None


class NetworkSpec(Part):
    layers: tuple[LayerSpec, ...] = Field(default=(LayerSpec(),))
    output_activation: str = "auto"
    initializer: InitializerSpec = Field(default_factory=lambda: InitializerSpec.model_validate({}))
    bias: Annotated[float, AfterValidator(within(-1e6, 1e6))] = 0.0
    train_bias: bool = True
    """False: every bias stays as it is at the start, as in some published examples."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        outputs = {name: row for name, row in activations.ACTIVATIONS.items() if row.output}
        known(self.output_activation, {"auto": None} | outputs, field="output_activation")
        if len(self.layers) > MAX_LAYERS:
            raise refuse("out_of_range", f"{len(self.layers)} hidden layers are too many", f"0 to {MAX_LAYERS}", "layers")
        for layer, own in enumerate(self.layers, 1):
            if own.skip is not None and own.skip > layer:
                field = f"layers.{layer - 1}.skip"
                raise refuse("out_of_range", f"{own.skip} layers back is before the input", f"1 to {layer}", field)
        return self


def _data_kind(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return "inline" if name == "inline" else "row"


class RunSpec(Part):
    """All that determines a run, but for the edits made to it."""

    data: Annotated[
        Annotated[DataSpec, Tag("row")] | Annotated[InlineData, Tag("inline")],
        Discriminator(_data_kind),
    ] = Field(default_factory=DataSpec)
    network: NetworkSpec = Field(default_factory=NetworkSpec)
    loss: str = "auto"
    optimizer: OptimizerSpec = Field(default_factory=lambda: OptimizerSpec.model_validate({}))
    schedule: ScheduleSpec = Field(default_factory=lambda: ScheduleSpec.model_validate({}))
    regularization: RegularizationSpec = Field(default_factory=RegularizationSpec)
    clip: ClipSpec = Field(default_factory=ClipSpec)
    batch_size: Annotated[int | Literal["full"], BeforeValidator(count_or("full"))] = 10
    shuffle: bool = True
    stop: StopSpec = Field(default_factory=StopSpec)
    eval_every: Annotated[int | Literal["epoch"], BeforeValidator(count_or("epoch"))] = "epoch"
    numerics: Literal["stable", "naive"] = "stable"
    seed: Seed = 0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known(self.loss, {"auto": None} | losses.LOSSES, field="loss")
        output, loss = self.output_and_loss
        if loss == "cross_entropy" and self.task == "regression":
            raise refuse("mismatch", "cross_entropy needs classes, and the data are a regression", "mse, bce", "loss")
        if output not in losses.LOSSES[loss].outputs:
            allowed = ", ".join(losses.LOSSES[loss].outputs)
            raise refuse("mismatch", f"{loss} cannot be taken of {output} outputs", allowed, "network.output_activation")
        if loss == "bce" and self.task == "regression" and not self.targets_are_probabilities:
            raise refuse("mismatch", "bce needs targets between 0 and 1", "mse", "loss")
        if self.stop.patience is not None and not self.validated:
            raise refuse("mismatch", NO_VALIDATION, "none without one", "stop.patience")
        self.check_live()
        return self

    def check_live(self) -> None:
        """What an edit of one live field may break elsewhere."""
        if any(layer.norm == "batch" for layer in self.network.layers):
            rows = self.data.train_rows
            width = rows if self.batch_size == "full" else min(self.batch_size, rows)
            if width == 1 or rows % width == 1:
                what = "one sample at a time has" if width == 1 else f"the last mini-batch of {rows} samples has one sample,"
                allowed = f"'full' or a number from 2 to {rows} that does not leave one of {rows} samples over"
                raise refuse("mismatch", f"{what} no variance for batch norm", allowed, "batch_size")
        picture = isinstance(self.data, DataSpec) and self.data.row.image_shape is not None
        if self.regularization.shift and (not picture or self.data.standardize):
            raise refuse("mismatch", "only pictures that are not standardized can be shifted", "0", "regularization.shift")
        if self.regularization.jitter and picture:
            raise refuse("mismatch", "pictures are shifted instead", "0", "regularization.jitter")

    @property
    def validated(self) -> bool:
        """Whether there is a validation split with a sample in it."""
        if isinstance(self.data, InlineData):
            return bool(self.data.validation_x)
        return self.data.validation_fraction > 0.0 and round(self.data.count * self.data.validation_fraction) > 0

    @property
    def task(self) -> datasets.Task:
        return self.data.task if isinstance(self.data, InlineData) else self.data.row.task

    @property
    def class_count(self) -> int:
        return self.data.class_count if isinstance(self.data, InlineData) else len(self.data.row.classes)

    @property
    def targets_are_probabilities(self) -> bool:
        return isinstance(self.data, InlineData) and self.data.targets_within(0.0, 1.0)

    @property
    def output_and_loss(self) -> tuple[str, str]:
        """Output activation and loss with "auto" resolved."""
        return losses.choose(self.task, self.class_count, self.network.output_activation, self.loss)

    @property
    def one_output(self) -> bool:
        """Two classes on one unit with targets 0 and 1; softmax and cross-entropy want a unit for each class."""
        output, loss = self.output_and_loss
        return self.task == "classification" and self.class_count == 2 and output != "softmax" and loss != "cross_entropy"
