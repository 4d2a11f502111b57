"""An activity of the tests' own, a counter: one command, one channel, one number that is kept. As a program it is the server
with that activity besides its own: `python tests/server/counter.py --port 0`."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from typing import Any, Literal

import numpy as np
from pydantic import Field

from server import activities
from server.__main__ import main
from server.protocol import Command
from server.session.activity import Activity, Channel, Header, Host, Kind, Restored
from server.session.channel_types import Picture, Want
from server.session.viewer import Slot, Viewer


class Count(Command):
    """Count on."""

    type: Literal["count"] = "count"
    by: int = Field(default=1, ge=1, le=1000)


class Counter(Activity):
    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.count = 0

    def header(self) -> Header:
        return {"run": 0, "branch": 0, "step": self.count}

    def place_key(self) -> Hashable:
        return self.count

    def place(self) -> dict[str, Any]:
        return {"counter": self.count}

    async def restore(self, restored: Restored) -> None:
        self.count = int(restored.place.get("counter", 0))


async def count(counter: Counter, viewer: Viewer, command: Count) -> dict[str, Any]:
    counter.count += command.by
    return {"count": counter.count}


def drawn(counter: Counter, want: Want) -> Picture:
    return Picture({"count": counter.count}, {"counts": np.arange(counter.count, dtype=np.float64)})


def key(counter: Counter, viewer: Viewer, slot: Slot) -> Hashable:
    return counter.count


COUNTER = Kind("counter", Counter, {Count: count}, channels=(Channel("counter", drawn, key),))

if __name__ in ("__main__", "__mp_main__"):  # a worker imports the program under the second name
    activities.register(COUNTER)
if __name__ == "__main__":
    sys.exit(main())
