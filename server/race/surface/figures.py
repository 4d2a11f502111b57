"""The figures of a race on a surface: contours, in 3-D, the loss curves; and the page to take away, which has all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.figure_theme import THEMES, Theme, layout_of, merged
from server.race import figures as parts
from server.race.names import name_of, title
from server.race.surface.channels import standings, surface
from server.session.channel_types import Want

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from server.race.surface.controller import SurfaceRaceController


def page_figures() -> dict[str, Any]:
    """By name: what the page draws. A double click on the contours is the page's own: it shows the whole surface again."""
    return {
        "race_contour": parts.in_both_themes(_contour, doubleClick=False, doubleClickDelay=500),
        "race_3d": parts.in_both_themes(parts.in_3d),
        "race_loss": parts.in_both_themes(_loss),
        "race_loss_linear": parts.in_both_themes(_loss_linear),
    }


def _contour(name: str) -> dict[str, Any]:
    return parts.plain([parts.ground_of(name)], _plane(THEMES[name]))


def _plane(theme: Theme) -> dict[str, Any]:
    layout = layout_of(theme, {"title": {"text": ""}, "nticks": 8})
    own = {"showgrid": False, "rangemode": "normal", "title": {"text": ""}, "nticks": 8, "constrain": "domain"}
    layout["xaxis"], layout["yaxis"] = merged(layout["xaxis"], own), merged(layout["yaxis"], own)
    return layout | {"margin": {"l": 36, "r": 12, "t": 8, "b": 24}, "hovermode": False, "dragmode": "pan"}


def _loss(name: str) -> dict[str, Any]:
    return _curves(name, {"type": "log", "exponentformat": "power", "dtick": 1, "nticks": 5})


def _loss_linear(name: str) -> dict[str, Any]:
    return _curves(name, {"type": "linear", "nticks": 5, "tickformat": "~g"})


def _curves(name: str, axis: dict[str, Any]) -> dict[str, Any]:
    import plotly.graph_objects as go

    layout = layout_of(THEMES[name], axis | {"title": {"text": ""}})
    layout["xaxis"] = merged(layout["xaxis"], {"title": {"text": "step"}})
    layout["margin"] = {"l": 52, "r": 116, "t": 8, "b": 36}
    trace = go.Scatter(
        uid="lane",
        mode="lines",
        x=[],
        y=[],
        line={"width": 1.5},
        connectgaps=False,
        hovertemplate="%{y:.4g}<extra>%{fullData.name}</extra>",
    )
    return parts.plain([trace], layout)


def whole(races: SurfaceRaceController, theme: str) -> Figure:
    """Surface and trails over the loss curves, and a table of the standings: plain Plotly, which a file of its own can hold."""
    import plotly.graph_objects as go

    from engine.parts import giving_way_between

    race, want = races.present(), Want(races.number, 50, None)
    found, ranked = surface(races, want), standings(races, want)
    assert found is not None and ranked is not None
    figure = parts.sheet()
    parts.add_ground(figure, theme, found.arrays, found.meta["levels"])
    minima = found.meta["minima"]
    if minima:
        parts.add_stars(figure, theme, [each["x"] for each in minima], [each["y"] for each in minima], "minimum")
    for lane in giving_way_between(race.lanes, 1):
        points, losses, name = race.trail(lane.id), race.losses(lane.id), name_of(lane)
        steps = np.arange(len(points), dtype=np.int32)  # as bytes: a list would be written number by number
        slot = races.slots[lane.id]
        line = {"color": parts.color_of(theme, slot), "dash": parts.dash_of(slot), "width": 2}
        both = {"name": name, "legendgroup": str(lane.id), "mode": "lines", "line": line}
        told = "step %{customdata}<br>x %{x}<br>y %{y}"
        figure.add_trace(go.Scatter(x=points[:, 0], y=points[:, 1], customdata=steps, hovertemplate=told, **both), row=1, col=1)
        figure.add_trace(go.Scatter(x=steps, y=losses, hovertemplate="%{y}", showlegend=False, **both), row=2, col=1)
    (x0, x1), (y0, y1) = found.meta["domain"]
    figure.update_xaxes(range=[x0, x1], row=1, col=1)
    figure.update_yaxes(range=[y0, y1], row=1, col=1)
    positive = all((race.losses(lane.id)[:1] > 0).all() for lane in race.lanes) and found.meta["least"] >= 0
    parts.name_axes(figure, logarithmic=positive, below="step")
    rows = [(race.lane(row["id"]), row) for row in ranked.meta["lanes"]]
    cells = [
        [name_of(lane) for lane, _ in rows],
        [f"{row['rate']:g}" for _, row in rows],
        [f"{row['loss']:.6g}" for _, row in rows],
        ["–" if row["reached"] is None else str(row["reached"]) for _, row in rows],
        ["" if row["diverged"] is None else f"diverged at step {row['diverged']}" for _, row in rows],
    ]
    heads = ["lane", "rate η", f"loss at step {race.step}", f"steps to {races.threshold:g}", ""]
    parts.add_table(figure, theme, heads, cells)
    words = f"{title(race)}, start ({race.start[0]:g}, {race.start[1]:g}), step {race.step}"
    return parts.finished(figure, theme, f"chainrule: a race on {words}")
