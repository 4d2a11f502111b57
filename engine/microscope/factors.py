"""The chain network: one unit a layer, where a gradient is one product of factors, written out (review, 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.microscope.expressions.expression import Number, Withheld, Writing, latex, plain, product
from engine.microscope.update_view import Update


@dataclass(frozen=True)
class Factors:
    """∂ℓ/∂θ of one parameter of a chain, for one sample: the product of `factors` in the order of the chain rule, from the loss
    back; `value` is their product, `run` the run's own gradient of that sample (equal up to rounding)."""

    name: str
    sample: int
    symbol: str
    factors: tuple[tuple[str, str, float], ...]
    """(symbol, which derivative it is, value)"""
    value: float
    run: float

    def latex(self, *, numbers: bool = False, withheld: Withheld | None = None) -> str:
        chain = product(*(Number(symbol, value, "factor") for symbol, _, value in self.factors))
        how = Writing(numbers=numbers, withheld=withheld)
        return f"{self.symbol} = {latex(chain, how)}" + (f" = {latex(Number('', self.value, 'x'), how)}" if numbers else "")

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sample": self.sample,
            "symbol": self.symbol,
            "factors": [
                {"symbol": symbol, "derivative": which, "value": plain(value)} for symbol, which, value in self.factors
            ],
            "value": plain(self.value),
            "run": plain(self.run),
            "latex": self.latex(),
            "numbers": self.latex(numbers=True),
        }


def factors(update: Update, name: str, sample: int = 0) -> Factors:
    """The chain of W_l or b_l from the loss of a sample (a column). A ValueError for any other network than a plain chain."""
    steps = {step.op: step for step in update.trace.steps}
    last = max(step.layer for step in update.trace.steps if step.op.startswith("affine"))
    kinds = {step.kind for step in update.steps}
    wide = any(steps[f"affine {layer}"].results[f"z{layer}"].shape[0] != 1 for layer in range(1, last + 1))
    if wide or kinds & {"norm", "skip", "dropout"}:
        raise ValueError(
            "network: a product of factors has one path back only; allowed: one unit a layer, no norm, dropout or skip"
        )
    kind, layer = name[:1], int(name[1:]) if name[1:].isdigit() else 0
    if kind not in ("W", "b") or not 1 <= layer <= last:
        raise ValueError(f"name: no parameter '{name}' of the chain; allowed: W1, b1 to W{last}, b{last}")
    n, loss = update.notation, update.notation.loss
    chain: list[tuple[str, str, float]] = []
    delta = steps[f"delta {last}"]
    z = n.symbol("z", last, "1")
    chain.append(
        (
            rf"\frac{{\partial {loss}}}{{\partial {z}}}",
            "how the loss changes with the last weighted sum",
            _at(delta.results[f"delta{last}"], sample),
        )
    )
    for above in range(last, layer, -1):
        w = _at(steps[f"affine {above}"].operands[f"W{above}"], 0)
        chain.append((n.symbol("W", above, "11"), f"∂z/∂h into layer {above}: the weight", w))
        slope = _at(steps[f"delta {above - 1}"].operands[f"slope{above - 1}"], sample)
        chain.append(
            (
                f"{n.phi}'({n.symbol('z', above - 1, '1')})",
                f"∂h/∂z of layer {above - 1}: the derivative of the activation",
                slope,
            )
        )
    made = steps[f"gradient {layer}"]
    run = _at(made.operands[f"delta{layer}"], sample)
    if kind == "W":
        h = made.operands[f"h{layer - 1}"]
        if h.shape[0] != 1:
            raise ValueError("network: the chain begins with several inputs; allowed: one input")
        chain.append((n.symbol("h", layer - 1, "1"), f"∂z/∂w of layer {layer}: its input", _at(h, sample)))
        run = run * _at(h, sample)
    value = 1.0
    for _, _, each in chain:
        value *= each
    symbol = rf"\frac{{\partial {loss}}}{{\partial {n.symbol(kind, layer, '11' if kind == 'W' else '1')}}}"
    return Factors(name, sample, symbol, tuple(chain), value, run)


def _at(array: Any, sample: int) -> float:
    row = array.reshape(1, -1)
    if not 0 <= sample < row.shape[1]:
        raise ValueError(f"sample: {sample} given; allowed: 0 to {row.shape[1] - 1}")
    return float(row[0, sample])
