"""What has come of a race, in words above the figure of a page to take away: why the first is first, and the first three."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from server.figure_theme import FONT, THEMES

PODIUM = 3


class Arrived(NamedTuple):
    name: str
    color: str
    step: int


class ToldOutcome(NamedTuple):
    title: str
    words: str
    arrived: list[Arrived]
    """In their order."""


def above(page: str, theme: str, told: ToldOutcome | None) -> str:
    """An HTML page with the outcome first in its body, and the theme's colours behind all of it."""
    tokens = THEMES[theme]
    body = f'<body style="margin: 0; background: {tokens.panel}; color: {tokens.ink}; font-family: {FONT}">'
    return page.replace("<body>", body + ("" if told is None else _section(told)), 1)


def _section(told: ToldOutcome) -> str:
    first = "".join(
        f'<li><strong style="border-bottom: 3px solid {color}">{escape(name)}</strong>, step {step}</li>'
        for name, color, step in told.arrived[:PODIUM]
    )
    podium = f'<ol class="podium">{first}</ol>' if first else ""
    heads = f"<h1>{escape(told.title)}</h1><p>{escape(told.words)}</p>"
    return f'<section class="outcome" style="max-width: 60em; padding: 24px 32px 0">{heads}{podium}</section>'
