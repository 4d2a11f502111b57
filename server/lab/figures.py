"""Charts and heat maps of the lab as Plotly draws them, for a page to take away. In the room the page draws them by itself, in
the same colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.figure_theme import DASHES, FONT, GROUND, LANES, MEDIUM, SIGNS, SMALL, THEMES

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as Drawn

    from engine.lab.charts import Axis, Chart, Figure, Heat, Mark, Series

LINES = {"line": "lines", "points": "markers", "line+points": "lines+markers", "steps": "lines"}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon")
HEIGHT = 460


def drawn(figure: Figure, theme: str) -> Drawn:
    return _chart(figure, theme) if figure.kind == "chart" else _heat(figure, theme)


def _chart(chart: Chart, theme: str) -> Drawn:
    import plotly.graph_objects as go

    traces: list[Any] = []
    for place, series in enumerate(chart.series):
        traces += _traces(series, place, theme)
    made = go.Figure(data=traces)
    made.update_layout(_layout(chart, theme), barmode="stack" if chart.stacked else "group")
    for mark in chart.marks:
        _mark(made, chart, mark, theme)
    return made


def _traces(series: Series, place: int, theme: str) -> list[Any]:
    """A line with the band around it, points with whiskers, bars. Series are told apart by their marks, too."""
    import plotly.graph_objects as go

    color = THEMES[theme].ink if series.colour is None else LANES[theme][series.colour % len(LANES[theme])]
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    if series.kind == "bars":
        pattern = {"shape": "/" if series.dashed else "", "fgcolor": THEMES[theme].panel}
        return [go.Bar(x=x, y=y, name=series.name, marker={"color": color, "pattern": pattern}, error_y=_whiskers(series))]
    band: list[Any] = []
    if series.low is not None and series.high is not None and series.kind != "points":
        alike = {
            "x": x,
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
            "legendgroup": series.name,
        }
        filled = {"fill": "tonexty", "fillcolor": _through(color)}
        band = [go.Scatter(y=np.asarray(series.low), **alike), go.Scatter(y=np.asarray(series.high), **alike, **filled)]
    line = {"color": color, "width": 2, "dash": DASHES[1] if series.dashed else DASHES[0]}
    if series.kind == "steps":
        line["shape"] = "hv"
    whole = go.Scatter(
        x=x,
        y=y,
        name=series.name,
        legendgroup=series.name,
        mode=LINES[series.kind],
        line=line,
        marker={"color": color, "size": 8, "symbol": SYMBOLS[place % len(SYMBOLS)]},
        error_y=_whiskers(series) if series.kind == "points" else None,
    )
    return [*band, whole]


def _whiskers(series: Series) -> dict[str, Any] | None:
    if series.low is None or series.high is None:
        return None
    up, down = np.asarray(series.high) - series.y, np.asarray(series.y) - series.low
    return {"type": "data", "symmetric": False, "array": up, "arrayminus": down}


def _through(color: str) -> str:
    """The same colour, that one sees through."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.2)"


def _mark(made: Drawn, chart: Chart, mark: Mark, theme: str) -> None:
    axis = chart.x if mark.axis == "x" else chart.y
    if axis.scale == "log" and mark.at <= 0:
        return
    line = {"color": THEMES[theme].ink_2, "dash": "dot", "width": 1.5}
    words = {"annotation_text": _plain(mark.words), "annotation_font_size": SMALL}
    if mark.axis == "x":
        made.add_vline(x=mark.at, line=line, annotation_position="top left", **words)
    else:
        made.add_hline(y=mark.at, line=line, annotation_position="top right", **words)


def _heat(heat: Heat, theme: str) -> Drawn:
    import plotly.graph_objects as go

    values = np.asarray(heat.values, dtype=float)
    shown, bar = values, {"title": {"text": _plain(heat.measure)}, "thickness": 12, "outlinewidth": 0}
    if heat.log:
        with np.errstate(divide="ignore", invalid="ignore"):
            shown = np.log10(values)
        shown = np.where(np.isfinite(shown), shown, np.nan)
        bar |= _decades(shown)
    shades = SIGNS[theme] if heat.signed else GROUND[theme][::-1]  # the largest is the darkest
    scale = [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)]
    ends: dict[str, Any] = {}
    if heat.signed and np.isfinite(shown).any():
        most = float(np.nanmax(np.abs(shown)))
        ends = {"zmin": -most, "zmax": most}
    text = np.vectorize(lambda value: "" if np.isnan(value) else f"{value:.3g}", otypes=[str])(values)
    written = {"texttemplate": "%{text}"} if heat.written else {}
    x = None if heat.x.labels or heat.at_x is None else np.asarray(heat.at_x)
    y = None if heat.y.labels or heat.at_y is None else np.asarray(heat.at_y)
    hover = "%{x}, %{y}<br>%{text}<extra></extra>"  # labels stand at the numbers of their places
    cells = go.Heatmap(
        z=shown, x=x, y=y, text=text, colorscale=scale, colorbar=bar, hovertemplate=hover, hoverongaps=False, **ends, **written
    )
    made = go.Figure(data=[cells])
    made.update_layout(_layout(heat, theme))
    if heat.y.labels:
        made.update_yaxes(autorange="reversed")
    return made


def _decades(shown: Any) -> dict[str, Any]:
    """The numbers beside the colours, where colours are of logarithms."""
    if not np.isfinite(shown).any():
        return {}
    low, high = int(np.floor(np.nanmin(shown))), int(np.ceil(np.nanmax(shown)))
    places = list(range(low, high + 1, max(1, (high - low) // 6)))
    return {"tickvals": places, "ticktext": [f"{10.0**place:g}" for place in places]}


def _layout(figure: Figure, theme: str) -> dict[str, Any]:
    tokens = THEMES[theme]
    return {
        "template": "plotly_white" if theme == "light" else "plotly_dark",
        "paper_bgcolor": tokens.panel,
        "plot_bgcolor": tokens.panel,
        "font": {"family": FONT, "color": tokens.ink, "size": MEDIUM},
        "margin": {"l": 72, "r": 24, "t": 24, "b": 56},
        "height": HEIGHT,
        "xaxis": _axis(figure.x),
        "yaxis": _axis(figure.y),
    }


def _axis(axis: Axis) -> dict[str, Any]:
    told: dict[str, Any] = {"title": {"text": _plain(f"{axis.title}, {axis.unit}" if axis.unit else axis.title)}}
    if axis.labels:
        told |= {"tickvals": list(range(len(axis.labels))), "ticktext": list(axis.labels)}
        return told | {"type": "linear"} if axis.range is None else told
    told["type"] = axis.scale
    if axis.range is not None:
        low, high = axis.range
        told["range"] = [float(np.log10(low)), float(np.log10(high))] if axis.scale == "log" else [low, high]
    return told


def _plain(text: str) -> str:
    """Of a title: nothing in it is markup of Plotly's."""
    return text.replace("$", "").replace("<", "&lt;")
