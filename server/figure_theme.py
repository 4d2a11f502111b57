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


LANES = {
    "light": ("#195a20", "#bd5650", "#2c2180", "#2c8f8c", "#84105c", "#23689a", "#958e14", "#b262c6"),
    "dark": ("#559f64", "#dd97bc", "#f5d78e", "#8bcdff", "#c8fb6a", "#e5d9f2", "#98a52a", "#a870aa"),
}
OTHER_LANES = {
    "light": ("#3f9a4a", "#7f2a28", "#6a62c4", "#175855", "#c2559c", "#4a93c4", "#5c5604", "#6d2484"),
    "dark": ("#9ddba8", "#a84f7e", "#b08a38", "#4d8cc0", "#7da31f", "#a08fb4", "#ced873", "#dcb4dc"),
}
"""The tokens' lane colours; an optimizer that is there again has them in another lightness."""
DASHES = ("solid", "dash", "dot", "dashdot")
GROUND = {
    "light": ("#4f7cab", "#7fa8c6", "#adcad6", "#d8e4e0", "#f6f1e4"),
    "dark": ("#6fa3cc", "#467399", "#2f5069", "#213645", "#171d27"),
}
"""The tokens' colours of heights, low to high: the highest is paper."""
SIGNS = {
    "light": ("#d2691e", "#f2bf93", "#fcfbf8", "#9cc5e8", "#1f6fb5"),
    "dark": ("#f0934a", "#7a4216", "#12151b", "#24507a", "#5aa9ee"),
}
"""The tokens' colours of signed numbers, the most negative first; 0 is paper."""


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
