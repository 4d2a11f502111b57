"""What Plotly figures of both races are made of: colours, the ground as contours, the parts of a page to take away.

The page draws the ground and what moves over it by itself, from above and in 3-D; in the loss curves it adds a trace for each
lane from the figure's `lane` trace. A page to take away has all as Plotly draws it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from server.figure_theme import DASHES, FONT, GROUND, LANES, OTHER_LANES, THEMES
from server.race.levels import positions

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from engine.array import Array
    from server.race.lanes import RaceOfLanes
    from server.session.channel_types import Plane

DOTS = 10
"""On a lane's way, about."""
CONFIG = {"displayModeBar": False, "responsive": False, "scrollZoom": True}


def in_both_themes(make: Callable[[str], dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A figure of the page as a `Kind` has it; `more` goes into its configuration."""
    return {**{theme: make(theme) for theme in THEMES}, "config": CONFIG | more}


def plain(traces: list[Any], layout: dict[str, Any]) -> dict[str, Any]:
    """A figure as JSON can hold it."""
    import plotly.graph_objects as go

    made = go.Figure(data=traces, layout=layout).to_plotly_json()
    return {"data": made["data"], "layout": made["layout"]}


class Look(NamedTuple):
    """How a lane's lines are drawn."""

    color: str
    dash: str


def looks_of(theme: str, race: RaceOfLanes, slots: Mapping[int, int]) -> dict[int, Look]:
    """Of each lane by its id, as `web/src/race/lanes/looks.js` gives them: a colour belongs to the optimizer, by its place in
    the catalog; no two lanes look the same as long as there are looks."""
    from engine.optimizers import OPTIMIZERS
    from engine.solvers import SOLVERS

    places = {name: place for place, name in enumerate((*OPTIMIZERS, *SOLVERS))}
    named = sorted((slots.get(lane.id, 0), lane.id, lane.spec.in_force(race.step)[0].name) for lane in race.lanes)
    first = {name: number for _, number, name in reversed(named)}
    taken: set[tuple[int, int]] = set()
    found: dict[int, Look] = {}
    for slot, number, name in sorted(named, key=lambda each: first[each[2]] != each[1]):
        place = places.get(name, len(places) + slot)
        color, variant = place % len(LANES[theme]), place // len(LANES[theme])
        for _ in range(2 * len(DASHES)):
            if (color, variant) in taken:
                variant += 1
        taken.add((color, variant))
        other = (variant + variant // len(DASHES)) % 2 == 1
        found[number] = Look((OTHER_LANES if other else LANES)[theme][color], DASHES[variant % len(DASHES)])
    return found


def _scale(shades: tuple[str, ...]) -> list[list[Any]]:
    return [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)]


# A page to take away ------------------------------------------------------------------------------------------------


BROAD = 2.0
"""How many times as broad as high the ground is on a page to take away."""


def grown(domain: Plane) -> Plane:
    """As much more of a plane as the ground of such a page has room for, where a unit of x is as long as one of y."""
    from engine.landscape.planes import grown as to_shape

    return to_shape(*domain, BROAD)


def sheet() -> Figure:
    """Still empty: the ground above, the losses below it, a table last."""
    from plotly.subplots import make_subplots

    from engine.parts import give_way

    give_way()
    return make_subplots(
        rows=3,
        cols=1,
        row_heights=[0.56, 0.24, 0.2],
        vertical_spacing=0.06,
        specs=[[{"type": "xy"}], [{"type": "xy"}], [{"type": "table"}]],
    )


def add_ground(figure: Figure, theme: str, arrays: dict[str, Any], contours: list[float]) -> None:
    """The heights `f` over `x` and `y` with their contours, and a bar of colours numbered with values of f."""
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    places, end = positions(arrays["f"], contours)
    shown = range(1, end, max(1, round(end / 8)))
    bar = {"title": {"text": "f"}, "len": 0.56, "y": 1.0, "yanchor": "top", "thickness": 12, "outlinewidth": 0}
    bar |= {"tickvals": list(shown), "ticktext": [f"{contours[place - 1]:g}" for place in shown]}
    ground = go.Contour(
        uid="surface",
        x=arrays["x"],
        y=arrays["y"],
        z=places,
        zmin=0.0,
        zmax=float(end),
        colorscale=_scale(GROUND[theme]),
        colorbar=bar,
        line={"width": 0.5, "color": tokens.ink_2},
        contours={"coloring": "heatmap", "start": 1.0, "end": max(1.0, end - 1.0), "size": 1.0},
        hoverinfo="skip",
    )
    figure.add_trace(ground, row=1, col=1)


def add_trail(figure: Figure, theme: str, look: Look, **trace: Any) -> None:
    """A lane's way over the ground, with a casing, so that it reads on every ground."""
    import plotly.graph_objects as go

    casing = {"color": THEMES[theme].panel, "width": 5}
    alike = {key: trace[key] for key in ("x", "y", "legendgroup")}
    figure.add_trace(go.Scatter(mode="lines", line=casing, hoverinfo="skip", showlegend=False, **alike), row=1, col=1)
    line = {"color": look.color, "dash": look.dash, "width": 2}
    figure.add_trace(go.Scatter(**({"mode": "lines", "line": line} | trace)), row=1, col=1)


def dot_every(step: int) -> int:
    """Steps from a dot to the next, as in `web/src/race/ground/trail-line.js`."""
    least = max(1.0, step / DOTS)
    power = int(10.0 ** math.floor(math.log10(least)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def add_dots(figure: Figure, theme: str, look: Look, points: Array, name: str) -> None:
    """A dot every so many steps of a lane's way, and a larger one where it stands."""
    import plotly.graph_objects as go

    last = len(points) - 1
    steps = np.unique([*range(0, last, dot_every(last)), last])
    sizes, rim = np.where(steps == last, 12, 5), {"color": THEMES[theme].panel, "width": 1.5}
    marker = {"color": look.color, "size": sizes, "line": rim, "opacity": 1.0}
    shown = {"x": points[steps, 0], "y": points[steps, 1], "customdata": steps, "name": name, "showlegend": False}
    figure.add_trace(go.Scatter(mode="markers", marker=marker, hovertemplate="step %{customdata}", **shown), row=1, col=1)


def add_start(figure: Figure, theme: str, start: tuple[float, float]) -> None:
    """Where all lanes begin."""
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    ring = {"symbol": "circle-open", "size": 14, "color": tokens.ink, "line": {"width": 2.5}}
    place = {"x": [start[0]], "y": [start[1]], "name": "start", "showlegend": False, "hoverinfo": "name+x+y"}
    figure.add_trace(go.Scatter(mode="markers", marker=ring, **place), row=1, col=1)
    text = {"text": "start", "bgcolor": tokens.panel, "showarrow": False, "yshift": 18, "borderpad": 1}
    figure.add_annotation(x=start[0], y=start[1], row=1, col=1, **text)


def add_arrival(figure: Figure, theme: str, look: Look, step: int, loss: float, *, stays: bool) -> None:
    """Where a lane comes to the finish in the loss curves; a touch that does not last is hollow."""
    import plotly.graph_objects as go

    paper = THEMES[theme].panel
    fill, rim = (look.color, paper) if stays else (paper, look.color)
    marker = {"size": 10 if stays else 8, "color": fill, "line": {"width": 1.5, "color": rim}}
    words = "arrives" if stays else "touches the finish, and leaves it again"
    trace = go.Scatter(x=[step], y=[loss], mode="markers", marker=marker, name=words, showlegend=False, hoverinfo="name+x+y")
    figure.add_trace(trace, row=2, col=1)


def add_stars(figure: Figure, theme: str, x: list[float], y: list[float], name: str) -> None:
    """Points on the ground, such as minima."""
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    star = {"symbol": "star", "size": 12, "color": tokens.panel, "line": {"color": tokens.ink, "width": 1}}
    figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=star, name=name, showlegend=False), row=1, col=1)


def add_finish(figure: Figure, theme: str, finish: float, losses: list[Array], *, logarithmic: bool) -> None:
    """A line in the loss curves, with its name. On a logarithmic axis two decades below it are shown at most, as on the page:
    who is nearer to the minimum is none the better for it."""
    tokens = THEMES[theme]
    line = {"color": tokens.ink_2, "dash": "dash", "width": 1.5}
    figure.add_shape(type="line", xref="x2 domain", x0=0, x1=1, y0=finish, y1=finish, yref="y2", line=line)
    place = {"xref": "x2 domain", "x": 1, "xanchor": "right", "yref": "y2", "yanchor": "top", "showarrow": False}
    height = math.log10(finish) if logarithmic else finish
    figure.add_annotation(y=height, text=f"finish: {finish:.6g}", bgcolor=tokens.panel, **place)
    seen = [np.log10(each[np.isfinite(each) & (each > 0.0)]) for each in losses]
    if logarithmic and any(each.size for each in seen):
        low = max(min(height - 0.3, *(each.min() for each in seen if each.size)), height - 2.0)
        begun = max(low + 1.0, *(each[0] for each in seen if each.size))
        high = min(begun + 2.0, max(begun, *(each.max() for each in seen if each.size)))
        figure.update_yaxes(range=[low - 0.1, high + 0.1], row=2, col=1)


def add_table(figure: Figure, theme: str, heads: list[str], columns: list[list[str]]) -> None:
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    look = {"fill": {"color": tokens.panel}, "font": {"color": tokens.ink}, "line": {"color": tokens.line}, "align": "left"}
    figure.add_trace(go.Table(header=look | {"values": heads}, cells=look | {"values": columns}), row=3, col=1)


def name_axes(figure: Figure, *, logarithmic: bool, below: str, title: str = "loss") -> None:
    """Of the loss curves; `below` is the title of their steps. Numbers are written in full: Plotly's own 2 is for 20, too."""
    loss = "log" if logarithmic else "linear"
    figure.update_yaxes(type=loss, tickformat="~g", title=title, row=2, col=1)
    figure.update_xaxes(title=below, row=2, col=1)


def finished(figure: Figure, theme: str, title: str) -> Figure:
    """With the theme's colours and a title."""
    from engine.parts import give_way

    tokens = THEMES[theme]
    give_way()
    return figure.update_layout(
        template="plotly_white" if theme == "light" else "plotly_dark",
        paper_bgcolor=tokens.panel,
        plot_bgcolor=tokens.panel,
        font={"family": FONT, "color": tokens.ink},
        title=title,
        height=1100,
        legend={"x": 1.12},  # beside the bar of colors
    )
