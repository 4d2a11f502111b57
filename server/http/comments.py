"""What the page's modules say to who reads them is not sent to who runs them: it is nearly half of their bytes. The files
themselves are served whole, under addresses without a version."""

from __future__ import annotations

import re

COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*$", re.MULTILINE)
"""One that has its lines to itself."""


def without(source: str) -> str:
    """A module without such comments; every line keeps its number, which errors name. What looks like one within a template, as
    in the text of a shader, stays."""
    parts, at, quotes = [], 0, 0
    for comment in COMMENT.finditer(source):
        before = source[at : comment.start()]
        quotes += before.count("`")
        parts += [before, comment[0] if quotes % 2 else "\n" * comment[0].count("\n")]
        at = comment.end()
    return "".join([*parts, source[at:]])
