"""Edits: changes made to a run while it runs, each with the step it precedes. Other data or layers are a new run."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from engine.spec import MAX_STEPS, NO_VALIDATION, ClipSpec, OptimizerSpec, RegularizationSpec, RunSpec, ScheduleSpec, StopSpec
from engine.spec.fields import Many

MOST_TOLD = 20_000
"""Numbers of a network that was loaded, of which a page hears with each change of the script."""
MOST_ENTRIES = 64
"""Rows, columns or single entries that one edit freezes."""


class EditError(ValueError):
    """An edit that cannot be made; nothing changed. `field`, `problem` and `allowed` say why not, and what would do."""

    def __init__(self, field: str, problem: str, allowed: str) -> None:
        super().__init__(f"{field}: {problem}; allowed: {allowed}")
        self.field, self.problem, self.allowed = field, problem, allowed


class _Edit(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )
    step: int = Field(default=0, ge=0, le=MAX_STEPS, description="the update after this one is the first to feel it")
    label: str = Field(default="", max_length=200, description="in words; written when the edit is made")

    def describe(self) -> str:
        return self.label


class SetEdit(_Edit):
    """A hyperparameter: `path` into the spec, such as optimizer.lr."""

    kind: Literal["set"] = "set"
    path: str = Field(max_length=64)
    value: Annotated[Any, AfterValidator(copy.deepcopy)]  # the script's own: the caller may change what it gave


class WeightEdit(_Edit):
    """One entry of a weight matrix or bias; `index` counts from 0."""

    kind: Literal["weight"] = "weight"
    name: str = Field(max_length=16)
    index: Many[int]
    value: float = Field(allow_inf_nan=False)


class Entries(BaseModel):
    """Entries of one parameter: one, a row, a column or all of them; where there is a `value`, they are set to it first."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )
    name: str = Field(max_length=16)
    index: Many[Annotated[int, Field(ge=0)] | None] = Field(description="counts from 0; null stands for all along that axis")
    value: float | None = Field(default=None, allow_inf_nan=False)


class FreezeEdit(_Edit):
    """Weights and biases that no update changes from here on: frozen at their values, or removed, which is frozen at 0; or
    trained again. An edit of the weight of a frozen one leaves it frozen, at its new value."""

    kind: Literal["freeze"] = "freeze"
    action: Literal["freeze", "remove", "release"] = "freeze"
    entries: Many[Entries] = Field(min_length=1, max_length=MOST_ENTRIES)


Values = dict[Annotated[str, Field(max_length=16)], Many[Annotated[float, Field(allow_inf_nan=False)]]]
"""Numbers of parameters by their names, each row by row."""


class LoadEdit(_Edit):
    """A network that came from elsewhere, before the first update and before any other edit: the values of parameters, of batch
    norm's running `statistics`, and the optimizer's `state` by name after so many `updates` of its own. What is not named stays
    as it was drawn. A script has it; nobody sends it as an edit of a run that goes on."""

    kind: Literal["load"] = "load"
    step: int = Field(default=0, ge=0, le=0)
    source: str = Field(default="", max_length=80, description="where it is from, in words")
    parameters: Values = Field(default_factory=dict, max_length=500)
    statistics: Values = Field(default_factory=dict, max_length=200)
    state: dict[Annotated[str, Field(max_length=16)], Values] = Field(default_factory=dict, max_length=8)
    updates: int = Field(default=0, ge=0, le=MAX_STEPS)
    product: float = Field(default=1.0, ge=0.0, le=1.0, description="NAdam's product of its momenta so far")

    @property
    def told(self) -> LoadEdit:
        """As it is told to a page with each change of the script: without its numbers where they are many."""
        tensors = (self.parameters, self.statistics, *self.state.values())
        few = sum(len(values) for each in tensors for values in each.values()) <= MOST_TOLD
        return self if few else LoadEdit(label=self.label, source=self.source, updates=self.updates)


class ExtendEdit(_Edit):
    """Play goes on to a later step."""

    kind: Literal["extend"] = "extend"
    max_steps: int = Field(ge=1, le=MAX_STEPS)


AnyEdit = SetEdit | WeightEdit | FreezeEdit | ExtendEdit | LoadEdit
Edit = Annotated[SetEdit | WeightEdit | FreezeEdit | ExtendEdit, Field(discriminator="kind")]
"""One of a run that goes on."""
ScriptEdit = Annotated[AnyEdit, Field(discriminator="kind")]
"""One that a script may hold."""
EDITS: TypeAdapter[AnyEdit] = TypeAdapter(Edit)

PARTS: dict[str, type[BaseModel]] = {
    "optimizer": OptimizerSpec,
    "regularization": RegularizationSpec,
    "clip": ClipSpec,
    "schedule": ScheduleSpec,
    "stop": StopSpec,
}
STOP = ("patience", "min_change")  # max_steps is `ExtendEdit`'s
WHOLE = ("batch_size", "shuffle", "numerics")
LIVE = (
    "optimizer, optimizer.…, regularization.…, clip.norm, clip.value, schedule, schedule.…, stop.patience, stop.min_change,"
    " batch_size, shuffle, numerics"
)


def target(edit: AnyEdit) -> tuple[Any, ...]:
    """What an edit changes: a later edit of the same target at the same step takes its place."""
    if isinstance(edit, SetEdit):
        return ("set", edit.path)
    if isinstance(edit, WeightEdit):
        return ("weight", edit.name, edit.index)
    if isinstance(edit, FreezeEdit):
        return ("freeze", edit.entries)
    return (edit.kind,)


def retrains(edit: AnyEdit) -> bool:
    """Whether it changes what trains from here on; another end, or another rule to stop by, does not."""
    return isinstance(edit, WeightEdit | FreezeEdit | LoadEdit) or (
        isinstance(edit, SetEdit) and edit.path.partition(".")[0] != "stop"
    )


def value_at(spec: RunSpec, path: str) -> Any:
    """The value that a path of the spec has."""
    head, _, tail = path.partition(".")
    part = getattr(spec, head)
    return part.model_dump().get(tail) if tail else part


def with_set(spec: RunSpec, path: str, value: Any) -> RunSpec:
    """`spec` with one live field changed; errors name the field and what is allowed."""
    head, _, tail = path.partition(".")
    try:
        if head in WHOLE and not tail:
            fields = {head: value}
            checked = RunSpec.model_validate({"data": {"name": "circle"}, **fields})
            return _checked(spec.model_copy(update={head: getattr(checked, head)}))
        if head not in PARTS or (head == "stop" and tail not in STOP):
            raise EditError(path or "path", "cannot be changed while a run goes on; it begins a new run", LIVE)
        if not tail:
            changed = value
        elif (head, tail) == ("optimizer", "name"):
            changed = {"name": value, "dialect": spec.optimizer.dialect}
        elif (head, tail) == ("schedule", "name"):
            changed = {"name": value, "unit": spec.schedule.unit, "warmup": spec.schedule.warmup}
        elif (head, tail) == ("optimizer", "dialect"):
            changed = spec.optimizer.in_dialect(value)
        elif path == "stop.patience" and value is not None and not spec.validated:
            raise EditError(path, NO_VALIDATION, "none without one")
        else:
            changed = getattr(spec, head).model_dump() | {tail: value}
        return _checked(spec.model_copy(update={head: PARTS[head].model_validate(changed)}))
    except ValidationError as problem:
        first = problem.errors()[0]
        allowed = str(first.get("ctx", {}).get("allowed", first["msg"]))
        raise EditError(path, first["msg"].split("; allowed:")[0], allowed) from problem


def _checked(spec: RunSpec) -> RunSpec:
    try:
        spec.check_live()
    except PydanticCustomError as problem:
        context = problem.context or {}
        field = context["field"]
        raise EditError(field, context["problem"].removeprefix(f"{field}: "), context["allowed"]) from problem
    return spec


def with_edit(spec: RunSpec, edit: AnyEdit) -> RunSpec:
    """The spec in force after an edit; one of weights leaves it."""
    if isinstance(edit, SetEdit):
        return with_set(spec, edit.path, edit.value)
    if isinstance(edit, ExtendEdit):
        return spec.model_copy(update={"stop": spec.stop.model_copy(update={"max_steps": edit.max_steps})})
    return spec
