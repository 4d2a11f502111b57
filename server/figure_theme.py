"""What all Plotly figures share: the design tokens of both themes, and a plain layout in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CONFIG = {"displayModeBar": False, "responsive": True}
FONT = "system-ui, sans-serif"
SMALL, MEDIUM = 12, 14


@dataclass(frozen=True, slots=True)
class Theme:
    """The design tokens that figures use."""

    panel: str
    line: str
    ink: str
    ink_2: str
    train: str
    test: str


THEMES = {
    "light": Theme(panel="#ffffff", line="#e4e0d8", ink="#1c2330", ink_2="#5b6473", train="#1c2330", test="#0b7a75"),
    "dark": Theme(panel="#191d25", line="#2c323d", ink="#e9ebef", ink_2="#a9b1bf", train="#e9ebef", test="#3fb8b0"),
}


def layout_of(theme: Theme, y_axis: dict[str, Any]) -> dict[str, Any]:
    axis = {
        "gridcolor": theme.line,
        "gridwidth": 1,
        "linecolor": theme.ink_2,
        "linewidth": 1,
        "showline": True,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": SMALL, "color": theme.ink_2},
        "title": {"font": {"size": SMALL, "color": theme.ink_2}, "standoff": 4},
        "fixedrange": False,
    }
    return {
        "template": {},  # not plotly's own, which has colours for everything
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": SMALL, "color": theme.ink},
        "margin": {"l": 48, "r": 40, "t": 8, "b": 36},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": theme.panel, "bordercolor": theme.line, "font": {"size": SMALL, "color": theme.ink}},
        "uirevision": "keep",
        "xaxis": merged(axis, {"rangemode": "tozero", "title": {"text": "epoch"}, "nticks": 6}),
        "yaxis": merged(axis, y_axis),
    }


def merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """`more` over `base`, one level deep."""
    result = dict(base)
    for key, value in more.items():
        result[key] = {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return result
