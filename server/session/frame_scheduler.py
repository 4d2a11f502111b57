"""Drawing channels for viewers: which are due, and making and encoding pictures in a worker, in one trip with the slices that
come before."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from server.metrics import ENCODED
from server.protocol import ErrorEvent
from server.session.activity import NOTHING, Activity, Channel, Header, Job
from server.session.channel_types import Want
from server.session.viewer import Slot, Viewer
from server.wire.frames import encode

log = logging.getLogger("chainrule")

Outcome = tuple[Any, Exception | None]
"""What a job returned, and how it failed."""


class Order(NamedTuple):
    """A picture to be made, for a viewer's slot: the number of its frame, and whose channel it is."""

    viewer: Viewer
    slot: Slot
    frame: int
    activity: Activity
    channel: Channel

    def key(self) -> Hashable:
        """What the picture depends on, as it is now."""
        return self.channel.key(self.activity, self.viewer.eyes, self.slot)

    def want(self, run: int, finest: int) -> Want:
        """What is asked of the channel."""
        viewer, eyes = self.viewer, self.viewer.eyes
        grid = min(viewer.grid, finest)
        return Want(run, grid, self.slot.cursor, viewer.sample, viewer.lane, viewer.plane, eyes)


class Made(NamedTuple):
    """What became of an order; `frame` is None where there is nothing to show, `error` where it failed."""

    order: Order
    key: Hashable
    frame: bytes | None
    cursor: Hashable
    begun: float
    seconds: float
    error: Exception | None


class Load(NamedTuple):
    """How busy the server is: seconds that pictures are to be apart at least, and until those ordered now are made."""

    crowd: float
    lag: float


def due(
    channels: Mapping[str, tuple[Activity, Channel]],
    viewer: Viewer,
    going: Collection[Activity],
    load: Load,
    withheld: frozenset[str] = NOTHING,
) -> tuple[list[Order], float]:
    """The pictures to make now, and the seconds until there are more. What is at rest is shown at once. `going`: activities
    that are about to go ahead by a slice, so whether there is news of them is found out after that. What is `withheld` is
    drawn once it is no longer."""
    orders: list[Order] = []
    soon, now = math.inf, time.monotonic()
    for name, slot in viewer.slots.items():
        slot.due = False
        if name in withheld or not viewer.ready(slot):
            continue
        activity, channel = channels[name]
        source = activity.source
        leads = viewer.goes_with(name, slot)
        if leads is not None:
            if leads.due:
                orders.append(Order(viewer, slot, viewer.next_frame(), activity, channel))
            continue
        if source.seeking:
            continue  # nobody looks at what lies between
        if source not in going and channel.key(activity, viewer, slot) in (None, slot.key):
            continue
        wait = slot.made + max(viewer.interval(slot), load.crowd) - now - load.lag
        if wait > 0 and source.moving:
            soon = min(soon, wait)
        else:
            slot.due = True
            orders.append(Order(viewer, slot, viewer.next_frame(), activity, channel))
    return orders, soon


def make(orders: Sequence[Order], seconds: float, finest: int, all_made: list[Made]) -> None:
    """In a worker: pictures one after the other, added to those made, none begun after so many seconds of work; those left wait
    for the next turn. Their arrays are copied into the frames here, before the next update changes them. What one costs is this
    thread's own work: how long it waited for a processor says nothing of it. `finest`: the most cells along a side of a map.
    What several viewers want alike is made and encoded once."""
    begun, at_first = time.monotonic(), time.thread_time()
    known: dict[Hashable, Made] = {}
    for order in orders:
        started = time.thread_time()
        late = bool(all_made) and started - at_first > seconds
        if late and order.viewer.leader is None:
            continue
        key = order.key()
        if key in (None, order.slot.key):
            continue
        header = order.activity.header()
        want = order.want(header["run"], finest)
        alike = order.channel.name, key, want._replace(viewer=None)
        made = known.get(alike)
        if made is not None:
            all_made.append(made._replace(order=order._replace(frame=made.order.frame)))
            continue
        if late:
            continue
        frame, cursor, error = None, order.slot.cursor, None
        try:
            frame, cursor = _frame(order, header, want)
        except Exception as raised:
            error = raised
        made = known[alike] = Made(order, key, frame, cursor, begun, time.thread_time() - started, error)
        all_made.append(made)


def _frame(order: Order, header: Header, want: Want) -> tuple[bytes | None, Hashable]:
    channel = order.channel
    picture = channel.make(order.activity, want)
    if picture is None:
        return None, order.slot.cursor
    head = {"type": "frame", "channel": channel.name, "frame": order.frame, **header, "meta": picture.meta}
    ENCODED.labels(channel.name).inc()
    return encode(head, picture.arrays), picture.cursor


def trip(jobs: Sequence[Job], orders: Sequence[Order], seconds: float, finest: int) -> tuple[list[Outcome], list[Made]]:
    """In a worker: a slice of each job, then pictures for so many seconds. What is left on its way is as if it had not been
    due: a slice goes on in the next turn, a picture is made anew in it."""
    from engine.parts import LeftOff  # here, so that the server answers before the engine is imported

    outcomes: list[Outcome] = []
    made: list[Made] = []
    try:
        for job in jobs:
            try:
                outcomes.append((job.run(), None))
            except Exception as raised:
                outcomes.append((None, raised))
        make(orders, seconds, finest, made)
    except LeftOff:
        outcomes += [(None, None)] * (len(jobs) - len(outcomes))
    return outcomes, made


def show(all_made: Sequence[Made]) -> None:
    """Put what was made into the viewers' slots. All of it was made in one go, so that it is painted together."""
    for made in all_made:
        viewer, slot, name = made.order.viewer, made.order.slot, made.order.channel.name
        slot.key, slot.made, slot.cursor = made.key, made.begun, made.cursor
        slot.spent(made.seconds)
        if made.error is not None:
            log.error("channel %s failed", name, exc_info=made.error)
            viewer.put(ErrorEvent(code="internal", message=f"The channel {name} failed on the server"))
        elif made.frame is not None and viewer.slots.get(name) is slot:
            viewer.put_frame(name, made.order.frame, made.frame)
