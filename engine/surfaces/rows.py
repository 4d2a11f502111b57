"""Surfaces to race on, functions of two variables: every row, gathered."""

from engine.rows.row import by_name
from engine.surfaces.bowls import BOWLS
from engine.surfaces.landforms import LANDFORMS
from engine.surfaces.published import PUBLISHED
from engine.surfaces.row import Box, Minimum, Surface

__all__ = ["SURFACES", "Box", "Minimum", "Surface"]

SURFACES = by_name((*BOWLS, *PUBLISHED, *LANDFORMS))
