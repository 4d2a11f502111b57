"""Twenty learners beside one who attacks (`attacks.py`): what each of them gets before, meanwhile and afterwards."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bench_load import Learner

ENOUGH, IN_TIME = 10.0, 0.3
"""Pictures a second that each learner is to have, and seconds within which nearly all of its commands are to be answered."""


class Had(NamedTuple):
    """What one learner had: its channels' pictures in each second, the fewest; how long its commands took."""

    pictures: list[float]
    waits: list[float]


async def watched(learners: list[Learner], seconds: int) -> list[Had]:
    """Let them learn for so long, and look every second; the first is not counted."""
    commanding = [asyncio.create_task(learner.learn()) for learner in learners]
    await asyncio.sleep(1.0)
    for learner in learners:
        learner.reset()
    had = [Had([], []) for _ in learners]
    before = [Counter(learner.frames) for learner in learners]
    clock = asyncio.get_running_loop().time
    then = clock()
    for second in range(seconds):
        await asyncio.sleep(then + second + 1 - clock())
        for learner, own, earlier in zip(learners, had, before, strict=True):
            own.pictures.append(min(learner.frames[channel] - earlier[channel] for channel in learner.kind.counted))
            earlier.update(learner.frames - earlier)
    for learner, own in zip(learners, had, strict=True):
        own.waits.extend(wait for found in learner.waits.values() for wait in found)
        own.waits.extend(wait for wait in learner.pending if wait > IN_TIME)
        learner.of_gradient_in_parts = False
    for task in commanding:
        task.cancel()
    await asyncio.gather(*commanding, return_exceptions=True)
    return had


def tell(name: str, had: list[Had], learners: list[Learner]) -> None:
    """A line: of the learner who had least, and of all."""
    rates = [statistics.mean(own.pictures) for own in had]
    slowest = [sorted(own.waits)[int(0.99 * len(own.waits))] if own.waits else float("inf") for own in had]
    verdict = "as it should be" if min(rates) >= ENOUGH and max(slowest) <= IN_TIME else "NOT as it should be"
    lost = sum(learner.closed is not None for learner in learners)
    second = min(min(own.pictures) for own in had)
    print(
        f"  {name:8} {min(rates):5.1f} pictures/s at least ({statistics.median(rates):.1f} median, {second:.0f} at the worst),"
        f" p99 {max(slowest) * 1e3:.0f} ms at most ({statistics.median(slowest) * 1e3:.0f} median), {lost} lost: {verdict}",
        flush=True,
    )


async def under_attack(url: str, name: str, learners: list[Learner], seconds: int) -> None:
    """Print what they have, alone and beside the attack."""
    tell("before", await watched(learners, seconds), learners)
    script = str(Path(__file__).with_name("attacks.py"))
    attacker = await asyncio.create_subprocess_exec(sys.executable, script, name, url, "--seconds", str(seconds + 3))
    await asyncio.sleep(1.0)  # it has to start, and the first second is nobody's
    tell("with it", await watched(learners, seconds), learners)
    await attacker.wait()
    tell("after", await watched(learners, max(3, seconds // 3)), learners)
