"""What a listing is written of: an update, the network and the settings that make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.microscope.steps import Step
from engine.rows.activations import ACTIVATIONS, Activation
from engine.rows.losses import LOSSES, Loss

if TYPE_CHECKING:
    from engine.machine.layout import TensorSlot
    from engine.machine.tape import Tape
    from engine.spec import LayerSpec, RunSpec


@dataclass(frozen=True)
class Subject:
    steps: tuple[Step, ...]
    spec: RunSpec
    tape: Tape

    @property
    def last(self) -> int:
        return len(self.tape.sizes) - 1

    def layer(self, number: int) -> LayerSpec | None:
        """A hidden layer; None for the output."""
        layers = self.spec.network.layers
        return layers[number - 1] if number <= len(layers) else None

    def activation(self, layer: int) -> Activation:
        return ACTIVATIONS[self.tape.activations[layer - 1]]

    @property
    def loss(self) -> Loss:
        return LOSSES[self.tape.loss]

    @property
    def naive(self) -> bool:
        return self.spec.numerics == "naive"

    @property
    def output(self) -> str:
        """The name of the output's activation."""
        return self.tape.activations[-1]

    @property
    def matched(self) -> bool:
        """Whether the error signal at the output is ŷ − y."""
        return self.loss.matched == self.output and (self.loss.name == "mse" or not self.naive)

    @property
    def trained(self) -> list[TensorSlot]:
        """The parameters that the optimizer moves."""
        held = not self.spec.network.train_bias
        return [slot for slot in self.tape.slots if not (held and slot.kind == "bias")]

    def frozen(self, slot: TensorSlot) -> bool:
        """Whether any entry of a parameter is frozen."""
        return bool(self.tape.frozen.within(slot).any())

    def dropped_before_skip(self, layer: int) -> bool:
        """Whether a layer's skip is added behind its dropout: the error signal along it is kept from before that."""
        own = self.layer(layer)
        return own is not None and bool(own.dropout) and own.skip is not None
