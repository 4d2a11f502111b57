"""The guide's chapters as one piece of HTML, by the same Markdown as lessons: nothing of it can do anything.

A chapter is a file here: ``# Title``, a paragraph or more, ``## Sections``. What leads into the page is written as its address
is, ``./#view=step``, and a place in the guide as ``#privacy``: relative, so that both hold below any path of a host.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import NamedTuple

from server import VERSION
from server.lessons.reading.html import Found, Writer

FOLDER = Path(__file__).parent
CHAPTERS = ("first-lesson", "teachers", "write-a-lesson", "run-a-class", "numbers", "accessibility", "privacy")
"""In the order in which they are read; each is a file, and its place in the page has its name."""
OWN = re.compile(r"\./(#[A-Za-z0-9=&,:._/-]{1,200})?|#[a-z][a-z0-9-]{0,80}|https://[^\s]+")
WRITER = Writer(OWN)
SECTION = re.compile(r"^## ([^\n]+)$|^(`{3,}).*?^\2$", re.MULTILINE | re.DOTALL)
"""A heading, or a listing, within which there is none."""


class Section(NamedTuple):
    place: str
    title: str
    html: str


class Chapter(NamedTuple):
    place: str
    title: str
    html: str
    sections: list[Section]


@lru_cache(maxsize=1)
def chapters() -> tuple[Chapter, ...]:
    """All of them; ValueError where a text does not read."""
    return tuple(chapter(name, (FOLDER / f"{name}.md").read_text(encoding="utf-8")) for name in CHAPTERS)


def chapter(name: str, text: str) -> Chapter:
    headings = [found for found in SECTION.finditer(text) if found[1]]
    ends = [*(found.start() for found in headings), len(text)]
    title, _, opening = text[: ends[0]].strip().partition("\n")
    if not title.startswith("# "):
        raise ValueError(f"{name}.md begins with no title")
    sections = [
        Section(f"{name}-{slug(found[1])}", _html(name, found[1], line=True), _html(name, text[found.end() : end]))
        for found, end in zip(headings, ends[1:], strict=True)
    ]
    return Chapter(name, _html(name, title.removeprefix("# "), line=True), _html(name, opening), sections)


def slug(heading: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", heading.lower()))


def contents() -> str:
    """What is to be found where."""
    rows = "".join(
        f'<li><a href="#{each.place}">{each.title}</a><ol>'
        + "".join(f'<li><a href="#{section.place}">{section.title}</a></li>' for section in each.sections)
        + "</ol></li>"
        for each in chapters()
    )
    return f"<ol>{rows}</ol>"


def body() -> str:
    written = "".join(
        f'<section class="chapter" aria-labelledby="{each.place}">'
        + _headed("h2", each)
        + "".join(_headed("h3", section) for section in each.sections)
        + "</section>"
        for each in chapters()
    )
    return f'{written}<footer class="small">chainrule {escape(VERSION)}</footer>'


def _headed(tag: str, part: Chapter | Section) -> str:
    return f'<{tag} id="{part.place}" tabindex="-1">{part.title}</{tag}>{part.html}'


def filled(page: str) -> str:
    """The page's own file with the guide in it."""
    return page.replace("<!-- contents -->", contents()).replace("<!-- guide -->", body())


def _html(name: str, text: str, *, line: bool = False) -> str:
    found = Found(1, ())
    html = WRITER.within_a_line(text, found) if line else WRITER.paragraphs(text, found)
    if found.problems:
        raise ValueError(f"{name}.md: {'; '.join(problem.message for problem in found.problems)}")
    return html
