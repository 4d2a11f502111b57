"""Drawing channels for a viewer: which are due, what a picture depends on, and making and encoding pictures in a worker."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from server.channels import CHANNELS
from server.frames import encode
from server.microscope import Sight
from server.pictured import Picture, Want
from server.protocol import Channel, ErrorEvent
from server.race.channels import RACE_CHANNELS
from server.race.channels import key_of as race_key_of
from server.race.network_channels import NETWORK_CHANNELS
from server.race.network_channels import key_of as network_key_of
from server.viewer import Slot, Viewer

if TYPE_CHECKING:
    from engine import Trainer
    from server.session import Session

log = logging.getLogger("chainrule")


class Order(NamedTuple):
    """A picture to be made: the slot it is for, what it will show, how it is made, its frame's header, what the viewer has."""

    channel: Channel
    slot: Slot
    key: Hashable
    make: Callable[[], Picture | None]
    header: dict[str, Any]
    cursor: Hashable


class Made(NamedTuple):
    """What became of an order; `frame` is None where there is nothing to show, `error` where it failed."""

    order: Order
    frame: bytes | None
    cursor: Hashable
    seconds: float
    error: Exception | None


def key_of(session: Session, trainer: Trainer, viewer: Viewer, channel: Channel) -> Hashable:
    """A picture is made again only when this has changed."""
    if channel == "data":
        return session.run
    if channel == "inputs":
        return session.run, viewer.grid
    if channel == "series":
        return session.run, trainer.branch, trainer.series.revision, len(trainer.series)
    point = point_of(session, trainer)
    if channel == "microscope":
        return point, viewer.look.notation, session.scope.revision
    if channel == "microstep":
        return point, viewer.look, session.scope.revision
    return point


def point_of(session: Session, trainer: Trainer) -> Hashable:
    """Where a session stands: what is the same at two times that have the same point."""
    return session.run, trainer.branch, trainer.steps_done, session.changes


async def draw(session: Session, viewer: Viewer) -> float:
    """Make what is due and put it in the viewer's slots; the seconds until more is. All is made in one go, so that it is
    painted together; what takes longer than a slice of training waits for the next."""
    orders, soon = _due(session, viewer)
    if not orders:
        return soon
    started = time.monotonic()
    for made in await session.call(_make, orders, session.settings.slice_seconds):
        channel, slot, key = made.order.channel, made.order.slot, made.order.key
        slot.key, slot.made, slot.cursor = key, started, made.cursor
        slot.spent(made.seconds)
        if made.error is not None:
            log.error("channel %s failed", channel, exc_info=made.error)
            viewer.put(ErrorEvent(code="internal", message=f"The channel {channel} failed on the server"))
        elif made.frame is not None and viewer.slots.get(channel) is slot:
            viewer.put_frame(channel, made.order.header["frame"], made.frame)
    return 0.0


def _due(session: Session, viewer: Viewer) -> tuple[list[Order], float]:
    """The pictures to make now, and the seconds until there are more. A session at rest is shown at once."""
    orders, soon, now = [], math.inf, time.monotonic()
    desk, network, trainer = session.desk, session.network, session.trainer
    for channel, slot in viewer.slots.items():
        racing, networked = channel in RACE_CHANNELS, channel in NETWORK_CHANNELS
        if racing:
            key = race_key_of(desk, viewer, channel, slot)
        elif networked:
            key = network_key_of(network, channel, slot)
        else:
            # Not during a seek: nobody looks at what lies between.
            key = None if trainer is None or session.seeking else key_of(session, trainer, viewer, channel)
        if key is None or slot.key == key or not viewer.ready(slot):
            continue
        wait = slot.made + viewer.interval(channel) - now
        if wait > 0 and (desk.work is not None if racing else network.busy if networked else session.work is not None):
            soon = min(soon, wait)
            continue
        want = Want(
            session.run,
            min(viewer.grid, session.settings.max_grid),
            slot.cursor,
            viewer.sample,
            lane=viewer.lane,
            plane=viewer.plane,
        )
        header: dict[str, Any] = {"type": "frame", "channel": channel, "frame": viewer.next_frame()}
        make: Callable[[], Picture | None]
        if racing and desk.race is not None:
            header |= {"run": desk.number, "branch": 0, "step": desk.race.step}
            make = partial(RACE_CHANNELS[channel], desk, want)
        elif networked:
            header |= {"run": network.number, "branch": 0, "step": 0 if network.race is None else network.race.step}
            make = partial(NETWORK_CHANNELS[channel], network, want)
        else:
            assert trainer is not None
            want = want._replace(sight=Sight(session.scope, point_of(session, trainer), viewer.look))
            header |= {"run": session.run, "branch": trainer.branch, "step": trainer.steps_done}
            make = partial(CHANNELS[channel], trainer, want)
        orders.append(Order(channel, slot, key, make, header, slot.cursor))
    return orders, soon


def _make(orders: Sequence[Order], seconds: float) -> list[Made]:
    """In a worker: pictures one after the other, none begun after so many seconds. Their arrays are copied into the frames
    here, before the next update changes them."""
    begun = time.perf_counter()
    all_made: list[Made] = []
    for order in orders:
        started = time.perf_counter()
        if all_made and started - begun > seconds:
            break
        frame, cursor, error = None, order.cursor, None
        try:
            picture = order.make()
            if picture is not None:
                frame, cursor = encode(order.header | {"meta": picture.meta}, picture.arrays), picture.cursor
        except Exception as raised:
            error = raised
        all_made.append(Made(order, frame, cursor, time.perf_counter() - started, error))
    return all_made
