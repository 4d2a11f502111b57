"""What Plotly figures of both races are made of: colours, the ground as contours or in 3-D, the parts of a page to take away.

On the page contours are the ground and a canvas draws what moves; in 3-D and in the loss curves the page adds a trace for each
lane from the figure's `lane` trace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.figure_theme import FONT, SMALL, THEMES

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LANES = {
    "light": ("#117733", "#cc6677", "#332288", "#44aa99", "#882255", "#b59f00", "#6fb7dd", "#aa4499"),
    "dark": ("#44bb99", "#ffaabb", "#eedd88", "#99ddff", "#bbcc33", "#aaaa00", "#dddddd", "#c9a0dc"),
}
"""The tokens' lane colours; lanes 9 to 16 have them again, dashed."""
GROUND = {"light": ("#8b94a6", "#c3c8d0", "#fcfbf8"), "dark": ("#5b6473", "#2c323d", "#12151b")}
"""Low to high: ink towards paper. Blue and orange are signs, and lanes have the colours."""
LIT = {"light": GROUND["light"], "dark": ("#a9b1bf", "#5b6473", "#2c323d")}
"""In 3-D the light takes some away."""
CONFIG = {"displayModeBar": False, "responsive": False, "scrollZoom": True}


def in_both_themes(make: Callable[[str], dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A figure of the page as a `Kind` has it; `more` goes into its configuration."""
    return {**{theme: make(theme) for theme in THEMES}, "config": CONFIG | more}


def plain(traces: list[Any], layout: dict[str, Any]) -> dict[str, Any]:
    """A figure as JSON can hold it."""
    import plotly.graph_objects as go

    made = go.Figure(data=traces, layout=layout).to_plotly_json()
    return {"data": made["data"], "layout": made["layout"]}


def color_of(theme: str, slot: int) -> str:
    """A lane's colour by the place it has."""
    return LANES[theme][slot % 8]


def dash_of(slot: int) -> str:
    return "solid" if slot < 8 else "dash"


def ground_of(theme: str, **more: Any) -> Any:
    """Filled contours."""
    import plotly.graph_objects as go

    return go.Contour(
        uid="surface",
        colorscale=_scale(GROUND[theme]),
        showscale=False,
        line={"width": 0.5, "color": THEMES[theme].ink_2},
        contours={"coloring": "fill"},
        hoverinfo="skip",
        **more,
    )


def in_3d(name: str, opacity: float = 0.95) -> dict[str, Any]:
    """The ground, a lane's line and its head; the camera looks from above."""
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
    return plain(traces, layout | {"scene": scene})


def _scale(shades: tuple[str, str, str]) -> list[list[Any]]:
    low, middle, high = shades
    return [[0.0, low], [0.4, middle], [1.0, high]]


# A page to take away ------------------------------------------------------------------------------------------------


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


def add_ground(figure: Figure, theme: str, arrays: dict[str, Any], levels: dict[str, Any]) -> None:
    """The heights `level` over `x` and `y`, filled between the contours that `levels` tells."""
    ground = ground_of(theme, x=arrays["x"], y=arrays["y"], z=arrays["level"])
    ground.update(contours=levels | {"coloring": "fill"})
    figure.add_trace(ground, row=1, col=1)


def add_stars(figure: Figure, theme: str, x: list[float], y: list[float], name: str) -> None:
    """Points on the ground, such as minima."""
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    star = {"symbol": "star", "size": 12, "color": tokens.panel, "line": {"color": tokens.ink, "width": 1}}
    figure.add_trace(go.Scatter(x=x, y=y, mode="markers", marker=star, name=name, showlegend=False), row=1, col=1)


def add_table(figure: Figure, theme: str, heads: list[str], columns: list[list[str]]) -> None:
    import plotly.graph_objects as go

    tokens = THEMES[theme]
    look = {"fill": {"color": tokens.panel}, "font": {"color": tokens.ink}, "line": {"color": tokens.line}, "align": "left"}
    figure.add_trace(go.Table(header=look | {"values": heads}, cells=look | {"values": columns}), row=3, col=1)


def name_axes(figure: Figure, *, logarithmic: bool, below: str) -> None:
    """Of the loss curves; `below` is the title of their steps."""
    loss = "log" if logarithmic else "linear"
    figure.update_yaxes(type=loss, exponentformat="power", title="loss", row=2, col=1)
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
    )
