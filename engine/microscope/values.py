"""The numbers of a micro-step: named arrays whose rows and columns have names, and single entries of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.array import Array
from engine.microscope.expressions.expression import Number, plain
from engine.microscope.notations import Notation, split

if TYPE_CHECKING:
    from engine.dataset import Dataset
    from engine.machine.tape import Tape

PARAMETERS = ("W", "b", "gamma", "beta", "alpha", "P")
MATRICES = ("W", "P")


@dataclass(frozen=True)
class Axis:
    """What rows or columns are: `kind` "unit" (of `layer`), "sample" (names are 1-based rows of the training set) or "one"."""

    kind: str
    layer: int | None
    names: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "layer": self.layer, "names": list(self.names)}


ONE = Axis("one", None, ("",))


@dataclass(frozen=True)
class Value:
    """A named array (rows, columns); vectors are columns. `of`: "parameters", "mini-batch" or "sample"; `moment`: before or
    after which update it is what it is."""

    name: str
    symbol: str
    words: str
    array: Array
    rows: Axis
    columns: Axis
    of: str
    moment: str = "during"

    def entry(self, names: Names, row: int, column: int) -> Number:
        """One entry, with its symbol."""
        return Number(names.entry(self, row, column), float(self.array[row, column]), self.name, (row, column))

    def as_json(self, *, numbers: bool = True) -> dict[str, Any]:
        """Everything but the array; with `numbers` that too, as lists of rows."""
        told = {
            "name": self.name,
            "symbol": self.symbol,
            "words": self.words,
            "shape": list(self.array.shape),
            "rows": self.rows.as_json(),
            "columns": self.columns.as_json(),
            "of": self.of,
            "moment": self.moment,
        }
        return told | ({"array": [[plain(x) for x in row] for row in self.array.tolist()]} if numbers else {})


@dataclass(frozen=True)
class Symbol:
    """A symbol's answer to "why?": what it is, in one line."""

    latex: str
    words: str

    def as_json(self) -> dict[str, str]:
        return {"latex": self.latex, "words": self.words}


WORDS = {
    "W": "the weights that lead from layer {below} into layer {l}, a row for each unit of layer {l}",
    "b": "the biases of layer {l}: what each unit has without any input",
    "z": "the pre-activations of layer {l}: weighted sums, before the activation",
    "u": "the pre-activations of layer {l} after normalizing",
    "a": "the activations of layer {l} before dropout or a skip",
    "d": "the activations of layer {l} after dropout, before the skip",
    "h": "the activations of layer {l}: its output",
    "g": "the error signal at h of layer {l}: how the loss changes with its activations",
    "delta": "δ of layer {l}: the error signal, how the loss changes with its pre-activations, one column a sample",
    "gamma": "the learned scale of the norm in layer {l}",
    "beta": "the learned shift of the norm in layer {l}",
    "alpha": "the learned slopes below zero of layer {l}",
    "P": "the learned matrix of the skip into layer {l}",
    "mask": "the dropout mask of layer {l}: 0 where dropped, 1/(1 − p) where kept",
    "mean": "the means that the norm of layer {l} subtracts",
    "var": "the variances (biased) that the norm of layer {l} divides by",
    "xhat": "the pre-activations of layer {l}, centred and scaled",
    "slope": "the derivative of the activation function at the pre-activations of layer {l}",
    "run_mean": "the running mean that inference uses in layer {l}",
    "run_var": "the running variance that inference uses in layer {l}",
    "y": "the targets: what the outputs should be",
    "losses": "the loss of each sample",
    "loss": "the mean of the samples' losses over the mini-batch",
    "norm": "the norm of the whole gradient, all parameters together",
    "eta": "the learning rate of this update",
}


class Names:
    """How the things of one recorded update are called and written, in one notation."""

    def __init__(self, notation: Notation, tape: Tape, dataset: Dataset, rows: NDArray[np.int64]) -> None:
        self.notation, self.tape = notation, tape
        self.samples = Axis("sample", None, tuple(str(row + 1) for row in rows))
        self.last = len(tape.sizes) - 1
        self.inputs, self.outputs = dataset.inputs, dataset.outputs

    def units(self, layer: int) -> Axis:
        count = self.tape.sizes[layer]
        names = self.inputs if layer == 0 else self.outputs if layer == self.last else ()
        fitting = names if len(names) == count else tuple(str(j + 1) for j in range(count))
        return Axis("unit", layer, tuple(fitting))

    def symbol(self, name: str, indices: str = "") -> str:
        """Of "W2", "delta1", "dW2", "slope1", "y", "losses", …"""
        kind, layer = split(name)
        n = self.notation
        if kind == "h" and layer == self.last:
            return f"{n.output}_{{{indices}}}" if indices else n.output
        if layer is None:
            base = {"y": n.target, "losses": n.loss, "loss": n.mean_loss, "norm": r"\lVert \nabla J \rVert", "eta": r"\eta"}
            found = base.get(kind, kind)
            return f"{found}_{{{indices}}}" if indices and kind in ("y", "losses") else found
        if kind == "slope":
            below = "u" if layer < self.last and self.tape.norms[layer - 1] else "z"
            return f"{n.phi}'({n.symbol(below, layer, indices)})"
        if kind.startswith("d") and kind[1:] in PARAMETERS:
            return rf"\frac{{\partial {n.mean_loss}}}{{\partial {n.symbol(kind[1:], layer, indices)}}}"
        return n.symbol(kind, layer, indices)

    def entry(self, value: Value, row: int, column: int) -> str:
        """The symbol of an entry; the sample is not in it, but where samples are summed over (`at_sample`)."""
        indices = str(row + 1)
        if value.columns.kind == "unit":
            indices += ("" if max(value.array.shape) < 10 else ",") + str(column + 1)
        elif value.rows.kind == "one":
            indices = rf"\langle {value.columns.names[column]} \rangle" if value.columns.kind == "sample" else ""
        found = self.symbol(value.name, indices)
        if value.symbol.startswith(self._of_objective) and found.startswith(self._of_mean_loss):  # penalties are in it
            return self._of_objective + found.removeprefix(self._of_mean_loss)
        return found

    @property
    def _of_objective(self) -> str:
        return rf"\frac{{\partial {self.notation.objective}}}"

    @property
    def _of_mean_loss(self) -> str:
        return rf"\frac{{\partial {self.notation.mean_loss}}}"

    def of_objective(self, value: Value) -> Value:
        """A gradient of 𝓛 as that of J: penalties are in it now, or there are none."""
        symbol = self._of_objective + value.symbol.removeprefix(self._of_mean_loss)
        return replace(value, symbol=symbol, words=value.words.replace("the mean loss", "the objective"))

    def at_sample(self, symbol: str, column: int) -> str:
        """An entry's symbol with its sample, for sums over the mini-batch."""
        return rf"{{{symbol}}}{{\scriptstyle\langle {self.samples.names[column]} \rangle}}"

    def words(self, name: str) -> str:
        kind, layer = split(name)
        if kind.startswith("d") and kind[1:] in PARAMETERS and layer is not None:
            return f"how the mean loss changes with {WORDS[kind[1:]].format(l=layer, below=layer - 1).split(':')[0]}"
        if kind == "h" and layer == 0:
            return "the inputs, one column a sample"
        if kind == "h" and layer == self.last:
            return "the outputs: what the network says"
        return WORDS.get(kind, name).format(l=layer, below=(layer or 1) - 1)

    def why(self, *names: str) -> tuple[Symbol, ...]:
        """Of each name its symbol and what it is."""
        return tuple(Symbol(self.symbol(name), self.words(name)) for name in dict.fromkeys(names))

    def value(self, name: str, array: Array, moment: str = "during") -> Value:
        """The named array (rows, columns) with names for both."""
        kind, layer = split(name)
        bare = kind[1:] if kind.startswith("d") and kind[1:] in PARAMETERS else kind
        whole = array.reshape(-1, 1) if array.ndim == 1 else array
        rows, columns = ONE, ONE
        of = "mini-batch"
        if bare in PARAMETERS or kind in ("run_mean", "run_var"):
            assert layer is not None
            of = "parameters" if bare == kind else "mini-batch"
            rows = self.units(layer)
            columns = self.units(self._source(bare, layer)) if bare in MATRICES else ONE
        elif kind == "y":
            rows, columns = self.units(self.last), self.samples
        elif kind == "losses":
            columns = self.samples
        elif layer is not None:
            rows = self.units(layer) if len(whole) == self.tape.sizes[layer] and len(whole) > 1 else rows
            rows = self.units(layer) if kind not in ("mean", "var") else rows
            columns = self.samples if whole.shape[1] == len(self.samples.names) and not self._fixed(name) else ONE
        elif whole.size > 1:
            rows = Axis("one", None, tuple("" for _ in whole))
        return Value(name, self.symbol(name), self.words(name), whole, rows, columns, of, moment)

    def _fixed(self, name: str) -> bool:
        return name in self.tape.layout.fixed

    def _source(self, kind: str, layer: int) -> int:
        if kind == "W":
            return layer - 1
        word = next(word for word in self.tape.words if word.name == f"skip {layer}")
        return next(int(name[1:]) for name in word.reads if name.startswith("h"))
