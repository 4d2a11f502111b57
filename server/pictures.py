"""Drawing a channel for a viewer: what a picture depends on, and making and encoding it in a worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from server.channels import CHANNELS, Cursor, Want
from server.frames import encode
from server.protocol import Channel, ErrorEvent
from server.viewer import Slot, Viewer

if TYPE_CHECKING:
    from engine import Trainer
    from server.session import Session

log = logging.getLogger("chainrule")


def key_of(session: Session, trainer: Trainer, channel: Channel) -> Hashable:
    """A picture is made again only when this has changed."""
    if channel == "data":
        return session.run
    if channel == "series":
        return session.run, trainer.branch, trainer.series.revision, len(trainer.series)
    return session.run, trainer.branch, trainer.steps_done, session.changes


async def draw(session: Session, trainer: Trainer, viewer: Viewer, channel: Channel, slot: Slot) -> None:
    """Make the picture and put it in the viewer's slot."""
    want = Want(session.run, min(viewer.grid, session.settings.max_grid), slot.cursor)
    number = viewer.next_frame()
    slot.made = time.monotonic()
    try:
        frame, slot.cursor, slot.cost = await session.call(_make, trainer, channel, want, number)
    except Exception:
        log.exception("channel %s failed", channel)
        viewer.put(ErrorEvent(code="internal", message=f"The channel {channel} failed on the server"))
        return
    if frame is not None and viewer.slots.get(channel) is slot:
        viewer.put_frame(channel, number, frame)


def _make(trainer: Trainer, channel: Channel, want: Want, number: int) -> tuple[bytes | None, Cursor | None, float]:
    """In a worker: the frame (its arrays are copied here, before the next update changes them), and what it cost."""
    started = time.perf_counter()
    picture = CHANNELS[channel](trainer, want)
    frame = None
    if picture is not None:
        header: dict[str, Any] = {"type": "frame", "channel": channel, "frame": number, "run": want.run}
        header |= {"branch": trainer.branch, "step": trainer.steps_done, "meta": picture.meta}
        frame = encode(header, picture.arrays)
    return frame, picture.cursor if picture else want.cursor, time.perf_counter() - started
