"""The bus of one process."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from server.bus import choice
from server.bus.in_process import InProcess
from server.settings import Settings


def test_all_who_subscribed_to_a_topic_hear_it_until_they_leave() -> None:
    bus, heard = InProcess(), []
    leave = [bus.subscribe("a", lambda message, who=who: heard.append((who, message))) for who in "xy"]
    bus.subscribe("b", lambda message: heard.append(("b", message)))

    async def tell() -> None:
        await bus.publish("a", b"1")
        leave[0]()
        leave[0]()
        await bus.publish("a", b"2")
        leave[1]()
        await bus.publish("a", b"3")

    asyncio.run(tell())
    assert heard == [("x", b"1"), ("y", b"1"), ("y", b"2")]


def test_one_who_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = InProcess(), []

    def fail(message: bytes) -> None:
        raise KeyError

    bus.subscribe("room:7:changed", fail)
    bus.subscribe("room:7:changed", heard.append)
    with caplog.at_level(logging.ERROR, "chainrule"):
        asyncio.run(bus.publish("room:7:changed", b"1"))
    assert heard == [b"1"]
    assert [record.getMessage() for record in caplog.records] == ["a subscriber of the bus failed: changed"]


def test_several_workers_need_a_bus() -> None:
    assert choice.missing(Settings()) is None
    words = choice.missing(replace(Settings(), workers=3))
    assert words is not None and "3 workers" in words and "CHAINRULE_BUS_URL" in words
