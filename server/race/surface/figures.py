"""The race's Plotly figures: the surface as contours and in 3-D, the loss curves; and the page to take away, which has all.

On the page contours are the ground and a canvas draws what moves; in 3-D and in the loss curves the page adds a trace for each
lane from the figure's `lane` trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.figure_theme import FONT, SMALL, THEMES, Theme, layout_of, merged
from server.race.names import name_of, title
from server.race.surface.channels import standings, surface
from server.session.channel_types import Want

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from engine.race import Race
    from server.race.surface.controller import Desk

LANES = {
    "light": ("#117733", "#cc6677", "#332288", "#44aa99", "#882255", "#b59f00", "#6fb7dd", "#aa4499"),
    "dark": ("#44bb99", "#ffaabb", "#eedd88", "#99ddff", "#bbcc33", "#aaaa00", "#dddddd", "#c9a0dc"),
}
"""The tokens' lane colours; lanes 9 to 16 have them again, dashed."""
GROUND = {"light": ("#8b94a6", "#c3c8d0", "#fcfbf8"), "dark": ("#5b6473", "#2c323d", "#12151b")}
"""Low to high: ink towards paper. Blue and orange are signs, and lanes have the colours."""


def race_figures() -> dict[str, Any]:
    """By name and theme, as `server.http.figures` has its own."""
    makers = {
        "race_contour": _contour,
        "race_3d": _three,
        "network_3d": _glassy,
        "race_loss": _loss,
        "race_loss_linear": _loss_linear,
    }
    config = {"displayModeBar": False, "responsive": False, "scrollZoom": True}
    found = {name: {**{theme: make(theme) for theme in THEMES}, "config": config} for name, make in makers.items()}
    # A double click is the page's own: it shows the whole surface again.
    found["race_contour"]["config"] = config | {"doubleClick": False, "doubleClickDelay": 500}
    return found


LIT = {"light": GROUND["light"], "dark": ("#a9b1bf", "#5b6473", "#2c323d")}
"""In 3-D the light takes some away."""


def _scale(shades: tuple[str, str, str]) -> list[list[Any]]:
    low, middle, high = shades
    return [[0.0, low], [0.4, middle], [1.0, high]]


def _plain(traces: list[Any], layout: dict[str, Any]) -> dict[str, Any]:
    import plotly.graph_objects as go

    made = go.Figure(data=traces, layout=layout).to_plotly_json()
    return {"data": made["data"], "layout": made["layout"]}


def _plane(theme: Theme, **more: Any) -> dict[str, Any]:
    layout = layout_of(theme, {"title": {"text": ""}, "nticks": 8})
    own = {"showgrid": False, "rangemode": "normal", "title": {"text": ""}, "nticks": 8, "constrain": "domain"}
    layout["xaxis"], layout["yaxis"] = merged(layout["xaxis"], own), merged(layout["yaxis"], own)
    return layout | {"margin": {"l": 36, "r": 12, "t": 8, "b": 24}, "hovermode": False, "dragmode": "pan"} | more


def _contour(name: str) -> dict[str, Any]:
    theme = THEMES[name]
    return _plain([ground_of(name)], _plane(theme))


def ground_of(name: str, **more: Any) -> Any:
    import plotly.graph_objects as go

    return go.Contour(
        uid="surface",
        colorscale=_scale(GROUND[name]),
        showscale=False,
        line={"width": 0.5, "color": THEMES[name].ink_2},
        contours={"coloring": "fill"},
        hoverinfo="skip",
        **more,
    )


def _glassy(name: str) -> dict[str, Any]:
    """On the network lanes pass below the picture as well as above it: its plane shows what lies behind."""
    return _three(name, 0.55)


def _three(name: str, opacity: float = 0.95) -> dict[str, Any]:
    import plotly.graph_objects as go

    theme = THEMES[name]
    axis: dict[str, Any] = {"gridcolor": theme.line, "zeroline": False, "showbackground": False}
    axis["tickfont"] = {"size": SMALL, "color": theme.ink_2}
    traces = [
        go.Surface(uid="surface", colorscale=_scale(LIT[name]), showscale=False, hoverinfo="skip", opacity=opacity),
        go.Scatter3d(uid="lane", mode="lines", line={"width": 5}, x=[], y=[], z=[], hoverinfo="skip"),
        go.Scatter3d(uid="head", mode="markers", marker={"size": 5}, x=[], y=[], z=[], hoverinfo="skip"),
    ]
    scene: dict[str, Any] = {f"{letter}axis": axis | {"title": {"text": letter}} for letter in "xy"}
    scene |= {"zaxis": axis | {"title": {"text": "f"}}, "uirevision": "keep"}
    scene["camera"] = {"eye": {"x": 0.3, "y": -1.1, "z": 1.8}}
    layout: dict[str, Any] = {"template": {}, "paper_bgcolor": "rgba(0,0,0,0)", "showlegend": False, "uirevision": "keep"}
    layout |= {"font": {"family": FONT, "size": SMALL, "color": theme.ink}, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    return _plain(traces, layout | {"scene": scene})


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
    return _plain([trace], layout)


def dashed(slot: int) -> str:
    return "solid" if slot < 8 else "dash"


def sheet() -> Figure:
    """A page to take away, still empty: the ground above, the losses below it, a table last."""
    from plotly.subplots import make_subplots

    return make_subplots(
        rows=3,
        cols=1,
        row_heights=[0.56, 0.24, 0.2],
        vertical_spacing=0.06,
        specs=[[{"type": "xy"}], [{"type": "xy"}], [{"type": "table"}]],
    )


def table_of(theme: str, heads: list[str], columns: list[list[str]]) -> Any:
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    look = {"fill": {"color": tokens.panel}, "font": {"color": tokens.ink}, "line": {"color": tokens.line}, "align": "left"}
    return go.Table(header=look | {"values": heads}, cells=look | {"values": columns})


def dressed(figure: Figure, theme: str, title: str) -> Figure:
    tokens = THEMES[theme]
    return figure.update_layout(
        template="plotly_white" if theme == "light" else "plotly_dark",
        paper_bgcolor=tokens.panel,
        plot_bgcolor=tokens.panel,
        font={"family": FONT, "color": tokens.ink},
        title=title,
        height=1100,
    )


def whole(race: Race, desk: Desk, theme: str) -> Figure:
    """Surface and trails over the loss curves, and a table of the standings: plain Plotly, which a file of its own can hold."""
    import plotly.graph_objects as go

    found = surface(desk, Want(desk.number, 50, None))
    ranked = standings(desk, Want(desk.number, 50, None))
    assert found is not None and ranked is not None
    levels, tokens = found.meta["levels"], THEMES[theme]
    figure = sheet()
    ground = ground_of(theme, x=found.arrays["x"], y=found.arrays["y"], z=found.arrays["level"])
    ground.update(contours=levels | {"coloring": "fill"})
    figure.add_trace(ground, row=1, col=1)
    minima = found.meta["minima"]
    if minima:
        star = {"symbol": "star", "size": 12, "color": tokens.panel, "line": {"color": tokens.ink, "width": 1}}
        where = {"x": [each["x"] for each in minima], "y": [each["y"] for each in minima]}
        figure.add_trace(go.Scatter(**where, mode="markers", marker=star, name="minimum", showlegend=False), row=1, col=1)
    for lane in race.lanes:
        points, losses, name = race.trail(lane.id), race.losses(lane.id), name_of(lane)
        steps = list(range(len(points)))
        line = {"color": LANES[theme][lane.slot % 8], "dash": dashed(lane.slot), "width": 2}
        both = {"name": name, "legendgroup": str(lane.id), "mode": "lines", "line": line}
        told = "step %{customdata}<br>x %{x}<br>y %{y}"
        figure.add_trace(go.Scatter(x=points[:, 0], y=points[:, 1], customdata=steps, hovertemplate=told, **both), row=1, col=1)
        figure.add_trace(go.Scatter(x=steps, y=losses, hovertemplate="%{y}", showlegend=False, **both), row=2, col=1)
    (x0, x1), (y0, y1) = found.meta["domain"]
    figure.update_xaxes(range=[x0, x1], row=1, col=1)
    figure.update_yaxes(range=[y0, y1], row=1, col=1)
    positive = all((race.losses(lane.id)[:1] > 0).all() for lane in race.lanes) and found.meta["least"] >= 0
    figure.update_yaxes(type="log" if positive else "linear", exponentformat="power", title="loss", row=2, col=1)
    figure.update_xaxes(title="step", row=2, col=1)
    rows = [(race.lane(row["id"]), row) for row in ranked.meta["lanes"]]
    cells = [
        [name_of(lane) for lane, _ in rows],
        [f"{row['rate']:g}" for _, row in rows],
        [f"{row['loss']:.6g}" for _, row in rows],
        ["–" if row["reached"] is None else str(row["reached"]) for _, row in rows],
        ["" if row["diverged"] is None else f"diverged at step {row['diverged']}" for _, row in rows],
    ]
    heads = ["lane", "rate η", f"loss at step {race.step}", f"steps to {desk.threshold:g}", ""]
    figure.add_trace(table_of(theme, heads, cells), row=3, col=1)
    words = f"{title(race)}, start ({race.start[0]:g}, {race.start[1]:g}), step {race.step}"
    return dressed(figure, theme, f"chainrule: a race on {words}")
