"""What is wrong with a text, where it stands and what would do instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

LONGEST = 400
"""Characters of a message: it quotes what was written, however long that is."""
MOST = 50
"""Problems that are told of one text."""


class Problem(NamedTuple):
    line: int
    """Counted from 1."""
    message: str
    allowed: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "message": self.message, "allowed": self.allowed}


class LessonError(ValueError):
    """A text that is no lesson; `file` is what it is called."""

    def __init__(self, problems: Sequence[Problem], file: str = "") -> None:
        self.file = file
        self.problems = tuple(_cut(problem) for problem in sorted(problems)[:MOST])
        super().__init__("\n".join(_words(file, problem) for problem in self.problems))


def wrong(line: int, message: str, allowed: str = "") -> LessonError:
    return LessonError([Problem(line, message, allowed)])


def _cut(problem: Problem) -> Problem:
    texts = (text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…" for text in problem[1:])
    return Problem(problem.line, *texts)


def _words(file: str, problem: Problem) -> str:
    where = f"{file}:{problem.line}" if file else f"line {problem.line}"
    return f"{where}: {problem.message}" + (f"; allowed: {problem.allowed}" if problem.allowed else "")
