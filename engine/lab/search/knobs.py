"""The knobs of a spec: every number in it by its path, and the spec with other values at some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from engine.array import Array
from engine.lab.experiment import ChoiceError
from engine.spec import RunSpec

NO_KNOBS = ("data", "stop", "eval_every", "numerics")
"""Parts of a spec that are the same for all runs of a search: else they could not be compared."""
MAY_BE_NONE = {"norm": float, "value": float, "skip": int}
"""Numbers that a spec may do without, by the last part of their path; `norm` and `value` are the clip's."""
TITLES = {
    "optimizer.lr": "learning rate",
    "batch_size": "batch size",
    "regularization.l1": "L1 penalty",
    "regularization.l2": "L2 penalty",
    "clip.norm": "clipped norm",
    "seed": "seed",
}
LAYERS = "network.layers."


@dataclass(frozen=True)
class Knob:
    """A number of the spec. `whole`: it counts something."""

    path: str
    whole: bool

    @property
    def title(self) -> str:
        if self.path.startswith(LAYERS):
            layer, _, what = self.path.removeprefix(LAYERS).partition(".")
            return f"{what} of layer {int(layer) + 1}"
        return TITLES.get(self.path, self.path)


def knobs_of(spec: RunSpec) -> dict[str, Knob]:
    """All of a spec, by path: `optimizer.lr`, `network.layers.0.units`, `batch_size`, …"""
    return {knob.path: knob for knob in _within(spec.model_dump(exclude=set(NO_KNOBS)), "")}


def _within(plain: Any, path: str) -> Iterator[Knob]:
    if isinstance(plain, Mapping):
        for name, value in plain.items():
            yield from _within(value, f"{path}.{name}" if path else str(name))
    elif isinstance(plain, list | tuple):
        for place, value in enumerate(plain):
            if isinstance(value, Mapping):  # a layer; a pair of numbers is no knob
                yield from _within(value, f"{path}.{place}")
    elif isinstance(plain, int | float) and not isinstance(plain, bool):
        yield Knob(path, isinstance(plain, int))
    elif path == "batch_size":  # "full"
        yield Knob(path, True)
    elif plain is None and (path.startswith("clip.") or path.endswith(".skip")):
        yield Knob(path, MAY_BE_NONE[path.rpartition(".")[2]] is int)


@dataclass(frozen=True)
class Range:
    """The values of a knob that are tried, from `low` to `high`, evenly on a `scale`."""

    axis: Literal["x", "y"]
    knob: Knob
    low: float
    high: float
    scale: Literal["linear", "log"]

    @classmethod
    def chosen(cls, axis: Literal["x", "y"], spec: RunSpec, choices: Mapping[str, Any]) -> Range:
        """As the choices have it. Raises `ChoiceError`."""
        known, path = knobs_of(spec), choices[axis]
        if path not in known:
            raise ChoiceError(axis, f"'{path}' is no number of this run's spec", ", ".join(known))
        low, high, scale = choices[f"{axis}_low"], choices[f"{axis}_high"], choices[f"{axis}_scale"]
        if not np.isfinite([low, high]).all() or not low < high:
            raise ChoiceError(f"{axis}_high", f"{high:g} is not above {low:g}", f"a number above {axis}_low")
        if scale == "log" and low <= 0.0:
            raise ChoiceError(f"{axis}_low", f"{low:g} has no logarithm", "a number above 0, or a linear scale")
        found = cls(axis, known[path], low, high, scale)
        for end in ("low", "high"):
            with_values(spec, {path: found.value(choices[f"{axis}_{end}"])}, f"{axis}_{end}")
        return found

    def value(self, number: float) -> float | int:
        """A number as the knob takes it."""
        return round(number) if self.knob.whole else float(number)

    def cells(self, count: int) -> list[float | int]:
        """So many values from end to end; of a knob that counts, whole ones, each once."""
        found = np.geomspace(self.low, self.high, count) if self.scale == "log" else np.linspace(self.low, self.high, count)
        found[[0, -1]] = self.low, self.high  # as given, to the last digit
        return list(dict.fromkeys(self.value(number) for number in found))

    def at(self, shares: Array) -> list[float | int]:
        """Values at shares (n,) of the way from `low` to `high`."""
        if self.scale == "log":
            return [self.value(number) for number in self.low * (self.high / self.low) ** shares]
        return [self.value(number) for number in self.low + (self.high - self.low) * shares]


def with_values(spec: RunSpec, values: Mapping[str, float | int], field: str) -> RunSpec:
    """The spec with these values by path. Raises `ChoiceError` of the choice `field` where a spec may not be so."""
    plain = spec.model_dump(exclude={"data"})
    for path, value in values.items():
        *way, last = path.split(".")
        inside: Any = plain
        for step in way:
            inside = inside[int(step)] if isinstance(inside, list | tuple) else inside[step]
        inside[last] = value
    try:
        return RunSpec.model_validate(plain | {"data": spec.data})
    except ValidationError as refused:
        first = refused.errors()[0]
        context = first.get("ctx", {})
        told = ", ".join(f"{path} = {value:g}" for path, value in values.items())
        problem, allowed = str(context.get("problem", first["msg"])), str(context.get("allowed", "what a spec allows"))
        raise ChoiceError(field, f"{told}: {problem}", allowed) from None
