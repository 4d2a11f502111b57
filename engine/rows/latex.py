"""A row's symbols, written in Unicode, as LaTeX."""

from __future__ import annotations

import unicodedata
from itertools import groupby

LETTERS = {
    letter: "\\" + name
    for letter, name in zip(
        "αβγδεηθκλμνρσφψωΓΔΛΣΦΨΩ",
        (
            *("alpha", "beta", "gamma", "delta", "varepsilon", "eta", "theta", "kappa", "lambda", "mu", "nu", "rho", "sigma"),
            *("varphi", "psi", "omega", "Gamma", "Delta", "Lambda", "Sigma", "Phi", "Psi", "Omega"),
        ),
        strict=True,
    )
}
WORDS = {"min": r"\min", "max": r"\max"}


def latex(symbol: str) -> str:
    """Such as \\beta_1 of β₁, \\eta^{-} of η⁻, \\Gamma_{\\min} of Γₘᵢₙ.

    >>> [latex(symbol) for symbol in ("β₁", "η⁻", "ε", "d")]
    ['\\\\beta_1', '\\\\eta^{-}', '\\\\varepsilon', 'd']
    """
    return "".join(_written(place, "".join(letters)) for place, letters in groupby(symbol, _place))


def _place(letter: str) -> str:
    """<sub>, <super> or neither."""
    decomposition = unicodedata.decomposition(letter)
    return "_" if decomposition.startswith("<sub>") else "^" if decomposition.startswith("<super>") else ""


def _written(place: str, letters: str) -> str:
    if not place:
        return "".join(LETTERS.get(letter, letter) for letter in letters)
    plain = unicodedata.normalize("NFKC", letters).replace("\u2212", "-")
    return place + (plain if len(plain) == 1 and plain.isdigit() else "{" + WORDS.get(plain, plain) + "}")
