"""Parts of the long soak, each of which shows one kind of bad day; all of it is `python tests/server/soak.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from soak import soak

from engine import warm_up


@pytest.mark.slow(seconds=60)
@pytest.mark.parametrize("events", [("kill",), ("restart", "crowd"), ("full", "kill")], ids=lambda events: "-".join(events))
def test_nothing_is_lost_and_what_the_server_takes_levels_off(tmp_path: Path, events: tuple[str, ...]) -> None:
    warm_up()  # no page waits for that
    asyncio.run(asyncio.wait_for(soak(tmp_path, 30.0, events), 110))
