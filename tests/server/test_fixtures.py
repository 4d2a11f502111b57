"""What earlier versions kept, shared and exported opens today: to the same bits on the machine that recorded it, elsewhere to
nearly the same numbers; and where the fingerprint is another one, the server says so."""

from __future__ import annotations

import ast
import base64
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from live_server import Live, serving
from observed import SESSIONS, network_race, newest, rows, run, surface_race
from pages import Page
from postgresql import Cluster
from recorded import FOR_EVER, REPLAYED, VERSIONS, Recorded, differences

from engine import Trainer, warm_up
from server.settings import Settings

RACES = {
    "surface": ("race_load", surface_race),
    "formula": ("race_load", surface_race),
    "network": ("network_load", network_race),
}


@pytest.fixture(scope="module", params=VERSIONS)
def recorded(request: pytest.FixtureRequest) -> Recorded:
    return Recorded(request.param)


class Kept(NamedTuple):
    """A server over a copy of a recorded database, and the ids in it."""

    live: Live
    sessions: dict[str, str]
    experiments: dict[str, str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    if request.param == "sqlite":
        url = f"sqlite:///{recorded.unfold('kept.sqlite3', folder / 'kept.sqlite3').as_posix()}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.restore(f"of_{recorded.version}", recorded.unfold("kept.sql", folder / "kept.sql").read_text())
    warm_up()
    with serving(Settings(database_url=url, kept_session_expiry=FOR_EVER)) as live:
        yield Kept(live, **recorded.manifest[request.param])


def test_there_are_fixtures() -> None:
    assert "v1" in VERSIONS


def test_kept_sessions_come_back(kept: Kept, recorded: Recorded) -> None:
    """Runs with their branches, undo and curves, races, what is withheld; and each goes on as it would have then."""
    told = {}
    for name, ask in SESSIONS.items():
        with Page(kept.live.socket, kept.sessions[name]) as page:
            assert page.attached["resumed"], name
            told[name] = ask(page)
            arrived = next(event for event in page.events if event["type"] == "state")
            assert arrived["status"] != "seeking" or recorded.version in REPLAYED, f"{name}: its snapshot is not read"
            said = [event["same_bits"] for event in page.events if event["type"] == "loaded"]
            assert said == ([] if recorded.same_fingerprint else [False]), name
            if name in RACES:
                state = newest(page, "network_state" if name == "network" else "race_state")
                assert state["same_bits"] is recorded.same_fingerprint, name
    recorded.agrees(told, {name: recorded.told[name] for name in SESSIONS})


def test_a_kept_experiment_opens_by_its_id(kept: Kept, recorded: Recorded) -> None:
    with Page(kept.live.socket) as page:
        page.run_info()
        page.do("load", experiment=kept.experiments["own_data"])
        assert newest(page, "loaded")["same_bits"] is recorded.same_fingerprint
        recorded.agrees(run(page), recorded.told["own_data"]["here"])


def script_of(fragment: str) -> str:
    """The script of a link, as the page unpacks it."""
    packed = next(part[2:] for part in fragment.lstrip("#").split("&") if part[:2] in ("s=", "r=", "n="))
    return zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15).decode()


@pytest.mark.parametrize("name", ["run", "teacher"])
def test_a_link_opens_its_run(live: Live, recorded: Recorded, name: str) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("load", script=script_of(recorded.json("links.json")[name]))
        assert newest(page, "loaded")["same_bits"] is recorded.same_fingerprint
        recorded.check(run(page), "link")


@pytest.mark.parametrize("name", RACES)
def test_a_link_opens_its_race(live: Live, recorded: Recorded, name: str) -> None:
    load, ask = RACES[name]
    with Page(live.socket) as page:
        page.run_info()
        page.do(load, script=script_of(recorded.json("links.json")[name]))
        found = ask(page)
        found["where"]["speed"] = recorded.told[name]["where"]["speed"]  # a session's, and no part of a link
        assert newest(page, "network_state" if name == "network" else "race_state")["same_bits"] is recorded.same_fingerprint
        recorded.check(found, name)


def test_an_exported_experiment_gives_the_files_that_lie_beside_it(live: Live, recorded: Recorded) -> None:
    folder = recorded.folder / "exports"
    with Page(live.socket) as page:
        page.run_info()
        page.do("load", script=(folder / "experiment.json").read_text())
        curves, model, script = (page.do("export", format=format)["result"]["text"] for format in ("curves", "model", "script"))
    recorded.agrees(rows(curves), rows((folder / "curves.csv").read_text()))
    recorded.agrees(json.loads(model), json.loads((folder / "model.json").read_text()))
    before = json.loads((folder / "experiment.json").read_text())
    before.pop("fingerprint")
    recorded.agrees(json.loads(script), before)
    trainer = Trainer.from_script((folder / "experiment.json").read_text())
    expected = literal(folder / "model.py", "expected")
    assert len(expected) == 20
    recorded.agrees([trainer.step(1) for _ in expected], expected)


def test_an_exported_race_gives_the_table_that_lies_beside_it(live: Live, recorded: Recorded) -> None:
    folder = recorded.folder / "exports"
    for name in ("surface", "network"):
        load, ask = RACES[name]
        with Page(live.socket) as page:
            page.run_info()
            page.do(load, script=(folder / f"{name}.json").read_text())
            table = ask(page)["table"]
        recorded.agrees(table, rows((folder / f"{name}.csv").read_text()))


def test_an_update_is_taken_away_under_the_same_keys(live: Live, recorded: Recorded) -> None:
    script = recorded.folder / "exports" / "experiment.json"
    with Page(live.socket) as page:
        page.run_info()
        page.do("load", script=script.read_text())
        text = page.do("take_away", format="json")["result"]["text"]
    before = keys(json.loads((recorded.folder / "exports" / "update.json").read_text()))
    assert len(before) > 30 and before - keys(json.loads(text)) == set()


def keys(value: Any, where: str = "") -> set[str]:
    """Every path of keys, lists without their places."""
    if isinstance(value, list):
        return {path for item in value for path in keys(item, where)}
    if isinstance(value, dict):
        return {where} | {path for key, item in value.items() for path in keys(item, f"{where}/{key}")}
    return {where}


def literal(file: Path, name: str) -> Any:
    """What a module assigns to a name."""
    module = ast.parse(file.read_text())
    assigned = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return ast.literal_eval(assigned[name])


def test_a_difference_is_told_and_what_is_newer_is_allowed() -> None:
    then = {"loss": 0.5, "name": "adam", "rows": [1.0, 2.0], "sha256": "a"}
    assert differences({**then, "newer": 1}, then, exact=True) == []
    near = then | {"loss": 0.5 * (1 + 1e-12), "sha256": "b"}
    assert differences(near, then, exact=False) == []
    assert len(differences(near, then, exact=True)) == 2
    for other in ({"loss": 0.5 * (1 + 1e-6)}, {"name": "sgd"}, {"rows": [1.0]}, {"rows": [1.0, "NaN"]}):
        assert len(differences(then | other, then, exact=False)) == 1
    assert differences({"name": "adam"}, {"name": "adam", "lost": 1}, exact=False) == [".lost is missing"]
