"""Five ways to write the same numbers: ours, and those of the documents a learner may bring (MATHS.md). Data, not code.

A quantity is a kind and a layer, as in "W2"; a notation says how each kind is written whole and as an entry. Braces with a name
are filled in: {x} letter, {l} layer as this notation counts it, {i} the entry's indices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

LETTERS: dict[str, tuple[str, str]] = {
    # kind: the whole, an entry
    "W": ("W", "w"),
    "b": ("b", "b"),
    "z": ("z", "z"),
    "u": ("u", "u"),
    "a": ("a", "a"),
    "d": ("d", "d"),
    "h": ("h", "h"),
    "g": (r"\bar h", r"\bar h"),
    "delta": (r"\delta", r"\delta"),
    "gamma": (r"\gamma^{\mathrm{BN}}", r"\gamma^{\mathrm{BN}}"),
    "beta": (r"\beta^{\mathrm{BN}}", r"\beta^{\mathrm{BN}}"),
    "alpha": (r"\alpha", r"\alpha"),
    "P": ("P", "p"),
    "mask": ("m", "m"),
    "mean": (r"\mu", r"\mu"),
    "var": (r"{\sigma^2}", r"{\sigma^2}"),
    "xhat": (r"\hat z", r"\hat z"),
    "run_mean": (r"\mu^{\mathrm{run}}", r"\mu^{\mathrm{run}}"),
    "run_var": (r"\sigma^{2\,\mathrm{run}}", r"\sigma^{2\,\mathrm{run}}"),
}
KIND = re.compile(r"([A-Za-z_]+?)(\d+)$")


@dataclass(frozen=True)
class Notation:
    """How a document writes things. `shift`: added to our layer number, by kind ("" for all others)."""

    name: str
    title: str
    summary: str
    whole: str = "{x}_{{{l}}}"
    entry: str = "{x}_{{{l},{i}}}"
    phi: str = r"\varphi"
    loss: str = r"\ell"
    mean_loss: str = r"\mathcal{L}"
    objective: str = "J"
    target: str = "y"
    output: str = r"\hat y"
    letters: dict[str, tuple[str, str]] = field(default_factory=dict)
    shift: dict[str, int] = field(default_factory=dict)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of kinds that are written in a way of their own, whole and as an entry."""

    def as_json(self) -> dict[str, Any]:
        """The row, and every kind's letters as this notation has them, for layer numbers l and indices i."""
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "symbols": {kind: {"whole": self.symbol(kind, "l"), "entry": self.symbol(kind, "l", "j")} for kind in LETTERS},
            "phi": self.phi,
            "loss": self.loss,
            "mean_loss": self.mean_loss,
            "objective": self.objective,
            "target": self.target,
            "output": self.output,
        }

    def number(self, kind: str, layer: int | str) -> str:
        """The layer as this notation counts it."""
        more = self.shift.get(kind, self.shift.get("", 0))
        if isinstance(layer, str):
            return f"{layer}+{more}" if more else layer
        return str(layer + more)

    def symbol(self, kind: str, layer: int | str, indices: str = "") -> str:
        """A quantity, or with `indices` one entry of it."""
        x = {**LETTERS, **self.letters}[kind][bool(indices)]
        form = self.forms.get(kind, (self.whole, self.entry))[bool(indices)]
        return _bind(form.format(x=x, l=self.number(kind, layer), i=indices))


def _bind(text: str) -> str:
    """An accent or a raised name binds before an index: no double superscripts."""
    return re.sub(r"\^\{([^{}]*(?:\\mathrm\{\w+\})[^{}]*)\}\^\{([^{}]*)\}", r"^{\1,\2}", text)


@lru_cache(maxsize=4096)
def split(name: str) -> tuple[str, int | None]:
    """ "W2" -> ("W", 2); "losses" -> ("losses", None)."""
    found = KIND.match(name)
    return (found[1], int(found[2])) if found else (name, None)


DL_DH = r"\frac{{{{\mathrm{{{{d}}}}L}}}}{{{{\mathrm{{{{d}}}}h_{i}}}}}"
ROUND_WHOLE, ROUND_ENTRY = "{x}^{{({l})}}", "{x}^{{({l})}}_{{{i}}}"
NOTATIONS: Mapping[str, Notation] = {
    notation.name: notation
    for notation in (
        Notation("theory", "theory (ours)", "Layers as indices, 1 to L; the inputs are h with index 0."),
        Notation(
            "lecture",
            "lecture",
            "Layers in round brackets above; L counts the hidden layers, so that the output is layer L + 1.",
            whole=ROUND_WHOLE,
            entry=ROUND_ENTRY,
            phi=r"\sigma",
        ),
        Notation(
            "study_sheet",
            "study sheet",
            "The input is layer 1: activations a and z are one layer number higher than ours; weights keep theirs, since they "
            "are named by the layer that they leave.",
            whole=ROUND_WHOLE,
            entry=ROUND_ENTRY,
            phi="f",
            letters={"h": ("a", "a"), "a": (r"\tilde a", r"\tilde a"), "g": (r"\bar a", r"\bar a")},
            shift={"": 1, "W": 0, "b": 0, "P": 0},
        ),
        Notation(
            "notes",
            "notes",
            "Layers in square brackets above; activations are a, the activation function is g.",
            whole="{x}^{{[{l}]}}",
            entry="{x}^{{[{l}]}}_{{{i}}}",
            phi="g",
            letters={"h": ("a", "a"), "a": (r"\tilde a", r"\tilde a"), "g": (r"\bar a", r"\bar a")},
        ),
        Notation(
            "review",
            "review",
            "Propagates dL/dh from layer to layer; δ is dL/dh times σ′(z).",
            phi=r"\sigma",
            loss="L",
            mean_loss=r"\overline{L}",
            forms={"g": (DL_DH.format(i="{{{l}}}"), DL_DH.format(i="{{{l},{i}}}"))},
        ),
    )
}


def notation_of(name: str) -> Notation:
    if name not in NOTATIONS:
        raise ValueError(f"notation: '{name}' is not known; allowed: {', '.join(NOTATIONS)}")
    return NOTATIONS[name]
