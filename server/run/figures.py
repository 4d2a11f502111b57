"""The run's Plotly figures: traces and layout in both themes. The page feeds them data and never writes a layout of its own.

A trace is found by its ``uid``, which is the name of the recorded series it shows; ``meta.axis`` says what its x is.
"""

from __future__ import annotations

from typing import Any

from server.figure_theme import CONFIG, THEMES, Theme, layout_of, merged


def figures() -> dict[str, Any]:
    """Every figure: ``{name: {"light": {data, layout}, "dark": {data, layout}, "config": …}}``."""
    makers = {"loss": _loss, "loss_linear": _loss_linear, "accuracy": _accuracy, "finder": _finder}
    return {
        name: {**{theme: make(tokens) for theme, tokens in THEMES.items()}, "config": CONFIG} for name, make in makers.items()
    }


def _loss(theme: Theme) -> dict[str, Any]:
    axis = {"type": "log", "nticks": 4, "exponentformat": "power"}
    return _with_batches(theme, _curves(theme, "loss", axis, "%{y:.4g}"))


def _loss_linear(theme: Theme) -> dict[str, Any]:
    """The same curves on an axis that begins at zero."""
    axis = {"type": "linear", "rangemode": "tozero", "nticks": 5, "tickformat": "~g"}
    return _with_batches(theme, _curves(theme, "loss", axis, "%{y:.4g}"))


def _with_batches(theme: Theme, figure: dict[str, Any]) -> dict[str, Any]:
    """The loss of each update's mini-batch, faint behind the curves; the page's legend names it."""
    import plotly.graph_objects as go

    trace = go.Scatter(
        x=[],
        y=[],
        name="mini-batch",
        uid="batch_loss",
        meta={"series": "batch_loss", "split": "mini-batch"},
        mode="lines",
        line={"color": theme.train, "width": 1},
        opacity=0.3,
        connectgaps=False,
        hovertemplate="mini-batch %{y:.4g}<extra></extra>",
    )
    return figure | {"data": [trace.to_plotly_json(), *figure["data"]]}


def _accuracy(theme: Theme) -> dict[str, Any]:
    axis = {"range": [0, 1.02], "tickformat": ".0%", "nticks": 6}
    return _curves(theme, "accuracy", axis, "%{y:.1%}")


def _curves(theme: Theme, quantity: str, y_axis: dict[str, Any], value: str) -> dict[str, Any]:
    """The train, validation and test curve of one quantity along the run. Names stand at the lines' ends, drawn by the page."""
    import plotly.graph_objects as go  # here: it is not needed before a page asks for it

    lines = {
        "train": {"color": theme.train, "width": 1.5},
        "validation": {"color": theme.test, "width": 1.5, "dash": "dot"},
        "test": {"color": theme.test, "width": 1.5},
    }
    figure = go.Figure(
        data=[
            go.Scatter(
                x=[],
                y=[],
                name=split,
                uid=f"{split}_{quantity}",
                meta={"series": f"{split}_{quantity}", "split": split},
                mode="lines",
                line=line,
                connectgaps=False,
                hovertemplate=f"{split} {value}<extra></extra>",
            )
            for split, line in lines.items()
        ],
        layout=layout_of(theme, y_axis),
    )
    return {"data": figure.to_plotly_json()["data"], "layout": figure.to_plotly_json()["layout"]}


def _finder(theme: Theme) -> dict[str, Any]:
    """Loss against the learning rate, both on log axes: what every mini-batch had, and smoothed."""
    import plotly.graph_objects as go

    lines = {
        "losses": ("loss of each mini-batch", {"color": theme.ink_2, "width": 1}, 0.5),
        "smoothed": ("smoothed", {"color": theme.train, "width": 2}, 1.0),
    }
    axis = {"type": "log", "dtick": "D2", "tickformat": "~g"}
    layout = layout_of(theme, axis | {"title": {"text": "loss"}})
    rates = {"type": "log", "title": {"text": "learning rate η"}, "rangemode": "normal", "tickmode": "array"}
    layout["xaxis"] = merged(layout["xaxis"], rates)
    layout["margin"] = {"l": 56, "r": 16, "t": 56, "b": 40}
    traces = [
        go.Scatter(
            x=[],
            y=[],
            name=name,
            uid=uid,
            mode="lines",
            line=line,
            opacity=opacity,
            hovertemplate=f"{name} %{{y:.4g}}<extra></extra>",
        )
        for uid, (name, line, opacity) in lines.items()
    ]
    figure = go.Figure(data=traces, layout=layout).to_plotly_json()
    return {"data": figure["data"], "layout": figure["layout"]}
