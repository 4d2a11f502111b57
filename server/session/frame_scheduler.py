"""Drawing channels for a viewer: which are due, what a picture depends on, and making and encoding pictures in a worker, in one
trip with the training that comes before."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from server.microscope import Sight
from server.protocol import Channel, ErrorEvent
from server.race.network.channels import NETWORK_CHANNELS
from server.race.network.channels import key_of as network_key_of
from server.race.surface.channels import RACE_CHANNELS
from server.race.surface.channels import key_of as race_key_of
from server.run.channels import CHANNELS
from server.session.channel_types import Picture, Want
from server.session.viewer import Slot, Viewer
from server.wire.frames import encode

if TYPE_CHECKING:
    from engine import Trainer
    from server.run.work import Work
    from server.session.pacer import Slice
    from server.session.session import Session

log = logging.getLogger("chainrule")
ORDER: tuple[Channel, ...] = (*CHANNELS, *RACE_CHANNELS, *NETWORK_CHANNELS)
"""In which pictures are made where several are due."""


class Order(NamedTuple):
    """A picture to be made: the slot it is for, the number of its frame, what it would show now, and how it is made."""

    channel: Channel
    slot: Slot
    frame: int
    key: Callable[[], Hashable]
    make: Callable[[], tuple[dict[str, Any], Picture | None]]
    """The frame's header, and the picture."""


class Made(NamedTuple):
    """What became of an order; `frame` is None where there is nothing to show, `error` where it failed."""

    order: Order
    key: Hashable
    frame: bytes | None
    cursor: Hashable
    begun: float
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


def due(session: Session, viewer: Viewer, *, moving: bool) -> tuple[list[Order], float]:
    """The pictures to make now, and the seconds until there are more. A session at rest is shown at once. `moving`: the run is
    about to be trained, so whether there is news of it is found out after that."""
    orders: list[Order] = []
    soon, now = math.inf, time.monotonic()
    crowd, lag = session.crowd, session.lag + (session.slice_seconds if moving else 0.0)  # until they are made
    desk, network, trainer = session.desk, session.network, session.trainer
    for channel in ORDER:
        slot = viewer.slots.get(channel)
        if slot is None or not viewer.ready(slot):
            continue
        key: Callable[[], Hashable]
        picture: Callable[[], tuple[dict[str, Any], Picture | None]]
        if channel in RACE_CHANNELS:
            busy, known = desk.work is not None, False
            key = partial(race_key_of, desk, viewer, channel, slot)
            picture = partial(_of_race, session, viewer, channel, slot)
        elif channel in NETWORK_CHANNELS:
            busy, known = network.busy, False
            key = partial(network_key_of, network, channel, slot)
            picture = partial(_of_network, session, viewer, channel, slot)
        elif trainer is None or session.seeking:
            continue  # not during a seek: nobody looks at what lies between
        else:
            busy, known = session.work is not None, moving
            key = partial(key_of, session, trainer, viewer, channel)
            picture = partial(_of_run, session, trainer, viewer, channel, slot)
        if not known and key() in (None, slot.key):
            continue
        wait = slot.made + max(viewer.interval(channel), crowd) - now - lag
        if wait > 0 and busy:
            soon = min(soon, wait)
        else:
            orders.append(Order(channel, slot, viewer.next_frame(), key, picture))
    return orders, soon


def _want(session: Session, viewer: Viewer, slot: Slot) -> Want:
    grid = min(viewer.grid, session.settings.max_grid)
    return Want(session.run, grid, slot.cursor, viewer.sample, lane=viewer.lane, plane=viewer.plane)


def _of_race(session: Session, viewer: Viewer, channel: Channel, slot: Slot) -> tuple[dict[str, Any], Picture | None]:
    desk = session.desk
    picture = RACE_CHANNELS[channel](desk, _want(session, viewer, slot))
    return {"run": desk.number, "branch": 0, "step": desk.present().step}, picture


def _of_network(session: Session, viewer: Viewer, channel: Channel, slot: Slot) -> tuple[dict[str, Any], Picture | None]:
    network = session.network
    picture = NETWORK_CHANNELS[channel](network, _want(session, viewer, slot))
    return {"run": network.number, "branch": 0, "step": 0 if network.race is None else network.race.step}, picture


def _of_run(
    session: Session, trainer: Trainer, viewer: Viewer, channel: Channel, slot: Slot
) -> tuple[dict[str, Any], Picture | None]:
    want = _want(session, viewer, slot)._replace(sight=Sight(session.scope, point_of(session, trainer), viewer.look))
    return {"run": session.run, "branch": trainer.branch, "step": trainer.steps_done}, CHANNELS[channel](trainer, want)


def make(orders: Sequence[Order], seconds: float) -> list[Made]:
    """In a worker: pictures one after the other, none begun after so many seconds of work; those left wait for the next turn.
    Their arrays are copied into the frames here, before the next update changes them. What a picture costs is this thread's own
    work: how long it waited for a processor says nothing of the picture."""
    begun, at_first = time.monotonic(), time.thread_time()
    all_made: list[Made] = []
    for order in orders:
        started = time.thread_time()
        if all_made and started - at_first > seconds:
            break
        key = order.key()
        if key in (None, order.slot.key):
            continue
        frame, cursor, error = None, order.slot.cursor, None
        try:
            header, picture = order.make()
            if picture is not None:
                head = {"type": "frame", "channel": order.channel, "frame": order.frame, **header, "meta": picture.meta}
                frame, cursor = encode(head, picture.arrays), picture.cursor
        except Exception as raised:
            error = raised
        all_made.append(Made(order, key, frame, cursor, begun, time.thread_time() - started, error))
    return all_made


def trip(
    trainer: Trainer | None, work: Work | None, slice: Slice, orders: Sequence[Order], seconds: float
) -> tuple[bool, Exception | None, list[Made]]:
    """In a worker: a slice, then pictures for so many seconds. Whether the work is over, how it failed, and what was made."""
    over, failed = False, None
    if work is not None and trainer is not None:
        try:
            over = work.advance(trainer, slice)
        except Exception as raised:
            failed = raised
    return over, failed, make(orders, seconds)


def show(viewer: Viewer, all_made: Sequence[Made]) -> None:
    """Put what was made into the viewer's slots. All of it was made in one go, so that it is painted together."""
    for made in all_made:
        channel, slot = made.order.channel, made.order.slot
        slot.key, slot.made, slot.cursor = made.key, made.begun, made.cursor
        slot.spent(made.seconds)
        if made.error is not None:
            log.error("channel %s failed", channel, exc_info=made.error)
            viewer.put(ErrorEvent(code="internal", message=f"The channel {channel} failed on the server"))
        elif made.frame is not None and viewer.slots.get(channel) is slot:
            viewer.put_frame(channel, made.order.frame, made.frame)
