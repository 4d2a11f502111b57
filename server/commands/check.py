"""``chainrule check FILE…``: receipts of lessons, checked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.lessons import checking


def main(arguments: Sequence[str]) -> int:
    return checking.main(arguments)
