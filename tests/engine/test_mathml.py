"""Formulas as the page and the sheet show them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from latex2mathml.converter import convert

from engine.mathml import mathml
from engine.rows.activations import ACTIVATIONS

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def parsed(latex: str) -> ElementTree.Element:
    return ElementTree.fromstring(mathml(latex))


@pytest.mark.parametrize("latex", [r"\theta'", r"\varphi'(z)", r"W'_{2}", r"W_2^{\prime}", r"\varphi''(z)"])
def test_a_prime_is_no_superscript(latex: str) -> None:
    found = parsed(latex)
    raised = {f"{NAMESPACE}{name}" for name in ("msup", "msubsup")}
    assert not [each for each in found.iter() if each.tag in raised]
    assert [each.text for each in found.iter(f"{NAMESPACE}mo") if each.text in {"\u2032", "\u2033"}]


def test_a_prime_keeps_its_base_and_its_index() -> None:
    index = next(parsed(r"W'_{2}").iter(f"{NAMESPACE}msub"))
    assert ["".join(each.itertext()) for each in index] == ["W\u2032", "2"]


def test_all_else_is_as_converted() -> None:
    for latex in (r"\hat{y}_1^2", r"a < b", r"\frac{\partial \ell}{\partial W_2}", r"\sum_k W_{jk} h_k"):
        assert mathml(latex) == convert(latex)
        assert mathml(latex, "block") == convert(latex, display="block")
    assert mathml(" ") == ""
    for row in ACTIVATIONS.values():
        assert parsed(row.derivative).tag == f"{NAMESPACE}math"
