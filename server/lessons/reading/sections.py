"""A lesson's text cut into its front matter and its cards, line by line: Markdown within is read later, a card at a time."""

from __future__ import annotations

import re
from typing import NamedTuple

from server.lessons.reading.problems import LessonError, Problem, wrong

LONGEST = 60_000
MOST_CARDS = 12
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w-]*)")
CARD = "card"
WHY = re.compile(r"###\s+Why\s*#*\s*", re.IGNORECASE)
HEADING = re.compile(r"##\s+(.*?)\s*#*\s*")


class Section(NamedTuple):
    """Text, and the line on which it begins."""

    text: str
    line: int


class CardText(NamedTuple):
    title: str
    line: int
    yaml: Section
    words: Section
    why: Section


class Sections(NamedTuple):
    front: Section
    cards: tuple[CardText, ...]


def cut(text: str) -> Sections:
    """Raises `LessonError` with all that is out of place."""
    if len(text) > LONGEST:
        raise wrong(1, f"{len(text):,} characters are too many", f"at most {LONGEST}")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front, rest = _front(lines)
    cards: list[CardText] = []
    problems: list[Problem] = []
    for first, last in _bounds(lines, rest, problems):
        try:
            cards.append(_card(lines, first, last))
        except LessonError as error:
            problems += error.problems
    if not cards and not problems:
        problems.append(Problem(rest + 1, "there are no cards", "## Title, then a block ```card"))
    if len(cards) > MOST_CARDS:
        problems.append(Problem(cards[MOST_CARDS].line, f"{len(cards)} cards are too many", f"at most {MOST_CARDS}"))
    if problems:
        raise LessonError(problems)
    return Sections(front, tuple(cards))


def _front(lines: list[str]) -> tuple[Section, int]:
    """The front matter, and the index of the line after it."""
    if lines[0].rstrip() != "---":
        raise wrong(1, "a lesson begins with its front matter", "---, then title, course, can, know, then ---")
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return Section("\n".join(lines[1:index]), 2), index + 1
    raise wrong(1, "the front matter does not end", "a line of ---")


def _bounds(lines: list[str], start: int, problems: list[Problem]) -> list[tuple[int, int]]:
    """Of each card its first line and that after its last, by their indices."""
    firsts: list[int] = []
    fence = ""
    for index in range(start, len(lines)):
        line = lines[index]
        fence = _fenced(fence, line)
        if not fence and HEADING.fullmatch(line):
            firsts.append(index)
        elif not firsts and line.strip():
            problems.append(Problem(index + 1, "this stands before the first card", "## Title"))
            firsts.append(index)
    if problems or not firsts:
        return []
    return list(zip(firsts, [*firsts[1:], len(lines)], strict=True))


def _fenced(fence: str, line: str) -> str:
    """The fence that is open after a line: what opened it, or nothing."""
    found = FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _card(lines: list[str], first: int, last: int) -> CardText:
    heading = HEADING.fullmatch(lines[first])
    title = heading[1] if heading is not None else ""
    opening = first + 1
    while opening < last and not lines[opening].strip():
        opening += 1
    fence = FENCE.match(lines[opening]) if opening < last else None
    if fence is None or fence[2] != CARD:
        raise wrong(first + 1, "a card begins with its block", "```card right under the heading")
    closing = opening + 1
    while closing < last and _fenced(fence[1], lines[closing]):
        closing += 1
    if closing == last:
        raise wrong(opening + 1, "the block does not end", fence[1])
    yaml = Section("\n".join(lines[opening + 1 : closing]), opening + 2)
    why, open_fence = last, ""
    for index in range(closing + 1, last):
        open_fence = _fenced(open_fence, lines[index])
        if not open_fence and WHY.fullmatch(lines[index]):
            why = index
            break
    for index in range(closing + 1, last):
        found = FENCE.match(lines[index])
        if found is not None and found[2] == CARD:
            raise wrong(index + 1, "a card has one block", "one ```card under each heading")
    return CardText(title, first + 1, yaml, _section(lines, closing + 1, why), _section(lines, min(why + 1, last), last))


def _section(lines: list[str], first: int, last: int) -> Section:
    while first < last and not lines[first].strip():
        first += 1
    return Section("\n".join(lines[first:last]).rstrip(), first + 1)
