"""What a card begins from, as a drawing in black: a network's layers, the axes of a plane or of a curve to draw in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from server.lessons.figures import written
from server.wire.sizes import widths_of

if TYPE_CHECKING:
    from engine.lessons.card import Card, Sketch
    from engine.lessons.situation import Situation

WIDTH, HEIGHT, MARGIN = 480.0, 190.0, 26.0
MOST_UNITS, MOST_LAYERS = 6, 12
LINES = 'fill="none" stroke="currentColor"'


def picture(card: Card, situation: Situation | None) -> str:
    """SVG; nothing of what needs none."""
    question = card.question
    if question is not None and question.kind == "sketch":
        return _axes(question, 0 if situation is None else situation.step)
    if question is not None and question.kind == "place":
        return _plane(situation)
    if situation is not None and situation.run is not None and card.situation is not None:
        return network(widths_of(situation.run))
    return ""


def network(widths: Sequence[int]) -> str:
    """Units as circles, a column for each layer; of many the first and the last, with their number below."""
    shown = [*range(len(widths))]
    if len(shown) > MOST_LAYERS:
        shown = [*shown[: MOST_LAYERS - 2], -1, shown[-1]]
    step = (WIDTH - 2 * MARGIN) / max(1, len(shown) - 1)
    columns = [
        (MARGIN + place * step, [] if layer < 0 else _heights(widths[layer]), "…" if layer < 0 else str(widths[layer]))
        for place, layer in enumerate(shown)
    ]
    parts = list(_edges(columns))
    for x, heights, words in columns:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="white" stroke="currentColor"/>' for y in heights]
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 4:.0f}" text-anchor="middle">{words}</text>')
    told = " – ".join(str(width) for width in widths)
    return _svg(f"A network of {told} units", parts)


def _heights(units: int) -> list[float]:
    count = min(units, MOST_UNITS)
    gap = min(24.0, (HEIGHT - 44) / max(1, count - 1))
    middle = (HEIGHT - 20) / 2
    return [middle + gap * (place - (count - 1) / 2) for place in range(count)]


def _edges(columns: Sequence[tuple[float, list[float], str]]) -> Iterator[str]:
    for (x, heights, _), (other, others, _) in pairwise(columns):
        for y in heights:
            for there in others:
                yield f'<path d="M{x:.1f} {y:.1f}L{other:.1f} {there:.1f}" {LINES} stroke-opacity=".25"/>'


def _axes(question: Sketch, first: int) -> str:
    """Empty, to draw a curve in."""
    return _box((first, first + question.steps), (question.low, question.high), "step", "log" if question.log else "")


def _plane(situation: Situation | None) -> str:
    """Empty, to mark a place in."""
    across = along = (-1.0, 1.0)
    if situation is not None and situation.race is not None:
        from engine.surfaces.function import SurfaceFunction

        across, along = SurfaceFunction(situation.race.surface).domain
    return _box(across, along, "x", "y", square=True)


def _box(across: tuple[float, float], along: tuple[float, float], below: str, beside: str, *, square: bool = False) -> str:
    left, top, right, bottom = 56.0, 8.0, WIDTH - 12, HEIGHT - 24
    if square:  # a unit of x is as long as one of y
        right = min(right, left + (bottom - top) * (across[1] - across[0]) / (along[1] - along[0]))
    parts = [f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" {LINES}/>']
    for part in (0.25, 0.5, 0.75):
        x, y = left + part * (right - left), top + part * (bottom - top)
        parts.append(f'<path d="M{x:.1f} {top}V{bottom}M{left} {y:.1f}H{right}" {LINES} stroke-opacity=".2"/>')
    for x, anchor, value in ((left, "start", across[0]), (right, "end", across[1])):
        parts.append(f'<text x="{x}" y="{bottom + 14}" text-anchor="{anchor}">{escape(written(float(value)))}</text>')
    for y, value in ((bottom, along[0]), (top + 10, along[1])):
        parts.append(f'<text x="{left - 6}" y="{y}" text-anchor="end">{escape(written(float(value)))}</text>')
    middle = (left + right) / 2
    parts.append(f'<text x="{middle}" y="{bottom + 14}" text-anchor="middle">{escape(below)}</text>')
    if beside:
        parts.append(f'<text x="{left - 6}" y="{(top + bottom) / 2}" text-anchor="end">{escape(beside)}</text>')
    return _svg("Axes to draw in", parts)


def _svg(words: str, parts: Sequence[str]) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(words)}">{inside}</svg>'
