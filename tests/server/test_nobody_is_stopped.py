"""With the largest network, race and table that a server allows, nobody waits long for his turn: no call on the event loop over
20 ms, nothing in the engine's threads over 100 ms at a stretch, and whatever is under way is left within 200 ms.

What is walked over is the protocol that is served: a command, a channel or a choice that no walk (`largest.py`) has fails here.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

import pytest
from largest import KINDS, SETTINGS, WALKS, Walk
from stretches import CHOICES, label_of, run

from engine import warm_up
from server import activities
from server.protocol import name_of
from server.session.hosting import Hosting

OWN = {"attach", "subscribe", "visible", "ping", "acknowledge"}
"""What a socket or the session itself answers."""


class Listed:
    """A page that does nothing of what it is told, and notes it."""

    def __init__(self) -> None:
        self.said: set[str] = set()
        self.seen: set[str] = set()

    async def do(self, type: str, *, leave: str | None = None, within: float = 0.0, **fields: Any) -> dict[str, Any]:
        self.said |= {type, label_of(type, fields), leave or type}
        return {"type": "done", "code": "", "result": {"script": "{}", "experiment": "", "lesson": "", "question": {"id": 1}}}

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        return True

    async def see(self, channel: str) -> None:
        self.seen.add(channel)


def test_no_command_choice_or_channel_is_left_out() -> None:
    async def all_of(page: Listed) -> None:
        for walk in WALKS:
            await walk(page)

    page = Listed()
    asyncio.run(all_of(page))
    models = [model for kind in KINDS.values() for model in kind.handlers]
    wanted = {name_of(model) for model in models}
    for model in models:
        for field, about in model.model_fields.items():
            if field in CHOICES and get_origin(about.annotation) is not None:
                wanted |= {f"{name_of(model)} {choice}" for choice in get_args(about.annotation)}
    assert wanted - page.said == set(), "nobody has walked over them"
    assert {channel.name for kind in KINDS.values() for channel in kind.channels} - page.seen == set()
    served = set(Hosting(activities.registered()).vocabulary.models)
    assert served - {name_of(model) for model in models} == OWN


@pytest.fixture(scope="module")
def warm() -> Iterator[None]:
    """As a server is that has started: what is loaded is not walked through by the collector."""
    warm_up()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.slow(seconds=45)
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_the_largest(walk: Walk, warm: None) -> None:
    page = run(walk, SETTINGS)
    page.check()
