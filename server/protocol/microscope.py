"""Where a page's microscope points."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.protocol.base import Command

MANY = 2**31
Row = Annotated[int, Field(ge=0, lt=MANY)]


class Look(Command):
    """Point this viewer's microscope: the channels `microscope` and `microstep` show the next update of the run from there. It
    stays so while the run moves; what a later update does not have (that entry, that sample) is then shown as close as it can
    be, and `microstep` says so."""

    type: Literal["look"] = "look"
    micro: int | None = Field(
        default=None, ge=-MANY, lt=MANY, description="the micro-step, from 0; from the end, −1 the last; null: the first"
    )
    notation: str = Field(default="theory", max_length=64, description="one of `engine.microscope.NOTATIONS`")
    sample: Row | Literal["first"] | None = Field(
        default=None, description="a training row, from 0; first: the mini-batch's; null: the whole mini-batch"
    )
    depth: Literal["layer", "unit", "edge"] = "layer"
    name: str | None = Field(default=None, max_length=64, description="a result of the micro-step; null: its first")
    row: int = Field(default=0, ge=0, lt=MANY)
    column: int = Field(default=0, ge=0, lt=MANY, description="where there is one for each sample, `sample` decides")
    term: int = Field(default=0, ge=0, lt=MANY, description="of the entry's sum, at depth edge")
