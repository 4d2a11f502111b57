"""Learners go on by themselves when their server is killed, stopped or told to end, and nothing of what they did is lost."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from learners import Learner, learners
from postgresql import Cluster
from processes import ServerProcess, busiest, fences, kill, owners, runs
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from engine import warm_up
from server.protocol import CLOSE_SUPERSEDED

LIMIT = 120.0
"""Seconds after which a test gives up. That all are back within 5, and see at most 2 of play again, is printed, not asserted:
it is the machine's speed that is measured."""
RESTARTS = 1012


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    """They are compiled: no learner waits for that."""
    warm_up()


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{(tmp_path / 'kept.sqlite3').as_posix()}"


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(300):
            await scene()

    asyncio.run(limited())


async def all_back(them: list[Learner], since: float, what: str) -> None:
    """Every learner that was cut off plays again, further than it had been; prints how long it took."""
    away = [learner for learner in them if learner.returns]
    for learner in away:
        await learner.until(lambda learner=learner: learner.returns[-1].back is not None)
        await learner.until(lambda learner=learner: learner.state["step"] > learner.returns[-1].last)
    returns = [learner.returns[-1] for learner in away]
    longest = max(each.back - since for each in returns)
    behind = max(each.behind for each in returns)
    print(f"\n{what}: {len(returns)} learners play on after at most {longest:.2f} s, at most {behind:.2f} s of play behind")
    assert longest <= LIMIT and behind <= LIMIT
    for learner, each in zip(away, returns, strict=True):
        assert each.attached["resumed"] is True and each.attached["generation"] > 1
        since_then = [step for moment, step in learner.told if moment >= each.back]
        assert since_then == sorted(since_then), "a run that another one runs, too"


@pytest.mark.parametrize("many", [4, pytest.param(20, marks=pytest.mark.slow(seconds=12))])
def test_a_killed_server_started_again_brings_every_session_back(file: str, many: int) -> None:
    async def scene() -> None:
        with ServerProcess(file) as first:
            async with learners(first.socket, many) as them:
                await asyncio.gather(*(learner.further(90) for learner in them))
                first.kill()
                again = await asyncio.to_thread(lambda: ServerProcess(file, port=first.port))
                with again:
                    await all_back(them, again.spawned, "kill -9 and a new server")
                    assert all(len(learner.returns) == 1 for learner in them)
                    await asyncio.gather(*(learner.check() for learner in them))
                    assert "Traceback" not in again.said, again.said

    play(scene)


@pytest.mark.slow(seconds=25)
def test_when_a_worker_is_killed_the_other_takes_over(url: str) -> None:
    async def scene() -> None:
        with ServerProcess(url, workers=2) as server:
            async with learners(server.socket, 12) as them:
                await asyncio.gather(*(learner.further(90) for learner in them))
                before, victim = owners(url), busiest(url)
                lost = {id for id, owner in before.items() if owner == victim}
                held = fences(url)
                kill(victim)
                killed = time.monotonic()
                for learner in them:
                    if learner.session in lost:
                        await learner.until(lambda learner=learner: learner.returns)
                await all_back(them, killed, f"a worker of two killed ({url.partition(':')[0]})")
                assert {learner.session for learner in them if learner.returns} == lost
                assert victim not in owners(url).values()
                after = fences(url)
                assert all(after[id] == held[id] + (id in lost) for id in before)
                await asyncio.gather(*(learner.check() for learner in them))
                assert "Traceback" not in server.said, server.said
                await until(lambda: len(server.workers) == 2)  # another one was started
                workers = server.workers
                assert victim not in workers
                server.kill()
                await until(lambda: not any(map(runs, workers)))  # they do not stay behind

    play(scene)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.05)


@pytest.fixture
def postgresql(cluster: Cluster) -> Iterator[str]:
    yield cluster.database(f"stopped_{time.monotonic_ns()}")


@pytest.mark.slow(seconds=30)
def test_a_server_that_was_stopped_finds_its_sessions_taken_and_drops_them(postgresql: str) -> None:
    async def scene() -> None:
        with ServerProcess(postgresql) as stopped, ServerProcess(postgresql) as other:
            async with learners(stopped.socket, 4) as them:
                await asyncio.gather(*(learner.further(60) for learner in them))
                stopped.send(signal.SIGSTOP)
                since = time.monotonic()
                old = [await learner.leave_for(other.socket) for learner in them]
                await all_back(them, since, "a server that stopped, and another one")
                taken = fences(postgresql)
                stopped.send(signal.SIGCONT)
                assert [await closed_with(socket) for socket in old] == [CLOSE_SUPERSEDED] * 4
                await asyncio.gather(*(learner.further(60) for learner in them))
                assert set(owners(postgresql).values()) == {other.process.pid} and fences(postgresql) == taken
                assert stopped.said.count("nothing of it was written") == 4, stopped.said
                await asyncio.gather(*(learner.check() for learner in them))
                assert all(len(learner.returns) == 1 for learner in them)  # nobody was cut off again

    play(scene)


@pytest.mark.slow(seconds=15)
def test_a_server_told_to_end_writes_all_and_pages_come_back(file: str) -> None:
    async def scene() -> None:
        with ServerProcess(file) as first:
            async with learners(first.socket, 5) as them:
                await asyncio.gather(*(learner.further(30) for learner in them))
                first.send(signal.SIGINT)
                assert await asyncio.to_thread(first.process.wait, 60) == 0
                assert not owners(file), "a lease was not let go of"
                assert "Traceback" not in first.said, first.said
                again = await asyncio.to_thread(lambda: ServerProcess(file, port=first.port))
                with again:
                    await all_back(them, again.answers, "told to end, and a new server")
                    assert [learner.closed for learner in them] == [[RESTARTS]] * 5
                    # Sockets are told first, then the last record is written: nothing that was told is behind it.
                    assert all(learner.returns[0].behind == 0 for learner in them)
                    await asyncio.gather(*(learner.check() for learner in them))

    play(scene)


@pytest.mark.slow(seconds=10)
def test_a_server_ends_without_its_database(cluster: Cluster) -> None:
    """Its leases cannot be let go of; they run out by themselves."""
    name = f"away_{time.monotonic_ns()}"
    url = cluster.database(name)

    async def scene() -> None:
        with ServerProcess(url) as server:
            async with learners(server.socket, 3):
                with cluster.connect() as connection:
                    connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                await until(lambda: "does not answer" in server.said)
                server.send(signal.SIGINT)
                assert await asyncio.to_thread(server.process.wait, 60) == 0
                assert "Traceback" not in server.said, server.said

    play(scene)


async def closed_with(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            await socket.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code
