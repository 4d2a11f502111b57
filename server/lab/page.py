"""An experiment as a page of its own that needs nothing else: what was found, figures, why, the numbers, how it was made."""

from __future__ import annotations

import json
import math
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from server.figure_theme import FONT, THEMES
from server.lab.figures import drawn
from server.mathml import block, prose
from server.protocol.lab import LabInfo

if TYPE_CHECKING:
    from engine.lab import Experiment
    from engine.lab.charts import Figure
    from engine.lab.experiment import Cell, Result, Table
    from engine.spec import RunSpec

CONFIG = {"displaylogo": False, "responsive": True}
OWN_ROWS = ("train_x", "train_y", "validation_x", "validation_y", "test_x", "test_y")
"""Of a learner's own table: they stay where they are."""
DIGITS = 6
"""Of a number in the table; its title has all of them."""


def written(experiment: Experiment, info: LabInfo, spec: RunSpec | None, result: Result, theme: str) -> str:
    """Nothing else than Plotly runs in it, and it fetches nothing."""
    from engine.export.standalone import with_policy

    figures = "".join(_figure(figure, theme, first=not place) for place, figure in enumerate(result.figures))
    body = (
        f"<h1>{escape(experiment.title)}</h1><p>{prose(experiment.summary)}</p>{_state(info)}"
        f'<p class="said">{prose(result.said)}</p>{figures}'
        f"<h2>Why</h2>{block(experiment.formula)}<p>{prose(experiment.why)}</p>"
        f"<h2>Numbers</h2>{_table(result.table)}<h2>How it was made</h2>{_choices(experiment, info)}{_source(experiment)}"
        f"{_spec(info, spec)}"
    )
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(experiment.title)} · chainrule</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_style(theme)}</style></head><body>{body}</body></html>'
    )
    return with_policy(page, styled=True)


def _figure(figure: Figure, theme: str, *, first: bool) -> str:
    """The first has Plotly itself with it."""
    from plotly.io import to_html

    from engine.parts import give_way

    give_way()
    plot = to_html(drawn(figure, theme), include_plotlyjs=first, full_html=False, config=CONFIG, validate=False)
    return f"<figure><figcaption>{escape(figure.title)}</figcaption>{plot}</figure>"


def _state(info: LabInfo) -> str:
    if info.status == "done":
        return ""
    words = {"running": "It is under way", "cancelled": "It was ended before it was done", "failed": "It failed on its way"}
    return f'<p class="state">{words.get(info.status, "")}: {info.share:.0%} of it is here.</p>'


def _table(table: Table) -> str:
    heads = "".join(
        f'<th scope="col">{escape(column.title)}{f" <small>{escape(column.unit)}</small>" if column.unit else ""}</th>'
        for column in table.columns
    )
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in table.rows)
    return f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, np.generic):
        cell = cell.item()
    if cell is None:
        return "<td>–</td>"
    if isinstance(cell, bool):
        return f"<td>{'yes' if cell else 'no'}</td>"
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    if isinstance(cell, int) or not math.isfinite(cell):
        return f'<td class="number">{cell}</td>'
    return f'<td class="number" title="{cell!r}">{cell:.{DIGITS}g}</td>'


def _choices(experiment: Experiment, info: LabInfo) -> str:
    titles = {each.name: each.title for each in experiment.parameters}
    rows = "".join(f"<dt>{escape(titles.get(n, n))}</dt><dd>{escape(_said(v))}</dd>" for n, v in info.choices.items())
    return f"<dl>{rows}</dl>" if rows else ""


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " to ".join(_said(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _source(experiment: Experiment) -> str:
    words = escape(experiment.source)
    return f"<p>{f'<a href={json.dumps(experiment.link)}>{words}</a>' if experiment.link else words}</p>"


def _spec(info: LabInfo, spec: RunSpec | None) -> str:
    if spec is None or info.on is None:
        return ""
    own = {"data": set(OWN_ROWS)} if spec.data.name == "inline" else None
    text = json.dumps(spec.model_dump(mode="json", exclude=own), indent=2, ensure_ascii=False)
    return f"<details><summary>The run, after update {info.on.step}</summary><pre>{escape(text)}</pre></details>"


def _style(theme: str) -> str:
    tokens = THEMES[theme]
    return (
        f":root {{ color-scheme: {theme} }} body {{ margin: 0 auto; max-width: 68em; padding: 24px 32px 48px; "
        f"background: {tokens.panel}; color: {tokens.ink}; font: 16px/1.5 {FONT} }} h1 {{ font-size: 28px; margin: 0 }} "
        f"h2 {{ font-size: 20px; margin: 32px 0 8px }} figure {{ margin: 24px 0 0 }} figcaption {{ font-weight: 600 }} "
        f".said {{ font-size: 18px }} .state, small {{ color: {tokens.ink_2} }} .wide {{ overflow-x: auto }} "
        f"table {{ border-collapse: collapse }} th, td {{ padding: 4px 16px 4px 0; text-align: left; "
        f"border-bottom: 1px solid {tokens.line} }} .number {{ font-variant-numeric: tabular-nums; text-align: right }} "
        f"dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px }} dd {{ margin: 0 }} "
        f"a {{ color: inherit }} pre {{ overflow-x: auto; font-size: 14px }}"
    )
