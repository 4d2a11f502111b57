"""One viewer: the order of its events, the latest slots, its bounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from server.protocol import CLOSE_OVERFLOW, Done, Speed, State, WarmUp
from server.viewer import Viewer


def state(step: int) -> State:
    return State(
        run=1,
        status="playing",
        step=step,
        end=step,
        max_steps=10,
        epoch=0,
        steps_per_epoch=1,
        branch=0,
        speed=Speed(),
        steps_per_second=None,
    )


def run(test: Callable[[], Awaitable[None]]) -> None:
    with ThreadPoolExecutor(1) as thread:  # of its own: another test's Playwright keeps this thread's loop running
        thread.submit(lambda: asyncio.run(test())).result()  # type: ignore[arg-type]


async def drain(viewer: Viewer, count: int) -> list[str | bytes]:
    messages = viewer.messages()
    return [await anext(messages) for _ in range(count)]


def test_events_keep_their_order_and_states_overwrite_each_other() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.put(state(1))
        viewer.put(Done(command="a"))
        viewer.put(WarmUp(done=1, total=2))
        viewer.put(state(2))
        viewer.put(Done(command="b"))
        viewer.put(WarmUp(done=2, total=2))
        found = [json.loads(message) for message in await drain(viewer, 4)]
        assert [event["type"] for event in found] == ["done", "state", "done", "warmup"]
        assert (found[0]["command"], found[1]["step"], found[2]["command"], found[3]["done"]) == ("a", 2, "b", 2)

    run(check)


def test_a_reader_that_never_reads_holds_little() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe(["maps", "series"], 50)
        for step in range(5000):
            viewer.put(state(step))
            for channel in ("maps", "series"):
                if viewer.slots[channel].outstanding is None:
                    viewer.put_frame(channel, viewer.next_frame(), bytes(1000))
        assert viewer.pending == (1, 2)
        assert not viewer.closing.done()

    run(check)


def test_too_many_unread_events_detach() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        for _ in range(5000):
            viewer.put(Done(command="step"))
        assert viewer.closing.result() == CLOSE_OVERFLOW
        assert viewer.pending[0] <= 101
        long = Viewer(100, max_pending_bytes=1000)
        for _ in range(50):
            long.put(Done(command="x" * 100))
        assert long.closing.result() == CLOSE_OVERFLOW

    run(check)


def test_only_the_frame_outstanding_is_acknowledged() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe(["maps"], 50)
        slot = viewer.slots["maps"]
        number = viewer.next_frame()
        viewer.put_frame("maps", number, b"1")
        viewer.acknowledge("maps", number + 5)
        viewer.acknowledge("series", number)
        assert slot.outstanding == number
        viewer.acknowledge("maps", number)
        assert slot.outstanding is None

    run(check)


def test_subscribing_again_keeps_what_stays_and_forgets_what_goes() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe(["maps", "series"], 50)
        kept = viewer.slots["series"]
        viewer.put_frame("maps", viewer.next_frame(), b"1")
        viewer.subscribe(["series", "data"], 50)
        assert viewer.slots["series"] is kept
        assert set(viewer.slots) == {"series", "data"} and viewer.pending == (0, 0)
        viewer.put_frame("maps", viewer.next_frame(), b"2")  # it was being made meanwhile
        assert viewer.pending == (0, 0)

    run(check)
