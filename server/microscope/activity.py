"""The microscope as a row: its commands, its channels, what it serves."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from server.microscope.controller import Microscope
from server.microscope.handlers import HANDLERS
from server.microscope.views import microscope, microstep
from server.session.activity import Channel, Kind
from server.session.channel_types import Picture, Want
from server.session.viewer import Slot, Viewer


def _update(own: Microscope, want: Want) -> Picture | None:
    return microscope(own.trainer(), own.sight(want.viewer))


def _update_key(own: Microscope, viewer: Viewer, slot: Slot) -> Hashable:
    point = own.run.point()
    return None if point is None else (point, own.look(viewer).notation, own.scope.revision)


def _step(own: Microscope, want: Want) -> Picture | None:
    return microstep(own.trainer(), own.sight(want.viewer))


def _step_key(own: Microscope, viewer: Viewer, slot: Slot) -> Hashable:
    point = own.run.point()
    return None if point is None else (point, own.look(viewer), own.scope.revision)


def document() -> dict[str, Any]:
    """Ready runs to step through, expressions for the chain rule, and notations."""
    from engine.microscope import GRAPHS, NOTATIONS, PRESETS

    return {
        "presets": [preset.as_json() for preset in PRESETS.values()],
        "graphs": [graph.as_json() for graph in GRAPHS.values()],
        "notations": [notation.as_json() for notation in NOTATIONS.values()],
    }


MICROSCOPE = Kind(
    "microscope",
    Microscope,
    HANDLERS,
    channels=(Channel("microscope", _update, _update_key), Channel("microstep", _step, _step_key)),
    documents={"/api/microscope": document},
    turn=1,
)
