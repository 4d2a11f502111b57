"""The network of a run: its layers, output and initial values."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from engine.rows import activations, initializers, norms
from engine.spec.fields import MAX_LAYERS, MAX_UNITS, Many, RowSpec, SpecModel, complete, known, refuse, within


class LayerSpec(SpecModel):
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


class InitializerSpec(RowSpec):
    name: str = "xavier_uniform"

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return {"name": raw} if isinstance(raw, str) else raw
        row = initializers.INITIALIZERS[known(raw.get("name", "xavier_uniform"), initializers.INITIALIZERS, field="name")]
        return complete(raw, ("name",), row.parameters, {parameter.name: parameter.default for parameter in row.parameters})


class NetworkSpec(SpecModel):
    layers: Many[LayerSpec] = Field(default=(LayerSpec(),))
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
