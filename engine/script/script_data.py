"""A script as plain data: what a link, a file and a saved experiment hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.script.edits import EditError, ExtendEdit, LoadEdit, ScriptEdit, with_edit
from engine.spec import MAX_STEPS, RunSpec
from engine.spec.fields import Many, refuse

MAX_EDITS = 10_000


class ScriptData(BaseModel):
    """A spec, the edits made to it, and the step where it stands. `fingerprint` says whose bits they were."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_inf_nan="strings", json_schema_serialization_defaults_required=True
    )

    version: Literal[1] = 1
    spec: RunSpec
    edits: Many[ScriptEdit] = Field(default=(), max_length=MAX_EDITS)
    step: int = Field(default=0, ge=0, le=MAX_STEPS)
    fingerprint: str | None = Field(default=None, max_length=400)

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        """Each edit follows from what is in force before it; what needs the network is checked when it is built."""
        spec, before = self.spec, 0
        for index, edit in enumerate(self.edits):
            here = f"edits.{index}"
            if isinstance(edit, LoadEdit) and index > 0:
                raise refuse("edit", "a network is loaded before any other edit", "the first of the edits", f"{here}.kind")
            if not before <= edit.step <= spec.stop.max_steps:
                raise refuse("edit", f"{edit.step} is out of order", f"{before} to {spec.stop.max_steps}", f"{here}.step")
            if isinstance(edit, ExtendEdit) and edit.max_steps <= edit.step:
                raise refuse("edit", "is already passed", f"{edit.step + 1} to {MAX_STEPS}", f"{here}.max_steps")
            try:
                spec, before = with_edit(spec, edit), edit.step
            except EditError as error:
                raise refuse("edit", error.problem, error.allowed, f"{here}.{error.field}") from error
        if self.step > spec.stop.max_steps:
            raise refuse("edit", "is beyond the run's end", f"0 to {spec.stop.max_steps}", "step")
        return self

    @property
    def furthest(self) -> int:
        """The last step a replay goes to, on its way to `step`."""
        return max([self.step, *(edit.step for edit in self.edits)])

    def as_json(self) -> dict[str, Any]:
        """Every default written out, so that later ones cannot change it; labels are made again on the way back."""
        told = self.model_dump(mode="json", exclude={"spec": True, "edits": {"__all__": {"label"}}})
        return {"version": told["version"], "spec": self.spec.as_plain()} | told

    @classmethod
    def read(cls, script: Mapping[str, Any] | str | Self) -> Self:
        """From plain data or its JSON text; errors name the field."""
        if isinstance(script, str):
            return cls.model_validate_json(script)
        return script if isinstance(script, cls) else cls.model_validate(script)
