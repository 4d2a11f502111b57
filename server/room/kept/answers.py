"""What is an answer to a question, and may be given now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from server.room.state import RoomState
from server.wire.errors import CommandError

MOST_HEIGHTS = 400


class Ballot(NamedTuple):
    room: str
    question: int
    round: int
    member: int
    answer: Any


def refusal(ballot: Ballot, state: RoomState | None, question: Mapping[str, Any] | None, inside: bool) -> CommandError | None:
    """Why a vote is not taken; None where it is."""
    if state is None or not inside:
        return CommandError("not_entered", "You are not in this room any more")
    if question is None or not state.takes(ballot.question, ballot.round):
        return CommandError("closed", "This vote has closed; nothing was changed")
    allowed = wanted(question, ballot.answer)
    if allowed is not None:
        return CommandError("invalid", "answer: is no answer to this question", "answer", allowed)
    return None


def wanted(question: Mapping[str, Any], answer: Any) -> str | None:
    """What would be an answer, where this is none; null always is: I don't know."""
    kind, texts = question["kind"], question.get("texts") or []
    if answer is None:
        return None
    if kind == "choose":
        fits, allowed = _whole(answer) and 0 <= answer < len(texts), f"0 to {len(texts) - 1}"
    elif kind == "sign":
        fits, allowed = _whole(answer) and answer in (-1, 0, 1), "-1, 0 or 1"
    elif kind == "power":
        fits, allowed = _whole(answer) and abs(answer) <= 400, "a whole number from -400 to 400"
    elif kind == "number":
        fits, allowed = _number(answer), "a number"
    elif kind == "order":
        order = list(range(len(texts)))
        fits, allowed = _listed(answer, len(order), len(order)) and sorted(answer) == order, f"{order} in some order"
    elif kind == "place":
        fits, allowed = _listed(answer, 2, 2), "[x, y]"
    else:
        fits, allowed = _listed(answer, 2, MOST_HEIGHTS), f"2 to {MOST_HEIGHTS} numbers"
    return None if fits else allowed


def _number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool) and math.isfinite(answer)


def _whole(answer: Any) -> bool:
    return _number(answer) and answer == int(answer)


def _listed(answer: Any, least: int, most: int) -> bool:
    return isinstance(answer, list | tuple) and least <= len(answer) <= most and all(map(_number, answer))
