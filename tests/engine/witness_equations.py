"""The independent reference's word on an equation: the terms of its sum, every symbol's number, and what they make together.

`TERMS` has a row for each kind whose equations are sums with terms of their own; of all others the one term is the whole.
Trees are evaluated anew here, by the reference's functions. Imports nothing from `engine`.
"""

from __future__ import annotations

import math

import numpy as np
import reference
from witnesses.activations import ACTIVATIONS, LEAK
from witnesses.norms import EPS as NORM_EPS
from witnesses.norms import NORMS

CLIP_EPS = {"textbook": 0.0, "pytorch": 1e-6}


# The terms of a sum ----------------------------------------------------------------------------------------------------


def affine(w, step, read, name, row, column):
    layer = step.layer
    return [read[f"b{layer}"][row], *(read[f"W{layer}"][row] * read[f"h{layer - 1}"][:, column])]


def norm_statistics(w, step, read, name, row, column):
    z = read[f"z{step.layer}"]
    own = z[row] if NORMS[w.row(step.layer).norm].axis == 1 else z[:, column]
    return list(own) if name.startswith("mean") else list((own - own.mean()) ** 2)


def skip(w, step, read, name, row, column):
    layer = step.layer
    own, source = read[w.stations(layer)[-2]], read[f"h{layer - w.row(layer).skip}"]
    led = read[f"P{layer}"][row] * source[:, column] if f"P{layer}" in read else [source[row, column]]
    return [own[row, column], *led]


def losses(w, step, read, name, row, column):
    """½(ŷ − y)², or −y ln ŷ and −(1 − y) ln(1 − ŷ) where they are not 0 for good."""
    network, z, y = w.network, read[f"z{w.last}"][:, column], read["y"][:, column]
    if network.loss == "mse":
        return list(0.5 * (reference.activate(network.output, z) - y) ** 2)
    log_y, log_not_y = reference.log_outputs(network.output, z)
    found = []
    for k in range(len(y)):
        found += [-y[k] * log_y[k]] if y[k] != 0.0 else []
        found += [-(1.0 - y[k]) * log_not_y[k]] if network.loss == "bce" and y[k] != 1.0 else []
    return found or [0.0]


def mean_loss(w, step, read, name, row, column):
    return list(w.losses)


def output_delta(w, step, read, name, row, column):
    """Of an unmatched softmax the sum ŷᵀu of its Jacobian; else one product."""
    z, y = read[f"z{w.last}"][:, column], read["y"][:, column]
    matched = w.network.loss == "cross_entropy" and not w.s["naive"]
    if w.network.output != "softmax" or matched:
        return None
    return list(reference.activate("softmax", z) * reference.output_slope(w.network.loss, "softmax", z, y))


def mean_gradient(w, step, read, name, row, column):
    kind, layer = name[1:].rstrip("0123456789"), step.layer
    if kind in "WP":
        _, delta, source = w.sources(name[1:])
        return list(delta[row] * read[source][column])
    if kind == "alpha":
        return list(read[f"g{layer}"][row] * np.minimum(0.0, read[w.bend(layer)][row]))
    delta = read[f"delta{layer}"][row]
    return list(delta * read[f"xhat{layer}"][row] if kind == "gamma" else delta)


def back_product(w, step, read, name, row, column):
    return list(read[f"W{step.layer}"][:, row] * read[f"delta{step.layer}"][:, column])


def back_along_skip(w, step, read, name, row, column):
    above = step.layer
    own, g = read[name][row, column], read[f"g{above}"]
    led = read[f"P{above}"][:, row] * g[:, column] if f"P{above}" in read else [g[row, column]]
    return [own, *led]


def delta(w, step, read, name, row, column):
    """The whole recursion where blame comes from the layer above and nowhere else: the terms are that sum's."""
    layer = step.layer
    above = layer + 1
    own = w.row(layer)
    other_ways = own.dropout or ACTIVATIONS[own.activation].learned or w.lands(layer) or (own.skip and f"P{layer}" in w.point)
    if other_ways or (step.kind == "delta" and own.norm):
        return None
    return list(w.point[f"W{above}"][:, row] * w.blame[f"delta{above}"][:, column])


TERMS = {
    "affine": affine,
    "norm statistics": norm_statistics,
    "skip": skip,
    "losses": losses,
    "mean loss": mean_loss,
    "output delta": output_delta,
    "mean gradient": mean_gradient,
    "back product": back_product,
    "back along skip": back_along_skip,
    "delta": delta,
    "back through activation": delta,
}


# Symbols that are no entries of an array -------------------------------------------------------------------------------


def constant(w, step, symbol, row, column):
    """Its number; KeyError for a symbol that nobody vouches for."""
    if symbol.lstrip("-").isdigit():
        return float(symbol)
    if symbol.startswith(r"\operatorname{sign}") and step.kind == "penalty":
        return float(np.sign(w.point[step.results[0].name[1:]][row, column]))
    s = w.s
    own = {
        "look ahead": {r"\beta": s["hyper"].get("beta"), r"\eta": w.eta},
        "norm": {r"\varepsilon": NORM_EPS},
        "delta": {r"\varepsilon": NORM_EPS},
        "activation": {r"\alpha": LEAK},
        "losses": {r"\tfrac{1}{2}": 0.5},
        "running statistics": {"0.1": 0.1},
        "penalty": {r"\lambda": s["l2"], r"\lambda_1": s["l1"]},
        "clip": {
            "c": s["clip"],
            "c_1": s["clip_value"],
            "-c_1": -(s["clip_value"] or 0.0),
            r"\varepsilon": CLIP_EPS[s["dialect"]],
            r"\lVert \nabla J \rVert": w.norm,
        },
    }
    return own[step.kind][symbol]


def numbers(w):
    """The numbers that every op of a recording carries, once the rate is known."""
    s, past = w.s, w.past(next(iter(w.parameters)))
    found = dict(zip(("eta", "c1", "c2", "f1", "f2", "f3"), (w.eta, *past.corrections(), *past.factors()), strict=True))
    found |= {"l1": s["l1"], "l2": s["l2"], "clip": s["clip"] or 0.0, "clip_value": s["clip_value"] or 0.0}
    return found | {"clip_eps": CLIP_EPS[s["dialect"]], "norm": w.norm}


def rule_inputs(past):
    """What a rule's formulas read, by the names of the update equations, and all that they make of it."""
    c1, c2 = past.corrections()
    rows, columns = past.g.shape if past.g.ndim == 2 else (0, 0)
    found = dict.fromkeys(past.witness.torch_only, 0.0)
    found |= {key: float(value) for key, value in past.p.items() if isinstance(value, int | float)}
    for pair, names in past.witness.parts.items():
        found |= zip(names, past.p[pair], strict=True)
    found |= {"theta": past.theta, "g": past.g, "eta": past.eta, "c1": c1, "c2": c2, "rows": rows, "cols": columns}
    found |= zip(("f1", "f2", "f3"), past.factors(), strict=True)
    made = past.quantities()
    return found | past.state() | made | ({"O": made["O_"]} if "O_" in made else {})


# A tree evaluated anew -------------------------------------------------------------------------------------------------

FUNCTIONS = {row.symbol: row for row in ACTIVATIONS.values() if row.symbol}
NUMBERS = {
    r"\ln": math.log,
    r"\operatorname{clip}": lambda value, low, high: min(max(value, low), high),
    r"\max": max,
    r"\min": min,
    r"\operatorname{abs}": abs,
    r"\operatorname{sign}": lambda value: float(np.sign(value)),
}


def called(symbol, parts):
    if symbol in NUMBERS:
        return NUMBERS[symbol](*parts)
    function, _, unit = symbol.partition("_{")  # of a whole column the entry of one unit
    values = FUNCTIONS[function].value(np.array(parts))
    return float(values[int(unit.removesuffix("}")) - 1 if unit else 0])


def evaluated(kind, symbol, parts):
    """The value of a node whose parts have these, and how large what is added up to it is."""
    if kind == "sum":
        return math.fsum(parts), sum(abs(part) for part in parts)
    if kind == "difference":
        return parts[0] - parts[1], abs(parts[0]) + abs(parts[1])
    if kind == "product":
        return math.prod(parts), 0.0
    if kind == "quotient":
        with np.errstate(all="ignore"):
            return float(np.float64(parts[0]) / np.float64(parts[1])), 0.0
    if kind == "negative":
        return -parts[0], 0.0
    if kind == "root":
        return math.sqrt(parts[0]), 0.0
    if kind == "call":
        return called(symbol, parts), 0.0
    raise KeyError(kind)
