"""To take away: one micro-step as LaTeX, and a whole update as one HTML page that prints, with nothing to load or run."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import numpy as np

from engine.array import Array
from engine.export.standalone import with_policy
from engine.mathml import mathml as convert
from engine.microscope.expressions.expression import HIDDEN, Number, Withheld, Writing, digits_of
from engine.microscope.sheet_diagram import diagram
from engine.microscope.steps import Step
from engine.microscope.update_view import Update
from engine.microscope.values import Value
from engine.parts import giving_way_between

WIDEST = 12
"""Rows or columns of a matrix that is written out; a larger one is told by its shape."""
PHASES = {"forward": "Forward", "loss": "Loss", "backward": "Backward", "update": "Update"}
TERMS = 5
"""Of a sum that is written out: so many fit across a page of A4."""
BROAD = 8
"""Columns beyond which type is smaller, so that they fit across a page."""
STYLE = """
@page { size: A4; margin: 16mm 15mm }
:root { color-scheme: light }
body { font: 14px/1.5 system-ui, sans-serif; color: #1a1d24; background: #fff; max-width: 52rem; margin: 2rem auto }
body { padding: 0 1rem }
h1 { font-size: 24px; margin: 0 0 .25rem } h2 { font-size: 18px; margin: 2rem 0 .5rem; border-bottom: 1px solid #d9d6cc }
h3 { font-size: 14px; margin: 1.25rem 0 0 } p { margin: .125rem 0 } .why, .note, figcaption { color: #5b616e }
h2, h3 { break-after: avoid } section, figure { break-inside: avoid }
figure { margin: .5rem 0 } figcaption { overflow-wrap: break-word }
math { font-size: 1.1em } .wide { overflow-x: auto; margin: .5rem 0 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .125rem 0 }
td, th { border: 1px solid #d9d6cc; padding: .1rem .5rem; text-align: right; font-weight: normal } th { color: #5b616e }
table.broad { font-size: 11px } table.broad td, table.broad th { padding: .1rem .25rem }
.network { margin: 1rem 0 } .network svg { display: block; width: 100%; max-width: 680px }
.network text { font-size: 11px; fill: #1a1d24 } .network .head, .network .name { fill: #5b616e }
.network .weight { font-size: 10px; paint-order: stroke; stroke: #fff; stroke-width: 3px }
.network circle { fill: #fff; stroke: #5b616e }
.network .positive { stroke: #1f6fb5 } .network .negative { stroke: #d2691e; stroke-dasharray: 7 3 }
.network .zero { stroke: #d9d6cc } .network .withheld { stroke: #8a8f99; stroke-dasharray: 2 4 }
@media print {
  body { font-size: 12px; max-width: none; margin: 0; padding: 0 } h3 { font-size: 12px } .wide { overflow: visible }
  body { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
"""


def step_latex(
    update: Update, index: int, row: int = 0, column: int = 0, sample: int = 0, withheld: Withheld | None = None
) -> str:
    """One micro-step as LaTeX (amsmath): its formula, its matrices as they are for the sample, one entry written out.

    `row`, `column`: the entry of its main result; what is `withheld` stays so. A ValueError names what is out of range.
    """
    step = _step(update, index)
    lines = [f"% {step.title} (update {update.step + 1}, micro-step {index + 1} of {len(update.steps)})", r"\["]
    lines += [f"  {step.rule}", r"\]"]
    if step.results:
        shown = (*step.operands, step.result(sample=sample))
        lines += [r"\["]
        lines += [",\\qquad\n".join(f"  {value.symbol} = {_written(value, sample, withheld)}" for value in shown), r"\]"]
        equation = step.equation(row, column, sample=sample)
        everything = Writing(terms=10_000)
        lines += [r"\begin{align*}"]
        lines += [f"  {_aligned(equation.latex(everything))} \\\\"]
        written = equation.latex(Writing(numbers=True, terms=10_000, withheld=withheld))
        lines += [f"  {_aligned(written, first=False)}", r"\end{align*}"]
    return "\n".join(lines) + "\n"


def _aligned(text: str, *, first: bool = True) -> str:
    left, sign, right = text.partition(" = ")
    if not sign:
        return text
    return f"{left} &= {right}" if first else f"&= {right}"


Cells = list[list[float | None]]
"""A matrix by rows; None for what is withheld."""


def matrix(cells: Cells) -> str:
    """A matrix as LaTeX."""
    height, width = len(cells), len(cells[0])
    written = [[HIDDEN if x is None else digits_of(x) for x in row] for row in cells]
    if height == width == 1:
        return written[0][0]
    rows = r" \\ ".join(" & ".join(row) for row in written)
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _shown(value: Value, sample: int) -> tuple[int, Array]:
    """Its first column that is shown, and its numbers, a mini-batch's as the sample's column."""
    array = value.array
    if value.columns.kind != "sample":
        return 0, array
    if not 0 <= sample < array.shape[1]:
        raise ValueError(f"sample: {sample} given; allowed: 0 to {array.shape[1] - 1}")
    return sample, array[:, sample : sample + 1]


def _written(value: Value, sample: int, withheld: Withheld | None) -> str:
    """A value as LaTeX, by its shape where it is large."""
    height, width = _shown(value, sample)[1].shape
    if max(height, width) > WIDEST:
        return rf"\left({height} \times {width}\right)"
    return matrix(_cells(value, sample, withheld))


def _cells(value: Value, sample: int, withheld: Withheld | None) -> Cells:
    """The numbers of one that is not large."""
    first, array = _shown(value, sample)

    def told(x: float, row: int, column: int) -> float | None:
        return None if withheld is not None and withheld(Number("", x, value.name, (row, first + column))) else x

    return [[told(x, j, k) for k, x in enumerate(row)] for j, row in enumerate(array.tolist())]


def _step(update: Update, index: int) -> Step:
    if not 0 <= index < len(update.steps):
        raise ValueError(f"index: {index} given; allowed: 0 to {len(update.steps) - 1}")
    return update.steps[index]


@lru_cache(maxsize=4096)
def mathml(latex: str) -> str:
    return convert(latex, "block")


def sheet(update: Update, sample: int = 0, title: str = "", withheld: Withheld | None = None) -> str:
    """The whole update as an HTML page of its own: the network drawn, then every micro-step with its formula, the numbers of
    one sample's column, and an entry written out, but what is `withheld`. Nothing is loaded and nothing runs; large matrices
    are told by their shape. `title`: what run it is of."""
    row = update.samples[sample] + 1 if 0 <= sample < len(update.samples) else 0
    if not row:
        raise ValueError(f"sample: {sample} given; allowed: 0 to {len(update.samples) - 1}")
    count = len(update.samples)
    heading = ": ".join(filter(None, (title, f"update {update.step + 1}, sample {row}")))
    heading = heading[0].upper() + heading[1:]
    about = f"Every number of update {update.step + 1}: a mini-batch of {count}, shown for sample {row}."
    about += f" Notation: {update.notation.title}."
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(heading)}</title><style>{STYLE}</style></head><body>',
        f"<h1>{escape(heading)}</h1><p class=why>{escape(about)}</p>",
        diagram(update, sample, withheld),
    ]
    if update.problem:
        parts.append(f"<p class=note><strong>{escape(update.problem)}</strong></p>")
    phase = ""
    for step in giving_way_between(update.steps, 1):
        if step.phase != phase:
            phase = step.phase
            parts.append(f"<h2>{PHASES[phase]}</h2>")
        parts.append(_section(step, sample, len(update.steps), withheld))
    return with_policy("\n".join([*parts, "</body></html>"]) + "\n")


def _section(step: Step, sample: int, count: int, withheld: Withheld | None) -> str:
    parts = [f"<section><h3>{step.index + 1} of {count} · {escape(step.title)}</h3><p class=why>{escape(step.why)}</p>"]
    if step.note:
        parts.append(f"<p class=note>{escape(step.note)}</p>")
    parts.append(f'<div class="wide">{mathml(step.rule)}</div>')
    if step.results:
        equation = step.equation(0, 0, sample=sample)
        if step.terms is not None:
            how = Writing(numbers=True, terms=TERMS, withheld=withheld)
            parts.append(f'<div class="wide">{mathml(equation.latex(how))}</div>')
        made = step.results if step.of_sample is None else (step.result(sample=sample),)
        parts += [_table(value, sample, withheld) for value in made]
    return "".join([*parts, "</section>"])


def _table(value: Value, sample: int, withheld: Withheld | None) -> str:
    _, array = _shown(value, sample)
    caption = f"{value.words}, {array.shape[0]} × {array.shape[1]}"
    if max(array.shape) > WIDEST:
        least, most = np.min(array), np.max(array)
        ends = [HIDDEN if withheld is not None and withheld(Number("", float(x))) else _plain(float(x)) for x in (least, most)]
        return f"<p class=note>{escape(caption)}: from {ends[0]} to {ends[1]}</p>"
    cells = _cells(value, sample, withheld)
    columns = value.columns.names if value.columns.kind == "unit" else ("",)
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in columns)
    head = f"<tr><th></th>{head}</tr>" if value.columns.kind == "unit" else ""
    body = "".join(
        f"<tr><th scope=row>{escape(name)}</th>" + "".join(_cell(x) for x in row) + "</tr>"
        for name, row in zip(value.rows.names, cells, strict=True)
    )
    kind = " class=broad" if array.shape[1] > BROAD else ""
    # A table's own caption is as narrow as the table: over one column it would have a word a line.
    return f"<figure><figcaption>{escape(caption)}</figcaption><div class=wide><table{kind}>{head}{body}</table></div></figure>"


def _cell(x: float | None) -> str:
    return f"<td>{HIDDEN}</td>" if x is None else f'<td title="{x!r}">{_plain(x)}</td>'


def _plain(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
