"""An optimizer in the PyTorch script: torch.optim's where it is ours, else a class written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Lines = tuple[str, ...]
Options = dict[str, Any]
"""The rate "lr" and the optimizer's own parameters by name."""

OWN_STEP = """

class Optimizer:
    \"\"\"{words}.\"\"\"

    def __init__(self, parameters, {arguments}):
        self.parameters, self.updates = parameters, updates
        {keep} = {arguments}
{states}{methods}
    def step(self):
        self.updates += 1
        with torch.no_grad():
            for i, p in enumerate(self.parameters):
                g = p.grad
{lines}


optimizer = Optimizer(parameters, {values})
"""


@dataclass(frozen=True)
class InTorch:
    """An optimizer of torch.optim that has been running: `arguments` of its class `name`; `state` maps its names to ours,
    `expressions` others of its names to Python; `clock`: it counts its updates."""

    name: str
    arguments: Options
    state: dict[str, str] = field(default_factory=dict)
    clock: bool = True
    expressions: dict[str, str] = field(default_factory=dict)
    looks_ahead = False

    def text(self, words: str, options: Options) -> str:
        """The lines that define `optimizer`."""
        arguments = "".join(f", {key}={value!r}" for key, value in self.arguments.items())
        fields = [f'"{theirs}": state["{ours}"][i].clone()' for theirs, ours in self.state.items()]
        if self.clock:
            fields.append('"step": torch.tensor(float(updates))')
        fields += [f'"{key}": {value}' for key, value in self.expressions.items()]
        text = f"optimizer = torch.optim.{self.name}(parameters{arguments})\n"
        if fields:
            text += "for i, p in enumerate(parameters):\n    optimizer.state[p] = {" + ", ".join(fields) + "}\n"
        return text


@dataclass(frozen=True)
class WrittenOut:
    """A class of its own: `state` names its tensors, lists of the parameters' shapes; `lines` are a step of parameter `p`, the
    i-th, from its gradient `g`, with the options as attributes and `self.updates` the number of this update; `methods` are
    others of the class. `looks_ahead`: it has a method `look_ahead` that goes where the gradient is to be taken."""

    state: Lines
    lines: Lines
    methods: str = ""
    looks_ahead: bool = False

    def text(self, words: str, options: Options) -> str:
        """The lines that define `optimizer`, whose docstring is `words`."""
        tensors = ", ".join(f"self.{name}" for name in self.state)
        initial = ", ".join(f'[s.clone() for s in state["{name}"]]' for name in self.state)
        return OWN_STEP.format(
            words=words,
            arguments=", ".join(options),
            keep=", ".join(f"self.{name}" for name in options),
            states=f"        {tensors} = {initial}\n" if self.state else "",
            methods=self.methods,
            lines="\n".join(" " * 16 + line for line in self.lines),
            values=", ".join(f"{key}={value!r}" for key, value in options.items()),
        )


TorchOptimizer = InTorch | WrittenOut
TorchForm = TorchOptimizer | Callable[[Options], TorchOptimizer]
"""An optimizer in PyTorch, where that depends on its options a function of them."""


def in_torch(name: str, arguments: Options, state: dict[str, str], *, clock: bool = True, **expressions: str) -> InTorch:
    return InTorch(name, arguments, state, clock, expressions)


def written_out(state: Lines, *lines: str, methods: str = "", looks_ahead: bool = False) -> WrittenOut:
    return WrittenOut(state, lines, methods, looks_ahead)


# Lines that several share -----------------------------------------------------------------------------------------------

MEAN = "self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g"
SQUARES = "self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * (g * g)"
CORRECTED_MEAN = "m = self.m[i] / (1 - self.beta1**self.updates)"
CORRECTED_SQUARES = "v = self.v[i] / (1 - self.beta2**self.updates)"
ADAM_STEP = "p -= self.lr * m / (torch.sqrt(v) + self.eps)"


def mean(o: Options) -> str:
    """m̂, or m where the correction is off."""
    return CORRECTED_MEAN if o.get("bias_correction", True) else "m = self.m[i]"


def squares(o: Options) -> str:
    """v̂, or v where the correction is off."""
    return CORRECTED_SQUARES if o.get("bias_correction", True) else "v = self.v[i]"


def picked(o: Options, **names: str | tuple[str, ...]) -> Options:
    """Arguments of torch.optim from our options: theirs = ours, or several of ours in a tuple."""
    return {theirs: tuple(o[name] for name in ours) if isinstance(ours, tuple) else o[ours] for theirs, ours in names.items()}
