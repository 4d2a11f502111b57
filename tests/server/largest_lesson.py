"""A lesson whose cards are about the largest run."""

from __future__ import annotations

import json
from typing import Any

FULL = "measures: {loss: loss(train), first: 'first_below(loss(train), 0, 3)'}\n"


def lesson(*blocks: str) -> str:
    """A text of cards, a block for each."""
    cards = (f"## Card\n\n```card\nminutes: {{alone: 1, class: 1}}\n{block}\n```\n\nIt is {{loss}}.\n" for block in blocks)
    return "---\ntitle: T\ncourse: c\ncan: do\n---\n\n" + "\n".join(cards)


def cards(run: dict[str, Any]) -> tuple[str, ...]:
    """A number and a task, a sketch, a count of starts."""
    situation = json.dumps({"run": run})
    return (
        f"situation: {situation}\n{FULL}question: {{kind: power, ask: How large?, measure: 'at(3, full_gradient_norm())'}}\n"
        "task: {ask: Do it, wanted: loss(train) < 0.1, solution: {steps: 1}}",
        f"{FULL}question: {{kind: sketch, ask: How?, measure: loss(train), steps: 100000}}",
        f"situation: {situation}\nmeasures: {{loss: 'count_below(5, loss(train), 1, 1)'}}",
    )
