"""What the page's modules say to who reads them is not sent to who runs them: it is nearly half of their bytes. The files
themselves are served whole, under addresses without a version."""

from __future__ import annotations

import re

COMMENT = re.compile(r"^[ \t]*(?:/\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*$", re.MULTILINE)
"""One that has its lines to itself."""


def without(source: str) -> str:
    """A module without such comments; every line keeps its number, which errors name."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)
