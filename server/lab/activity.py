"""The lab as an activity of a session: its commands, its channel, its gallery."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from server.lab.controller import Lab
from server.lab.handlers import HANDLERS
from server.lab.picture import picture
from server.mathml import block, prose
from server.protocol.lab import LabInfo
from server.session.activity import Channel, Kind
from server.session.channel_types import Cadence, Picture, Want
from server.session.viewer import Slot, Viewer

NEWS = Cadence(1 / 10, apart=4)
"""What is found so far comes as often as it can be read; other channels do not wait for it."""


def _found(lab: Lab, want: Want) -> Picture | None:
    present = lab.present
    return None if present is None else picture(present.told(), present.found)


def _found_key(lab: Lab, viewer: Viewer, slot: Slot) -> Hashable:
    present = lab.present
    return None if present is None else (present.number, present.shown)


def document() -> dict[str, Any]:
    """The gallery: each row with its formula as MathML, its words as HTML."""
    from engine.lab import EXPERIMENTS

    rows = []
    for experiment in EXPERIMENTS.values():
        made = {"mathml": block(experiment.formula), "why": prose(experiment.why), "summary_html": prose(experiment.summary)}
        rows.append(experiment.as_json() | made)
    return {"experiments": rows}


LAB = Kind(
    name="lab",
    begin=Lab,
    handlers=HANDLERS,
    events=(LabInfo,),
    channels=(Channel("lab", _found, _found_key, NEWS),),
    documents={"/api/lab": document},
    turn=3,
)
