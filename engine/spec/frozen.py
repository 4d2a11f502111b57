"""What is frozen from the start on: entries of a parameter, and the values that they keep."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from engine.spec.fields import Many, SpecModel, refuse


class FrozenTensor(SpecModel):
    """Entries of the parameter `name`, by their `places` in it, row by row, and ascending; `values` are as many."""

    name: Annotated[str, Field(max_length=16)]
    places: Many[Annotated[int, Field(ge=0)]]
    values: Many[Annotated[float, Field(allow_inf_nan=False)]]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.values) != len(self.places):
            raise refuse("out_of_range", f"{len(self.values)} given", f"{len(self.places)}, one for each place", "values")
        if any(later <= place for place, later in zip(self.places, self.places[1:], strict=False)):
            raise refuse("out_of_range", "do not ascend", "each greater than the one before", "places")
        return self
