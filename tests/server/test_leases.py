"""Whose a session is: one process at a time, by the database's clock; and what one that was late writes is refused."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from server.keeping import keeper as module
from server.keeping import waiting
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.keeping.givers import new_id
from server.keeping.keeper import Check, Keeper, Lost
from server.keeping.process import gone, this_process
from server.keeping.records import Kept, Piece, Record
from server.keeping.tables import Base, Experiment, KeptPart, KeptPiece, KeptSession, Now
from server.keeping.waiting import Lease
from server.settings import Settings
from server.wire.errors import CommandError

LONG = 1000.0
ID = "a session"


class Process:
    """What a process has of the database; it beats once it is started."""

    def __init__(
        self, url: str, valid: float = LONG, expiry: float = LONG, most: int = 1000, check: Check = lambda script, place: None
    ) -> None:
        self.database = Database(Settings(database_url=url))
        self.keeper = Keeper(self.database, expiry, most, valid=valid, check=check)
        self.lost: list[Lost] = []
        self.wanted: list[Lease] = []

    def start(self) -> None:
        self.keeper.start(self.lost.append, self.wanted.append)

    def set(self, id: str, **values: object) -> None:
        with self.database.writing() as connection:
            connection.execute(update(KeptSession).where(KeptSession.id == id).values(**values))

    def count(self, table: type[Base]) -> int:
        with self.database.reading() as connection:
            return len(connection.execute(select(table)).all())


def meet(url: str, scene: Callable[[Callable[..., Process]], Awaitable[None]]) -> None:
    """Several processes and what happens between them, in one event loop."""
    there: list[Process] = []

    def arrive(**options: Any) -> Process:
        there.append(Process(url, **options))
        return there[-1]

    async def play() -> None:
        try:
            async with asyncio.timeout(180):
                await scene(arrive)
        finally:
            for process in there:
                await process.keeper.close()
                process.database.close()

    asyncio.run(play())


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def record(text: str, *pieces: Piece) -> Record:
    return Record(script=f"script {text}".encode(), place=text.encode(), snapshot=None, series=pieces)


async def claimed(process: Process, id: str = ID) -> tuple[Lease, Kept | None]:
    found = await process.keeper.claim(id)
    assert found is not None
    return found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)


async def refused(process: Process, id: str = ID) -> bool:
    """Whether the session is another's that does not let go of it."""
    try:
        await process.keeper.claim(id)
    except CommandError as error:
        assert error.code == "busy"
        return True
    return False


def test_of_many_who_claim_exactly_one_has_it(url: str, impatient: None) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        dead = arrive(valid=0.01)
        claimers = [arrive() for _ in range(5)]
        for number in range(6):
            id = f"session {number}"
            await dead.keeper.create(id)
            await asyncio.gather(*(claimer.keeper.claim("there is none") for claimer in claimers))  # all have a connection
            lost = await asyncio.gather(*(refused(claimer, id) for claimer in claimers))
            assert lost.count(False) == 1, lost

    meet(url, scene)


def test_what_a_stale_owner_writes_is_refused(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        stale, owner, later = arrive(valid=0.01), arrive(), arrive()
        old = await stale.keeper.create(ID)
        stale.keeper.put(old, record("stale", Piece(0, 1, 0, b"stale")))
        lease, kept = await claimed(owner)
        assert kept is None and lease.fence == old.fence + 1
        owner.keeper.put(lease, record("new", Piece(0, 1, 0, b"new")))
        owner.start()
        await until(lambda: owner.count(KeptPart))
        stale.start()  # it was stopped, and goes on
        await until(lambda: stale.lost)
        assert stale.lost == [Lost(old, taken=True)] and not stale.keeper.holds(old)
        stale.keeper.put(old, record("staler"))
        await stale.keeper.release(old)
        assert owner.keeper.holds(lease)
        await owner.keeper.release(lease)
        assert (await claimed(later))[1] == Kept(b"script new", b"new", None, (Piece(0, 1, 0, b"new"),))

    meet(url, scene)


def test_one_that_was_late_and_robbed_by_nobody_goes_on(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(valid=1.5), arrive()
        lease = await owner.keeper.create(ID)
        owner.set(ID, expires=Now() - 1.0)
        lease.until = 0.0
        assert not owner.keeper.holds(lease)
        owner.start()
        await owner.keeper.permit(lease)
        assert owner.keeper.holds(lease) and not owner.lost
        owner.keeper.put(lease, record("late"))
        await owner.keeper.release(lease)
        assert (await claimed(other))[1] == Kept(b"script late", b"late", None)

    meet(url, scene)


def test_a_session_whose_row_is_gone_is_lost_to_nobody(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(), arrive(expiry=1e-9)
        lease = await owner.keeper.create(ID)
        owner.set(ID, expires=Now() - 1.0)
        await other.keeper.sweep()
        owner.start()
        await until(lambda: owner.lost)
        assert owner.lost == [Lost(lease, taken=False)]
        assert await other.keeper.claim(ID) is None

    meet(url, scene)


@pytest.mark.sqlite_first(seconds=8)
def test_an_owner_that_renews_keeps_it_and_is_asked_for_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 5.0)

    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(valid=3.0), arrive()
        lease = await owner.keeper.create(ID)
        owner.start()
        assert await refused(other)  # for longer than the lease was good at first
        assert owner.keeper.holds(lease) and owner.wanted[0] is lease and not owner.lost

    meet(url, scene)


def test_the_owner_hands_over_with_its_last_record(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(), arrive()
        lease = await owner.keeper.create(ID)
        owner.start()
        claim = asyncio.create_task(claimed(other))
        await until(lambda: owner.wanted)
        assert not claim.done()
        owner.keeper.put(lease, record("last"))
        await owner.keeper.release(lease)
        new, kept = await claim
        assert kept == Kept(b"script last", b"last", None) and new.fence == lease.fence + 1
        owner.keeper.put(lease, record("too late"))  # it does not hold it any more
        assert not owner.keeper._waiting

    meet(url, scene)


def test_a_lease_runs_out_by_the_clock_of_the_database(url: str, impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(), arrive()
        await owner.keeper.create(ID)
        monkeypatch.setattr(module.time, "time", lambda: 4e9)
        monkeypatch.setattr(module, "clock", lambda: 4e9)  # that of whoever claims does not matter
        assert await refused(other)
        owner.set(ID, expires=Now() + 0.2)
        monkeypatch.setattr(module, "PATIENCE", 60.0)
        await claimed(other)

    meet(url, scene)


def test_without_the_database_a_session_waits_and_then_goes_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        owner = arrive(valid=1.4)
        lease = await owner.keeper.create(ID)
        answering = owner.keeper._write
        monkeypatch.setattr(owner.keeper, "_write", failing)
        owner.keeper.put(lease, record("first", Piece(0, 1, 0, b"a")))
        owner.start()
        await until(lambda: not owner.keeper.holds(lease))  # by its own clock, before anybody else may have it
        waiting = asyncio.create_task(owner.keeper.permit(lease))
        owner.keeper.put(lease, Record(None, b"second", None, (Piece(0, 1, 1, b"b"),)))
        await asyncio.sleep(0)
        assert not waiting.done()
        monkeypatch.setattr(owner.keeper, "_write", answering)
        await waiting
        await owner.keeper.release(lease)
        pieces = Piece(0, 1, 0, b"a"), Piece(0, 1, 1, b"b")
        assert (await claimed(arrive()))[1] == Kept(b"script first", b"second", None, pieces)

    meet(url, scene)


def failing(*_: object) -> None:
    raise OperationalError("UPDATE", {}, Exception("the database is away"))


def test_a_process_of_this_machine_that_is_gone_is_not_waited_for(url: str, impatient: None) -> None:
    if not this_process():
        pytest.fail("This machine does not tell when a process was started")

    async def scene(arrive: Callable[..., Process]) -> None:
        owner, other = arrive(), arrive()
        machine, pid, started = this_process().rsplit("/", 2)
        ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        fields = Path(f"/proc/{ended.pid}/stat").read_text().rpartition(")")[2].split()
        of_it = f"{machine}/{ended.pid}/{fields[19]}"
        assert not gone(of_it)
        ended.kill()
        ended.wait()
        expected = {
            this_process(): False,
            of_it: True,
            f"{machine}/{pid}/{int(started) - 1}": True,  # its number is another's now
            f"another machine/{ended.pid}/{fields[19]}": False,
            "": False,
        }
        for number, (process, taken) in enumerate(expected.items()):
            assert gone(process) is taken
            id = f"session {number}"
            await owner.keeper.create(id)
            owner.set(id, process=process)
            assert await refused(other, id) is not taken, process

    meet(url, scene)


def test_large_records_do_not_hold_up_the_leases(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LARGE", 5000)
    monkeypatch.setattr(waiting, "AT_ONCE", 2500)

    async def scene(arrive: Callable[..., Process]) -> None:
        owner = arrive()
        write, sizes = owner.keeper._write, []

        def watched(ids: list[str], records: dict[str, tuple[int, Record]]) -> object:
            sizes.append(len(records))
            return write(ids, records)

        monkeypatch.setattr(owner.keeper, "_write", watched)
        leases = [await owner.keeper.create(f"session {number}") for number in range(7)]
        for number, lease in enumerate(leases):
            owner.keeper.put(lease, Record(b"script", b"", b"n" * (6000 if number == 6 else 900)))
        owner.start()
        await until(lambda: sum(sizes) == 7 and not owner.keeper._waiting)
        assert max(sizes) == 3  # a third of them reaches what is written at once
        for lease in leases:
            await owner.keeper.release(lease)
        other = arrive()
        found = [(await claimed(other, lease.id))[1] for lease in leases]
        assert [kept and kept.snapshot for kept in found] == [b"n" * 900] * 6 + [None]

    meet(url, scene)


def test_old_sessions_are_deleted_and_experiments_never(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        process = arrive(expiry=3600)
        store = Experiments(Settings(), process.database)
        experiment = await store.keep("an experiment")
        for id in ("old", "recent", "held"):
            lease = await process.keeper.create(id)
            process.keeper.put(lease, record(id, Piece(0, 1, 0, b"points")))
            if id != "held":
                await process.keeper.release(lease)
        process.start()
        await until(lambda: not process.keeper._waiting and process.count(KeptPart) == 6)
        process.set("old", expires=Now() - 3601)
        process.set("recent", expires=Now() - 3599)
        with process.database.writing() as connection:
            connection.execute(update(Experiment).values(created=datetime(1990, 1, 1)))
        await process.keeper.sweep()
        assert [process.count(table) for table in (KeptSession, KeptPart, KeptPiece)] == [2, 4, 2]
        assert await process.keeper.claim("old") is None
        assert (await claimed(arrive(), "recent"))[1] == Kept(b"script recent", b"recent", None, (Piece(0, 1, 0, b"points"),))
        assert await store.script(experiment) == "an experiment"

    meet(url, scene)


def test_of_too_many_those_go_that_nobody_came_back_to_for_the_longest_time(url: str) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        process, holder = arrive(most=5), arrive()
        for number in range(8):
            id = f"session {number}"
            lease = await process.keeper.create(id)
            process.keeper.put(lease, record(id))
            await process.keeper.release(lease)
            process.set(id, expires=Now() - 100 * (number + 1))
        await holder.keeper.claim("session 7")  # the oldest, and held again
        await process.keeper.sweep()
        with process.database.reading() as connection:
            left = set(connection.scalars(select(KeptSession.id)))
        assert left == {f"session {number}" for number in (0, 1, 2, 3, 7)} and process.count(KeptPart) == 10

    meet(url, scene)


def test_of_too_many_those_of_one_address_go_first_and_none_that_a_newer_server_reads(url: str) -> None:
    """A flood pushes out its own; what this server cannot read stays for the one that can, as long as it may."""

    def check(script: bytes, place: bytes) -> None:
        if place == b"newer":
            raise CommandError("unreadable_session", "kept by a newer one")

    async def scene(arrive: Callable[..., Process]) -> None:
        process = arrive(most=4, check=check)
        ids = [new_id(24, "10.0.0.1") for _ in range(5)]
        others = [new_id(24, "10.0.0.2"), new_id(24, ""), new_id(24, "10.0.0.3")]
        for age, id in enumerate([*ids, *others]):
            lease = await process.keeper.create(id)
            process.keeper.put(lease, Record(script=b"", place=b"newer" if id == ids[4] else b"", snapshot=None))
            await process.keeper.release(lease)
            process.set(id, expires=Now() - 100 * (age + 1))  # the others are older
        await process.keeper.sweep()
        with process.database.reading() as connection:
            assert set(connection.scalars(select(KeptSession.id))) == {*others, ids[4]}

    meet(url, scene)


def test_in_memory_a_lease_is_good_for_ever_and_nothing_is_written() -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        process = arrive(valid=0.01)
        lease = await process.keeper.create(ID)
        process.start()
        assert not process.keeper.writes(lease) and process.keeper.holds(lease)
        process.keeper.put(lease, record("it"))
        await process.keeper.release(lease)
        assert process.count(KeptSession) == 0 and await process.keeper.claim(ID) is None

    meet("sqlite://", scene)


def test_a_database_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(arrive: Callable[..., Process]) -> None:
        process = arrive()
        for call in (process.keeper.create, process.keeper.claim):
            with pytest.raises(CommandError) as caught:
                await call(ID)
            assert caught.value.code == "unavailable"
        assert process.database.lasting  # it is asked again: what is kept elsewhere is not replaced by a memory

    monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")
    meet(f"postgresql://nobody@127.0.0.1:{closed_port()}/none", scene)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
