"""What an experiment says, as HTML: its text as it is, formulas between two ``$`` as MathML. Call from worker threads."""

from __future__ import annotations

from html import escape

from server.mathml import inline


def html(text: str) -> str:
    """A ``$`` that no other follows is a sign."""
    parts = text.split("$")
    if len(parts) % 2 == 0:
        parts[-2:] = ["$".join(parts[-2:])]
    return "".join(inline(part) if number % 2 else escape(part, quote=False) for number, part in enumerate(parts))
