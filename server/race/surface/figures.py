"""The figures of a race on a surface: the loss curves; and the page to take away, which has them and the contours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.figure_theme import THEMES, layout_of, merged
from server.race import figures as parts
from server.race.names import names_of, title
from server.race.surface.channels import SIDE, standings, surface
from server.race.surface.outcome import told, why
from server.race.told_outcome import Arrived, ToldOutcome
from server.session.channel_types import Want

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from server.race.surface.controller import SurfaceRaceController


def page_figures() -> dict[str, Any]:
    """By name: what the page draws."""
    return {
        "race_loss": parts.in_both_themes(_loss),
        "race_loss_linear": parts.in_both_themes(_loss_linear),
    }


def _loss(name: str) -> dict[str, Any]:
    return _curves(name, {"type": "log", "exponentformat": "power", "dtick": 1, "nticks": 5})


def _loss_linear(name: str) -> dict[str, Any]:
    return _curves(name, {"type": "linear", "nticks": 5, "tickformat": "~g"})


def _curves(name: str, axis: dict[str, Any]) -> dict[str, Any]:
    import plotly.graph_objects as go

    layout = layout_of(THEMES[name], axis | {"title": {"text": ""}})
    layout["xaxis"] = merged(layout["xaxis"], {"title": {"text": "step"}})
    layout["margin"] = {"l": 52, "r": 136, "t": 8, "b": 36}
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

    race = races.present()
    plane = parts.grown(race.surface.domain)
    want = Want(races.number, 50, None, plane=plane)
    found, ranked = surface(races, want), standings(races, want)
    assert found is not None and ranked is not None
    figure = parts.sheet()
    x, y, f = race.surface.grid(2 * SIDE - 1, SIDE, plane)  # finer than on the page, which draws smooth lines by itself
    parts.add_ground(figure, theme, {"x": x, "y": y, "f": f}, found.meta["contours"])
    minima = found.meta["minima"]
    if minima:
        parts.add_stars(figure, theme, [each["x"] for each in minima], [each["y"] for each in minima], "minimum")
    looks = parts.looks_of(theme, race, races.slots)
    # On a logarithmic axis heights above the minimum are drawn, where it is known.
    base = min((each["value"] for each in minima), default=None)
    positive = base is not None or all((race.losses(lane.id) >= 0).all() for lane in race.lanes)
    base = base or 0.0
    heights = {lane.id: race.losses(lane.id) - base for lane in race.lanes}
    names = names_of(race)
    for lane in giving_way_between(race.lanes, 1):
        points, name = race.trail(lane.id), names[lane.id]
        steps = np.arange(len(points), dtype=np.int32)  # as bytes: a list would be written number by number
        look = looks[lane.id]
        both = {"name": name, "legendgroup": str(lane.id)}
        told = "step %{customdata}<br>x %{x}<br>y %{y}"
        parts.add_trail(figure, theme, look, x=points[:, 0], y=points[:, 1], customdata=steps, hovertemplate=told, **both)
        line = {"color": look.color, "dash": look.dash, "width": 2}
        curve = go.Scatter(x=steps, y=heights[lane.id], mode="lines", line=line, hovertemplate="%{y}", showlegend=False, **both)
        figure.add_trace(curve, row=2, col=1)
    for lane in race.lanes:
        parts.add_dots(figure, theme, looks[lane.id], race.trail(lane.id), names[lane.id])
    parts.add_start(figure, theme, race.start)
    for row in ranked.meta["lanes"]:
        for step in {row["reached"], row["arrived"]} - {None}:
            look, height = looks[row["id"]], heights[row["id"]][step]
            parts.add_arrival(figure, theme, look, step, height, stays=step == row["arrived"])
    figure.update_xaxes(range=list(plane[0]), constrain="domain", row=1, col=1)
    figure.update_yaxes(range=list(plane[1]), scaleanchor="x", constrain="domain", row=1, col=1)
    parts.name_axes(figure, logarithmic=positive, below="step", title="loss" if base == 0.0 else f"f − {base:.4g}")
    finish = race.finish(races.threshold) - base
    parts.add_finish(figure, theme, finish, list(heights.values()), logarithmic=positive and finish > 0.0)
    rows = [(race.lane(row["id"]), row) for row in ranked.meta["lanes"]]
    cells = [
        [names[lane.id] for lane, _ in rows],
        ["–" if row["rate"] is None else f"{row['rate']:g}" for _, row in rows],
        [f"{row['loss']:.6g}" for _, row in rows],
        ["–" if row["reached"] is None else str(row["reached"]) for _, row in rows],
        ["" if row["diverged"] is None else f"diverged at step {row['diverged']}" for _, row in rows],
    ]
    heads = ["lane", "rate η", f"loss at step {race.step}", f"reached {races.threshold:g} at step", ""]
    parts.add_table(figure, theme, heads, cells)
    words = f"{title(race)}, start ({race.start[0]:g}, {race.start[1]:g}), step {race.step}"
    return parts.finished(figure, theme, f"chainrule: a race on {words}")


def told_of(races: SurfaceRaceController, theme: str) -> ToldOutcome | None:
    """What has come of it, where there is something to tell."""
    race, found = races.present(), why(races)
    if found is None:
        return None
    names, looks = names_of(race), parts.looks_of(theme, race, races.slots)
    there = [each for each in race.standings(races.threshold) if each.arrived is not None and each.diverged is None]
    first = [Arrived(names[each.id], looks[each.id].color, each.arrived) for each in there if each.arrived is not None]
    return ToldOutcome(*told(races, found), first)
