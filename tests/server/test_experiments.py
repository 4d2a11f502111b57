"""Experiments kept by id: what comes back is what was kept, wherever the database lies, and whatever is wrong is said."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from live_server import Live, serving
from pages import Page, parameters, same
from sqlalchemy.exc import OperationalError

from engine import RunSpec, Trainer
from server.keeping import kept_texts
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.settings import Settings
from server.wire.errors import CommandError

Serve = Callable[[Settings], Live]


class Store(Experiments):
    """With a database of its own."""

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings)
        super().__init__(settings, self.database)


def run(store: Store, *calls: Callable[[], Coroutine[Any, Any, str]]) -> list[str]:
    """The calls one after the other, in an event loop of their own; then the database is closed."""

    async def all_of_them() -> list[str]:
        return [await call() for call in calls]

    with ThreadPoolExecutor(1) as thread:
        try:
            return thread.submit(lambda: asyncio.run(all_of_them())).result()
        finally:
            store.database.close()


def at(path: Path, **settings: Any) -> Settings:
    return Settings(database_url=f"sqlite:///{path.as_posix()}", **settings)


def test_what_is_kept_outlives_the_store_and_the_same_is_kept_once(tmp_path: Path) -> None:
    settings = at(tmp_path / "kept.sqlite3")
    text = json.dumps({"é": ["−1", 2.5, 0.1]}, ensure_ascii=False)
    first = Store(settings)
    one, again, other = run(first, lambda: first.keep(text), lambda: first.keep(text), lambda: first.keep(text + " "))
    assert first.lasting and one == again != other and len(one) >= 20
    second = Store(settings)
    assert run(second, lambda: second.script(one), lambda: second.script(other)) == [text, text + " "]
    with sqlite3.connect(tmp_path / "kept.sqlite3") as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert file.execute("SELECT count(*) FROM experiments").fetchone() == (2,)


def test_of_several_processes_that_keep_the_same_all_are_told_one_id(url: str) -> None:
    stores = [Store(Settings(database_url=url)) for _ in range(4)]

    async def together() -> str:
        for number in range(15):
            ids = await asyncio.gather(*(store.keep(f"script {number}") for store in stores))
            assert len(set(ids)) == 1 and await stores[0].script(ids[0]) == f"script {number}"
        return ""

    run(stores[0], together)
    for store in stores[1:]:
        store.database.close()


def test_limits(tmp_path: Path) -> None:
    store = Store(at(tmp_path / "kept.sqlite3", max_experiments=2, max_experiment_bytes=1000))
    noise = "".join(random.Random(1).choices("abcdefghijklmnop", k=5000))

    async def refused(script: str, code: str) -> str:
        with pytest.raises(CommandError) as error:
            await store.keep(script)
        assert error.value.code == code and error.value.allowed
        return code

    run(
        store,
        lambda: refused(noise, "too_large"),
        lambda: store.keep("a" * 5000),  # packed it is short
        lambda: store.keep("b"),
        lambda: refused("c", "limit"),
        lambda: store.keep("b"),  # it is there already
    )


def test_the_default_is_one_file_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.keeping.database.user_data_path", lambda *_, **__: tmp_path / "data" / "chainrule")
    store = Store(Settings())
    run(store, lambda: store.keep("{}"))
    assert store.lasting and (tmp_path / "data" / "chainrule" / "chainrule.sqlite3").is_file()


def read_only(folder: Path) -> str:
    """A database that may be read and not written, whoever asks."""
    url = f"sqlite:///{(folder / 'kept.sqlite3').as_posix()}"
    store = Store(Settings(database_url=url))
    run(store, lambda: store.keep("{}"))
    return f"sqlite:///file:{(folder / 'kept.sqlite3').as_posix()}?mode=ro&uri=true"


@pytest.mark.parametrize(
    "url",
    [
        lambda folder: f"sqlite:///{(folder / 'file' / 'below' / 'it.sqlite3').as_posix()}",
        read_only,
        lambda folder: "no url at all",
        lambda folder: "nosuchdatabase://somewhere/else",
    ],
    ids=["no folder", "read only", "no url", "no driver"],
)
def test_a_database_that_is_named_and_cannot_be_written_is_no_database_in_memory(
    tmp_path: Path, url: Callable[[Path], str]
) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    store = Store(Settings(database_url=url(tmp_path)))
    with pytest.raises(CommandError, match="cannot be kept"):
        run(store, lambda: store.keep("{}"))


def test_where_the_data_folder_cannot_be_written_it_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way of a folder")
    monkeypatch.setattr("server.keeping.database.user_data_path", lambda *_, **__: tmp_path / "file" / "below")
    store = Store(Settings())

    async def there_and_back() -> str:
        return await store.script(await store.keep('{"there": "and back"}'))

    assert run(store, there_and_back) == ['{"there": "and back"}']
    assert not store.lasting and "until the server stops" in caplog.text


SPEC: dict[str, Any] = {
    "data": {
        "name": "inline",
        "task": "regression",
        "train_x": [[random.Random(row).gauss(0, 1), row / 7] for row in range(300)],
        "train_y": [random.Random(-row).gauss(0, 1) for row in range(300)],
    },
    "network": {"layers": [{"units": 4, "activation": "tanh"}]},
    "optimizer": {"name": "adam", "lr": 0.02},
}


def test_another_session_opens_it_by_id_to_the_same_bits(serve: Serve, tmp_path: Path) -> None:
    settings = at(tmp_path / "kept.sqlite3")
    with serving(settings) as before, Page(before.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("step", count=40)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.3})
        page.do("step", count=25)
        kept = page.do("keep")["result"]
        assert kept["lasting"] is True and page.attached["session"] not in kept["experiment"]
    direct = Trainer(RunSpec.model_validate(SPEC))
    direct.step(40)
    direct.edit({"kind": "set", "path": "optimizer.lr", "value": 0.3})
    direct.step(25)
    with serving(settings) as after, Page(after.socket) as page:  # the server was started anew
        page.run_info()
        page.do("subscribe", channels=["parameters"])
        page.do("load", experiment=kept["experiment"])
        assert page.state["step"] == 65
        assert same(parameters(page), direct.named_parameters)


def test_refusals(serve: Serve, tmp_path: Path) -> None:
    live = serve(at(tmp_path / "kept.sqlite3", max_experiment_bytes=100))
    with Page(live.socket) as page:
        run_before = page.run_info()["run"]
        unknown = page.ask("load", experiment="x" * 22)
        assert (unknown["type"], unknown["code"], unknown["field"]) == ("error", "unknown_experiment", "experiment")
        assert page.ask("load")["code"] == "invalid"
        assert page.ask("load", script={"spec": {}}, experiment="x")["code"] == "invalid"
        assert page.ask("keep")["code"] == "too_large"
        assert page.do("pause") and page.run_info()["run"] == run_before


def test_own_samples_come_once_with_the_run_and_scripts_refer_to_them(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        first = page.run_info()
        assert first["spec"]["data"]["train_x"] == SPEC["data"]["train_x"]
        page.do("step", count=5)
        page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.3})
        scripts = [event for event in page.events if event["type"] == "script" and event["run"] == first["run"]]
        assert len(scripts) == 2 and scripts[-1]["spec"]["optimizer"]["lr"] == 0.3
        for script in scripts:
            assert len(json.dumps(script)) < 4000
            assert script["data_digest"] == first["data_digest"] and len(first["data_digest"]) == 64
            # With the run's samples it is the whole spec.
            whole = {**script["spec"], "data": {**first["spec"]["data"], **script["spec"]["data"]}}
            assert RunSpec.model_validate(whole).data == RunSpec.model_validate(SPEC).data
        shared = json.loads(page.do("share")["result"]["script"])
        exported = json.loads(page.do("export", format="script")["result"]["text"])
        assert shared["spec"]["data"]["train_x"] == exported["spec"]["data"]["train_x"] == SPEC["data"]["train_x"]

        page.do("configure", spec={**SPEC, "seed": 7})
        assert page.run_info()["data_digest"] == first["data_digest"]
        changed = [[value + 1e-12 for value in row] for row in SPEC["data"]["train_x"]]
        page.do("configure", spec={**SPEC, "data": {**SPEC["data"], "train_x": changed}})
        assert page.run_info()["data_digest"] not in (None, first["data_digest"])
        page.do("configure", spec={})
        assert page.run_info()["data_digest"] is None


# One address and all others -------------------------------------------------------------------------------------------


def test_a_flood_of_one_address_pushes_out_its_own_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only for others, what was used longest ago first; what is from before addresses were told apart stays."""
    monkeypatch.setattr(kept_texts, "USED", -1.0)
    store = Store(at(tmp_path / "kept.sqlite3", max_experiments=8))
    flood: list[str] = []

    async def refused(script: str, address: str) -> None:
        with pytest.raises(CommandError, match="as many experiments as it may"):
            await store.keep(script, address)

    async def scene() -> str:
        early, other = await store.keep("from before"), await store.keep("another's", "10.0.0.2")
        for number in range(6):
            flood.append(await store.keep(f"flood {number}", "10.0.0.1"))
        await refused("one more", "10.0.0.1")
        await refused("of nobody", "")
        assert await store.script(flood[0]) == "flood 0", "used again"
        third = await store.keep("a third's", "10.0.0.3")
        for kept in (early, other, third, flood[0], *flood[2:]):
            assert await store.script(kept)
        with pytest.raises(CommandError, match="no such experiment"):
            await store.script(flood[1])
        for number in range(2):
            await store.keep(f"{number} more of the third", "10.0.0.3")
        await refused("where none has more than a share or than oneself", "10.0.0.3")
        return ""

    run(store, scene)


def test_an_address_keeps_so_many_a_minute(live: Live, serve: Serve) -> None:
    server = serve(Settings(database_url="sqlite://", max_keeps=5))

    def coming(address: str) -> Page:
        return Page(server.socket, additional_headers={"X-Forwarded-For": address})

    with coming("10.0.0.1") as flood, coming("10.0.0.2") as other:
        answers = [flood.ask("keep") for _ in range(12)]
        kept = [answer for answer in answers if answer["type"] == "done"]
        assert 5 <= len(kept) <= 7 and answers[-1]["code"] == "limit" and answers[-1]["allowed"] == "at most 5 a minute"
        assert other.do("keep")["result"]["experiment"] and flood.do("step", count=1)


def test_where_the_disk_is_full_it_is_said_and_the_session_goes_on(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(store: Experiments, *_: object) -> str:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(Experiments, "_keep", full)
    with Page(live.socket) as page:
        answer = page.ask("keep")
        assert answer["code"] == "unavailable" and "no room left" in answer["message"]
        page.do("step", count=1)


# Lessons of one's own --------------------------------------------------------------------------------------------------


def test_lessons_are_kept_beside_experiments_under_limits_of_their_own(url: str) -> None:
    store = Store(Settings(database_url=url, max_lessons=2, max_experiments=1, max_lesson_bytes=200))

    async def scene() -> str:
        lessons = store.lessons
        script, one = await store.keep("the same text"), await lessons.keep("the same text", "10.0.0.1")
        assert one != script and await lessons.keep("the same text", "10.0.0.2") == one
        two = await lessons.keep("another — é", "10.0.0.1")
        assert await lessons.text(two) == "another — é" and await lessons.text(one) == await store.script(script)
        for text, address, code in (("a third", "10.0.0.1", "limit"), ("".join(map(chr, range(40, 400))), "", "too_large")):
            with pytest.raises(CommandError) as error:
                await lessons.keep(text, address)
            assert error.value.code == code and error.value.allowed
        other = await lessons.keep("another's", "10.0.0.9")  # who has most makes room
        assert await lessons.text(other) == "another's"
        for id in (one, script):
            with pytest.raises(CommandError) as error:
                await lessons.text(id)
            assert error.value.code == "unknown_lesson" and "no such lesson" in error.value.message
        return await store.script(script)

    assert run(store, scene) == ["the same text"]
