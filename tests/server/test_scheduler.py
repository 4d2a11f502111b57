"""The order of calls to the engine, without a thread and without time; then threads that take from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.parts import give_way
from server.session.scheduler import ALLOWANCE, HURRIED, ROUND, SHORTEST, Account, Job, Left, Line, Scheduler, Withdrawn, fair


def job(account: Account, hurried: bool = False) -> Job:
    return Job(account, lambda: None, hurried=hurried)


def taken(line: Line) -> list[Job]:
    found = []
    while (next := line.take()) is not None:
        found.append(next)
    return found


def test_nobody_has_a_second_turn_before_all_who_wait_had_their_first() -> None:
    line, accounts = Line(), [Account() for _ in range(5)]
    for account in accounts:
        line.put(job(account))
    order: list[Account] = []
    for _ in range(40):
        next = line.take()
        assert next is not None
        order.append(next.account)
        line.put(job(next.account))  # it plays on
    for first in range(0, 40, 5):
        assert order[first : first + 5] == accounts
    assert len(line) == 5


def test_what_a_command_waits_for_goes_first_but_leaves_a_turn_now_and_then() -> None:
    line = Line()
    turns, hurried = [job(Account()) for _ in range(3)], [job(Account(), hurried=True) for _ in range(3 * HURRIED)]
    for waiting in (*turns, *hurried):
        line.put(waiting)
    found = taken(line)
    assert found[0] is hurried[0] and [one for one in found if one.hurried] == hurried
    assert [index for index, one in enumerate(found) if not one.hurried] == [HURRIED, 2 * HURRIED + 1, 3 * HURRIED + 2]
    for waiting in hurried:
        waiting.gone = False
        line.put(waiting)
    assert taken(line) == hurried, "where no turn waits, none is left out for it"


def test_who_gives_way_to_a_command_keeps_its_place() -> None:
    line = Line()
    first, second, third = (job(Account()) for _ in range(3))
    for waiting in (first, second, third):
        line.put(waiting)
    assert line.withdraw(second) and not line.withdraw(second) and len(line) == 2
    again = job(second.account)
    line.put(again)
    assert taken(line) == [first, again, third] and len(line) == 0
    late = job(first.account)
    line.put(late)
    line.put(job(Account()))
    assert line.take() is late
    assert not line.withdraw(late), "it has begun"


def test_no_session_hurries_for_ever() -> None:
    account, now = Account(), 50.0
    assert account.may_hurry(now)
    account.spend(3 * ALLOWANCE)
    assert not account.may_hurry(now) and not account.may_hurry(now + 1.9)
    assert account.may_hurry(now + 2.1)
    for _ in range(100):  # a rest does not make it richer than it was
        assert account.may_hurry(now + 1e6)
    account.spend(1.01 * ALLOWANCE)
    assert not account.may_hurry(now + 1e6)


def test_slices_are_shorter_the_more_wait() -> None:
    assert fair(0.004, 2, 0) == fair(0.004, 2, 5) == 0.004
    assert fair(0.004, 2, 50) == pytest.approx(2 * ROUND / 50)
    assert fair(0.004, 2, 100_000) == SHORTEST
    assert fair(0.0002, 2, 100_000) == 0.0002  # as it was asked for
    for waiting in (20, 50, 100):
        assert waiting * fair(0.004, 2, waiting) / 2 <= ROUND + 1e-9


def run(test: Callable[[], Awaitable[None]]) -> None:
    with ThreadPoolExecutor(1) as thread:  # of its own: another test's Playwright keeps this thread's loop running
        thread.submit(lambda: asyncio.run(test())).result()  # type: ignore[arg-type]


def test_threads_take_in_order_and_a_call_that_has_not_begun_may_be_taken_back() -> None:
    async def check() -> None:
        scheduler = Scheduler(1, 0.004)
        try:
            begun, go = threading.Event(), threading.Event()
            accounts = [Account() for _ in range(4)]
            made: list[str] = []

            def block() -> str:
                begun.set()
                assert go.wait(60)
                return "blocked"

            running = scheduler.submit(accounts[0], block, hurried=False)
            assert await asyncio.to_thread(begun.wait, 60)
            slow = scheduler.submit(accounts[1], lambda: made.append("turn"), hurried=False)
            back = scheduler.submit(accounts[2], lambda: made.append("withdrawn"), hurried=False)
            quick = scheduler.submit(accounts[3], lambda: made.append("command"), hurried=True)
            assert scheduler.depth == 3
            assert scheduler.withdraw(back) and not scheduler.withdraw(running)
            with pytest.raises(Withdrawn):
                await back.result()
            assert scheduler.depth == 2
            go.set()
            assert await running.result() == "blocked"
            await asyncio.gather(slow.result(), quick.result())
            assert made == ["command", "turn"] and scheduler.depth == 0
        finally:
            scheduler.close()

    run(check)


def test_what_a_call_raises_is_raised_where_it_is_awaited_and_the_thread_goes_on() -> None:
    async def check() -> None:
        scheduler = Scheduler(1, 0.004)
        try:

            def fail() -> None:
                raise ValueError("of its own")

            with pytest.raises(ValueError, match="of its own"):
                await scheduler.submit(Account(), fail, hurried=True).result()
            assert await scheduler.submit(Account(), lambda: 7, hurried=False).result() == 7
            gone = scheduler.submit(Account(), lambda: 8, hurried=False)
            assert gone.future is not None
            gone.future.cancel()  # the session ended meanwhile
            assert await scheduler.submit(Account(), lambda: 9, hurried=False).result() == 9
        finally:
            scheduler.close()
        with pytest.raises(RuntimeError):
            scheduler.submit(Account(), lambda: 1, hurried=False)

    run(check)


def test_a_long_call_lets_others_have_their_turn_wherever_it_gives_way() -> None:
    """One thread, and a call that does not end before the others' have. Two of them share the thread with each other, too."""

    async def check() -> None:
        scheduler = Scheduler(1, 0.0)
        try:
            go = threading.Event()
            passed = [0, 0]

            def long(number: int) -> int:
                while not go.is_set():
                    passed[number] += 1
                    give_way()
                return number

            both = [scheduler.submit(Account(), lambda number=number: long(number), hurried=True) for number in (0, 1)]
            for number in range(20):
                quick = scheduler.submit(Account(), lambda number=number: number, hurried=number % 2 == 0)
                assert await asyncio.wait_for(quick.result(), 60) == number
            assert all(passed), "each of the long ones had its turns"
            assert scheduler.lag < 1.0
            go.set()
            assert await asyncio.gather(*(job.result() for job in both)) == [0, 1]
        finally:
            scheduler.close()

    run(check)


def test_a_call_is_left_where_it_gives_way_paused_or_not() -> None:
    async def check() -> None:
        others = set(threading.enumerate())  # of servers that other tests share
        scheduler = Scheduler(1, 0.0)
        begun, ended = set[str](), list[str]()

        def long(name: str) -> None:
            begun.add(name)
            try:
                while True:
                    give_way()
            finally:
                ended.append(name)

        try:

            async def until_paused(*names: str) -> None:
                """Others had their turns since all of these began."""
                while not begun.issuperset(names):
                    await scheduler.submit(Account(), lambda: None, hurried=False).result()
                await scheduler.submit(Account(), lambda: None, hurried=False).result()

            alone = scheduler.submit(Account(), lambda: long("alone"), hurried=True)
            while "alone" not in begun:
                await asyncio.sleep(0)
            scheduler.leave(alone)
            with pytest.raises(Left):
                await asyncio.wait_for(alone.result(), 60)
            both = [scheduler.submit(Account(), lambda name=name: long(name), hurried=False) for name in ("one", "two")]
            await until_paused("one", "two")
            for job in both:
                scheduler.leave(job)
            for job in both:
                with pytest.raises(Left):
                    await asyncio.wait_for(job.result(), 60)
            scheduler.leave(both[0])  # it has ended: nothing happens
            assert await scheduler.submit(Account(), lambda: 7, hurried=True).result() == 7
            last = [scheduler.submit(Account(), lambda name=name: long(name), hurried=False) for name in ("three", "four")]
            await until_paused("three", "four")
            waiting = [thread for thread in threading.enumerate() if thread.name.startswith("engine-") and thread not in others]
            scheduler.close()  # a server that ends waits for no engine call
            for job in last:
                with pytest.raises(Left):
                    await asyncio.wait_for(job.result(), 60)
            for thread in waiting:
                await asyncio.to_thread(thread.join, 60)
                assert not thread.is_alive()
            assert sorted(ended) == ["alone", "four", "one", "three", "two"]
        finally:
            scheduler.close()

    run(check)


def test_no_command_waits_behind_what_goes_on_for_nobody() -> None:
    line = Line()
    left = Job(Account(), lambda: None, behind=True)
    line.put(left)
    hurried = [job(Account(), hurried=True) for _ in range(2 * HURRIED)]
    for waiting in hurried:
        line.put(waiting)
    assert [line.take(behind=False) for _ in hurried] == hurried and line.take(behind=False) is None
    for waiting in hurried:
        waiting.gone = False
        line.put(waiting)
    assert taken(line) == [*hurried, left], "nor does it have a turn among them"


def test_a_long_call_for_nobody_waits_behind_the_others_wherever_it_gives_way_until_somebody_looks() -> None:
    async def check() -> None:
        scheduler = Scheduler(2, 0.0)
        go, one = threading.Event(), threading.Lock()
        passed, at_a_time = [0, 0], [0, 0]

        def left(number: int) -> int:
            while not go.is_set():
                alone = one.acquire(blocking=False)
                at_a_time[0 if alone else 1] += 1
                sum(range(2000))
                if alone:
                    one.release()
                passed[number] += 1
                give_way()
            return number

        def watched() -> None:
            while not go.is_set():
                give_way()

        async def quick(times: int) -> None:
            for number in range(times):
                made = scheduler.submit(Account(), lambda number=number: number, hurried=number % 2 == 0)
                assert await asyncio.wait_for(made.result(), 60) == number

        try:
            both = [
                scheduler.submit(Account(), lambda number=number: left(number), hurried=True, behind=True) for number in (0, 1)
            ]
            while not all(passed):
                await quick(1)  # they share what is left with each other
            assert at_a_time[0] and not at_a_time[1], "one at a time has a thread"
            others = [scheduler.submit(Account(), watched, hurried=False) for _ in range(3)]  # for two threads
            await quick(20)
            before = sum(passed)
            await quick(50)
            assert sum(passed) <= before + 1, "as long as others wait they do not go on"
            scheduler.forward(both[0])
            begun = passed[0]
            while passed[0] < begun + 3:
                await quick(1)
            assert passed[1] <= before + 1, "only the one that somebody looks at does"
            go.set()
            assert await asyncio.wait_for(asyncio.gather(*(made.result() for made in both)), 60) == [0, 1]
            await asyncio.gather(*(made.result() for made in others))
        finally:
            go.set()
            scheduler.close()

    run(check)
