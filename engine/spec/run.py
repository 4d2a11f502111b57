"""RunSpec: all that determines a run, and what must fit together in it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from engine.rows import datasets, losses
from engine.rows.activations import ACTIVATIONS
from engine.spec.data import DataSpec, FormulaData
from engine.spec.fields import Seed, SpecModel, count_or, known, refuse
from engine.spec.inline import InlineData
from engine.spec.network import NetworkSpec
from engine.spec.training import ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec, StopSpec

NO_VALIDATION = "early stopping needs a validation split"


def _data_kind(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else getattr(value, "name", None)
    return {"inline": "inline", "formula": "from_formula"}.get(name, "row") if isinstance(name, str) else "row"


class RunSpec(SpecModel):
    """All that determines a run, but for the edits made to it."""

    data: Annotated[
        Annotated[DataSpec, Tag("row")] | Annotated[FormulaData, Tag("from_formula")] | Annotated[InlineData, Tag("inline")],
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
        picture = self.data.image_shape is not None
        if self.regularization.shift and (not picture or self.data.standardize):
            raise refuse("mismatch", "only pictures that are not standardized can be shifted", "0", "regularization.shift")
        if self.regularization.jitter and picture:
            raise refuse("mismatch", "pictures are shifted instead", "0", "regularization.jitter")

    def as_plain(self) -> dict[str, Any]:
        """As `model_dump(mode="json")` has it; of own data a piece at a time, for there may be millions of numbers."""
        if not isinstance(self.data, InlineData):
            return self.model_dump(mode="json")
        return {"data": self.data.as_plain()} | self.model_dump(mode="json", exclude={"data"})

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
        for_each = not ACTIVATIONS[output].elementwise or losses.LOSSES[loss].unit_for_each_class
        return self.task == "classification" and self.class_count == 2 and not for_each
