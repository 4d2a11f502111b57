"""What a card begins from, as a drawing in black: a network's layers, the axes of a plane or of a curve to draw in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from server.lessons.figures import written
from server.lessons.printing.contours import contours
from server.wire.sizes import widths_of

if TYPE_CHECKING:
    from engine.lessons.card import Card, Sketch
    from engine.lessons.situation import Situation
    from engine.race.spec import RaceSpec

WIDTH, HEIGHT, MARGIN = 480.0, 190.0, 26.0
MOST_UNITS, MOST_LAYERS = 6, 12
LINES = 'fill="none" stroke="currentColor"'


def picture(card: Card, situation: Situation | None) -> str:
    """SVG; nothing of what needs none."""
    question = card.question
    if question is not None and question.kind == "sketch":
        return _axes(question, 0 if situation is None else situation.step)
    if situation is not None and situation.race is not None and (card.situation is not None or _placed(card)):
        return _plane(situation.race)
    if _placed(card):
        return _box((-1.0, 1.0), (-1.0, 1.0), "x", "y", square=True)
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


def _placed(card: Card) -> bool:
    return card.question is not None and card.question.kind == "place"


def _plane(race: RaceSpec) -> str:
    """A surface's contours and where the race begins, to mark a place in."""
    from engine.surfaces.function import SurfaceFunction

    surface = SurfaceFunction(race.surface)
    across, along = surface.domain
    left, top, right, bottom = _frame(across, along, square=True)
    wide, high = right - left, bottom - top
    parts = []
    for level in contours(surface):
        lines = "".join(
            f"M{left + x * wide:.1f} {bottom - y * high:.1f}L{left + u * wide:.1f} {bottom - v * high:.1f}"
            for (x, y), (u, v) in level.tolist()
        )
        parts.append(f'<path d="{lines}" {LINES} stroke-opacity=".45"/>')
    start = race.start or surface.start
    x = left + (start[0] - across[0]) / (across[1] - across[0]) * wide
    y = bottom - (start[1] - along[0]) / (along[1] - along[0]) * high
    if left <= x <= right and top <= y <= bottom:
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="white" stroke="currentColor" stroke-width="2"/>')
        anchor, beside = ("start", x + 9) if x < right - 50 else ("end", x - 9)
        parts.append(f'<text x="{beside:.1f}" y="{y - 7:.1f}" text-anchor="{anchor}" class="on">start</text>')
    return _box(across, along, "x", "y", square=True, words="Contours of the surface", inside=parts)


def _frame(across: tuple[float, float], along: tuple[float, float], *, square: bool) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the axes."""
    left, top, right, bottom = 56.0, 8.0, WIDTH - 12, HEIGHT - 24
    if square:  # a unit of x is as long as one of y
        right = min(right, left + (bottom - top) * (across[1] - across[0]) / (along[1] - along[0]))
    return left, top, right, bottom


def _box(
    across: tuple[float, float],
    along: tuple[float, float],
    below: str,
    beside: str,
    *,
    square: bool = False,
    words: str = "Axes to draw in",
    inside: Sequence[str] = (),
) -> str:
    left, top, right, bottom = _frame(across, along, square=square)
    parts = [*inside, f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" {LINES}/>']
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
    return _svg(words, parts)


def _svg(words: str, parts: Sequence[str]) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(words)}">{inside}</svg>'
