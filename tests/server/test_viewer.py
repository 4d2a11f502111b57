"""One viewer: the order of its events, the latest slots, its bounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.protocol import CLOSE_OVERFLOW, Done, WarmUp
from server.protocol.run import Speed
from server.protocol.run_events import State
from server.session.channel_types import DIAGNOSIS, FRAME, READING
from server.session.viewer import SHARE, Viewer


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
        viewer.subscribe({"maps": FRAME, "series": FRAME}, 50)
        for step in range(5000):
            viewer.put(state(step))
            for channel in ("maps", "series"):
                if viewer.ready(viewer.slots[channel]):
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
        viewer.subscribe({"maps": FRAME}, 50)
        slot = viewer.slots["maps"]
        number = viewer.next_frame()
        viewer.put_frame("maps", number, b"1")
        viewer.acknowledge("maps", number + 5)
        viewer.acknowledge("series", number)
        assert slot.outstanding == [number] and not viewer.ready(slot)
        viewer.acknowledge("maps", number)
        assert slot.outstanding == [] and viewer.ready(slot)

    run(check)


def test_a_page_that_asks_for_it_has_one_frame_more_under_way() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME, "series": FRAME}, 50, ahead=1)
        slot, sent = viewer.slots["maps"], []
        while viewer.ready(slot):
            sent.append(viewer.next_frame())
            viewer.put_frame("maps", sent[-1], bytes(sent[-1]))
        assert len(sent) == 2 and viewer.pending == (0, 2)
        assert await drain(viewer, 2) == [bytes(number) for number in sent]  # in order: series may not have gaps
        viewer.acknowledge("maps", sent[0])
        assert slot.outstanding == sent[1:] and viewer.ready(slot)
        sent.append(viewer.next_frame())
        viewer.put_frame("maps", sent[-1], b"")
        viewer.acknowledge("maps", sent[-1])  # the one before was overtaken before it was painted
        assert slot.outstanding == []

    run(check)


def test_numbers_to_read_are_drawn_less_often_and_one_disturbance_weighs_little() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME, "evaluation": READING}, 50)
        assert (
            viewer.interval(viewer.slots["maps"]) == FRAME.least
            and viewer.interval(viewer.slots["evaluation"]) == READING.least
        )
        for seconds in [0.001] * 40 + [0.03]:
            viewer.slots["maps"].spent(seconds)
        assert FRAME.least <= viewer.interval(viewer.slots["maps"]) < 0.02
        for _ in range(40):
            viewer.slots["maps"].spent(0.1)
        assert viewer.interval(viewer.slots["evaluation"]) == pytest.approx(SHARE * 0.1, rel=0.01)

    run(check)


def test_subscribing_again_keeps_what_stays_and_forgets_what_goes() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME, "series": FRAME}, 50)
        kept = viewer.slots["series"]
        viewer.put_frame("maps", viewer.next_frame(), b"1")
        viewer.subscribe({"series": FRAME, "data": FRAME}, 50)
        assert viewer.slots["series"] is kept
        assert set(viewer.slots) == {"series", "data"} and viewer.pending == (0, 0)
        viewer.put_frame("maps", viewer.next_frame(), b"2")  # it was being made meanwhile
        assert viewer.pending == (0, 0)

    run(check)


def test_a_diagnosis_is_rare_and_the_others_do_not_wait_for_it() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME, "findings": DIAGNOSIS}, 50)
        assert viewer.interval(viewer.slots["findings"]) == DIAGNOSIS.least
        for _ in range(40):
            viewer.slots["findings"].spent(0.1)
        assert viewer.interval(viewer.slots["maps"]) == FRAME.least
        assert viewer.interval(viewer.slots["findings"]) == pytest.approx(20 * 0.1, rel=0.01)

    run(check)


def test_a_long_event_may_wait_but_not_two() -> None:
    """Own data travel in one event, with small ones after it."""

    async def check() -> None:
        viewer = Viewer(100, max_pending_bytes=1000)
        viewer.put(Done(command="x" * 5000))
        for _ in range(10):
            viewer.put(Done(command="small"))
        assert not viewer.closing.done() and viewer.held > 5000
        viewer.put(Done(command="x" * 5000))
        assert viewer.closing.result() == CLOSE_OVERFLOW
        again = Viewer(100, max_pending_bytes=1000)
        for _ in range(3):  # one after the other: each is read before the next comes
            again.put(Done(command="x" * 5000))
            await drain(again, 1)
        assert not again.closing.done() and again.held == 0

    run(check)


def test_a_page_that_claims_to_have_painted_what_was_not_sent_holds_no_more_for_it() -> None:
    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME, "parameters": FRAME}, 50, ahead=1)
        for _ in range(500):
            for channel in ("maps", "parameters"):
                if viewer.ready(viewer.slots[channel]):
                    viewer.put_frame(channel, viewer.next_frame(), bytes(1000))
                    viewer.acknowledge(channel, viewer.slots[channel].outstanding[0])
        assert viewer.held <= 4000 and viewer.pending[1] <= 4
        viewer.put_frame("maps", number := viewer.next_frame(), b"kept")
        viewer.acknowledge("maps", number - 1)
        assert (await drain(viewer, viewer.pending[1]))[-1] == b"kept"

    run(check)


def test_a_page_that_reads_slowly_has_one_frame_under_way_and_is_told() -> None:
    """By times of our own: what counts is from the handing over of a frame to its acknowledgement."""

    async def check() -> None:
        viewer = Viewer(100)
        viewer.subscribe({"maps": FRAME}, 50, ahead=1)
        slot = viewer.slots["maps"]

        async def painted(seconds: float) -> None:
            number = viewer.next_frame()
            viewer.put_frame("maps", number, b"")
            while await drain(viewer, 1) != [b""]:
                pass
            slot.sent[number] -= seconds
            viewer.acknowledge("maps", number)

        while not viewer.reading.slow:
            await painted(1.5)
        told = json.loads((await drain(viewer, 1))[0])
        assert told["type"] == "pace" and told["slow"] is True and 0 < told["frames_per_second"] < 2
        viewer.put_frame("maps", viewer.next_frame(), b"")
        assert not viewer.ready(slot)
        viewer.acknowledge("maps", slot.outstanding[-1])
        while viewer.reading.slow:
            await painted(0.0)
        told = json.loads((await drain(viewer, 1))[0])
        assert told["type"] == "pace" and told["slow"] is False and told["frames_per_second"] > 4
        viewer.put_frame("maps", viewer.next_frame(), b"")
        assert viewer.ready(slot)

    run(check)
