"""The contours of a race's ground: at round numbers, as much of the picture between two as between the next two; and the
colours of its lanes and heights, which are the page's tokens."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest

from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES
from server.race.figures import GROUND, LANES, OTHER_LANES, THEMES
from server.race.levels import FEWEST, MOST, contour_values, positions, roundest

STYLES = Path(__file__).parents[2] / "web" / "styles"


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("part", [None, ((0.1, 0.4), (-0.2, 0.1)), ((0.30001, 0.30002), (0.1, 0.10001))])
def test_every_surface_has_a_dozen_contours_wherever_one_looks(name: str, part: tuple | None) -> None:
    f = SurfaceFunction(SurfaceSpec.model_validate(name)).grid(181, 181, part)[2]
    found = contour_values(f)
    assert len(found) <= MOST and found == sorted(set(found))
    distinct = np.unique(f[np.isfinite(f)])
    if len(distinct) < 1000 or np.ptp(distinct) < 1e-9 * np.abs(distinct).max():
        return  # flat here
    assert len(found) >= FEWEST
    assert distinct[0] < found[0] and found[-1] < distinct[-1]
    # No part of the picture is without: between two of them lies a fifth of it at most.
    shares = np.diff([0.0, *(np.mean(f[np.isfinite(f)] <= value) for value in found), 1.0])
    assert shares.max() < 0.2


def test_contours_are_round() -> None:
    x, y = np.meshgrid(np.linspace(-3, 3, 181), np.linspace(-3, 3, 181))
    for f in ((x**2 + y**2) / 2, 1e6 * (x**2 + y**2) - 30, (1 - x) ** 2 + 100 * (y - x**2) ** 2, x**2 - y**2):
        assert all(len(f"{value:.12g}".strip("-0.").rstrip("0").replace(".", "")) <= 3 for value in contour_values(f))
    assert contour_values(np.full((5, 5), 3.0)) == [] == contour_values(np.full((5, 5), np.nan))
    partly = np.where(x < 0, np.nan, x)
    assert contour_values(partly) == contour_values(x[x >= 0])


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0.8, 1.7, 1.0), (-0.3, 0.9, 0.0), (1305.0, 3195.0, 2000.0), (0.31, 0.34, 0.32), (0.3, 0.3, 0.3), (-7.2, -6.1, -7.0)],
)
def test_the_roundest_number_between_two(low: float, high: float, wanted: float) -> None:
    assert roundest(low, high) == wanted


def test_a_contour_has_its_own_number_on_the_scale() -> None:
    heights = np.array([[0.0, 1.0, 10.0], [100.0, 55.0, np.nan]])
    places, end = positions(heights, [1.0, 10.0])
    assert end == 3
    assert np.array_equal(places, [[0.0, 1.0, 2.0], [3.0, 2.5, np.nan]], equal_nan=True)


# Colours -------------------------------------------------------------------------------------------------------------

SEEN = {
    "all": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Of linear RGB what is seen: Machado, Oliveira and Fernandes 2009, severity 1."""
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
) / np.array([[0.95047], [1.0], [1.08883]])


def linear(color: str) -> np.ndarray:
    values = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(color: str, other: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ linear(each)) for each in (color, other))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, eye: str = "all") -> np.ndarray:
    xyz = TO_XYZ @ np.clip(np.asarray(SEEN[eye]) @ linear(color), 0.0, 1.0)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(color: str, other: str) -> float:
    """ΔE (CIE 1976) for the eye that tells them apart worst."""
    return min(math.dist(lab(color, eye), lab(other, eye)) for eye in SEEN)


def tokens(theme: str) -> dict[str, str]:
    """The page's, with what `base.css` has of the dark theme."""
    light, _, dark = (STYLES / "tokens.css").read_text().partition('[data-theme="dark"]')
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if theme == "dark":
        found |= re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark + (STYLES / "base.css").read_text())
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_lanes_are_told_apart_by_every_eye(theme: str) -> None:
    own = tokens(theme)
    lanes = [own[f"lane-{i}"] for i in range(1, 9)]
    others = [own[f"lane-{i}-other"] for i in range(1, 9)]
    assert (tuple(lanes), tuple(others)) == (LANES[theme], OTHER_LANES[theme]), "an export has the page's colours"
    for color in (*lanes, *others):
        # Also of casings, which are paper: so a lane reads on every ground.
        assert min(contrast(color, own["paper"]), contrast(color, own["panel"])) >= 3.0
    opening = [lanes[place] for place in (0, 1, 2, 3, 4, 6)]  # gradient descent, momentum, Nesterov, AdaGrad, RMSProp, Adam
    assert min(apart(a, b) for a, b in itertools.combinations(opening, 2)) >= 19.0
    assert min(apart(a, b) for a, b in itertools.combinations(lanes, 2)) >= 12.0
    lightness = sorted(lab(color)[0] for color in opening)
    assert min(np.diff(lightness)) >= 3.0, "on a grey print, too"
    for color, other in zip(lanes, others, strict=True):
        assert abs(lab(color)[0] - lab(other)[0]) >= 15.0


@pytest.mark.parametrize("theme", THEMES)
def test_heights_go_evenly_from_a_colour_to_paper(theme: str) -> None:
    own = tokens(theme)
    ground = [own[f"ground-{i}"] for i in range(1, 6)]
    assert tuple(ground) == GROUND[theme]
    for eye in SEEN:
        lightness = [float(lab(color, eye)[0]) for color in ground]
        assert lightness == sorted(lightness, reverse=theme == "dark"), "towards paper"
        assert min(abs(np.diff(lightness))) >= 4.0
