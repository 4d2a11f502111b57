"""LaTeX as MathML, with primes where a reader expects them."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element, tostring

PRIMES = {"&#x02032;", "&#x02033;", "&#x02034;", "\u2032", "\u2033", "\u2034"}


def mathml(latex: str, display: Literal["inline", "block"] = "inline") -> str:
    """A formula as MathML; of nothing nothing."""
    from latex2mathml.converter import convert_to_element

    if not latex.strip():
        return ""
    math = convert_to_element(latex, display=display)
    _lower(math)
    return tostring(math, "unicode").replace("&amp;#x", "&#x")  # its characters are written as references


def _lower(element: Element) -> None:
    """Primes beside what they belong to: a font's prime is raised already, and as a superscript it would be so twice."""
    for child in element:
        _lower(child)
    if element.tag not in ("msup", "msubsup"):
        return
    base, *subscript, superscript = element
    mark = superscript[0] if superscript.tag == "mrow" and len(superscript) == 1 else superscript
    if mark.text not in PRIMES:
        return
    prime = Element("mo", lspace="0", rspace="0")
    prime.text = mark.text
    if not subscript:
        element.tag, element[:] = "mrow", [base, prime]
        return
    primed = Element("mrow")
    primed.extend([base, prime])
    element.tag, element[:] = "msub", [primed, *subscript]
