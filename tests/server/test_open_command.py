"""``chainrule open FILE``: what is wrong is said in a line, what is right is served under an address that opens it."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same
from sklearn.neural_network import MLPRegressor

from engine import RunSpec, Trainer
from engine.importing.sklearn_import import from_sklearn
from engine.script.edits import LoadEdit
from server.commands import run, serve
from server.keeping.database import Database
from server.keeping.experiments import Experiments
from server.settings import Settings

Served = list[tuple[list[str], str]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """What would have been served."""
    found: Served = []
    monkeypatch.setattr(serve, "main", lambda arguments, fragment="": found.append((list(arguments), fragment)) or 0)
    return found


def script_of(units: int) -> str:
    random = np.random.default_rng(1)
    x = random.normal(size=(20, 2))
    imported = from_sklearn(MLPRegressor(hidden_layer_sizes=(units,), random_state=0), x, x[:, 0])
    return json.dumps(imported.script.as_json())


def test_a_short_script_is_in_the_address_itself(tmp_path: Path, served: Served) -> None:
    (tmp_path / "run.json").write_text(script_of(3))
    assert run(["open", str(tmp_path / "run.json"), "--no-browser"]) == 0
    [(arguments, fragment)] = served
    assert arguments == ["--host", "127.0.0.1", "--port", "0", "--no-browser"]
    packed = fragment.removeprefix("#view=step&s=")
    text = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    assert isinstance(Trainer.from_script(json.loads(text)).edits[0], LoadEdit)


def test_a_long_one_is_kept_where_the_server_finds_it(tmp_path: Path, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINRULE_DATABASE_URL", f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    (tmp_path / "run.json").write_text(script_of(300))
    assert run(["open", str(tmp_path / "run.json")]) == 0
    name = served[0][1].removeprefix("#view=step&e=")
    settings = Settings.from_environment()

    async def kept() -> str:
        database = Database(settings)
        try:
            return await Experiments(settings, database).script(name)
        finally:
            database.close()

    script = json.loads(asyncio.run(kept()))
    assert len(script["edits"][0]["parameters"]["W1"]) == 600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "neither a model nor a script; allowed: what Take along writes"),
        ('{"spec": {"batch_size": 0}}', "spec.batch_size: out of range"),
        ('{"spec": {"data": {"name": "nothing"}}}', "'nothing' is not known"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    text: str, words: str, tmp_path: Path, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(text)
    assert run(["open", str(tmp_path / "run.json")]) == 2 and served == []
    told = capsys.readouterr().err
    assert words in told and told.startswith("chainrule: ") and told.count("\n") == 1


def test_a_run_too_large_for_the_server_is_refused_before_it_is_served(
    tmp_path: Path, served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAINRULE_MAX_PARAMETERS", "100")
    (tmp_path / "run.json").write_text(script_of(300))
    assert run(["open", str(tmp_path / "run.json")]) == 2 and served == []
    assert "1,201 parameters are more than this server allows" in capsys.readouterr().err


def test_a_page_loads_it_with_its_weights_and_shares_it(live: Live) -> None:
    script: dict[str, Any] = json.loads(script_of(4))
    direct = Trainer.from_script(script)
    with Page(live.socket) as page, Page(live.socket) as other:
        page.run_info()
        page.do("subscribe", channels=["parameters"])
        page.do("load", script=script)
        told = {name: values.ravel().tolist() for name, values in parameters(page).items()}
        assert told == script["edits"][0]["parameters"]
        page.do("step", count=7)
        direct.step(7)
        assert same(parameters(page), direct.named_parameters)
        shared = page.do("share")["result"]["script"]
        other.run_info()
        other.do("subscribe", channels=["parameters"])
        other.do("load", script=shared)
        assert same(parameters(other), direct.named_parameters)


def test_nobody_loads_a_network_into_a_run_that_goes_on(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        answer = page.ask("edit", edit={"kind": "load", "parameters": {"W1": [0.0]}})
        assert answer["type"] == "error" and "load" in json.dumps(answer)


def test_it_is_before_all_other_edits_and_fits_the_network() -> None:
    script: dict[str, Any] = json.loads(script_of(4))
    late = script | {"edits": [{"kind": "set", "path": "optimizer.lr", "value": 0.1}, *script["edits"]]}
    with pytest.raises(ValueError, match="a network is loaded before any other edit"):
        Trainer.from_script(late)
    script["edits"][0]["parameters"]["W1"].pop()
    with pytest.raises(ValueError, match=r"edits.0.parameters.W1: 7 numbers given; allowed: 8, row by row"):
        Trainer.from_script(script)
    with pytest.raises(ValueError, match="step 0 of a run without edits"):
        trainer = Trainer(RunSpec.model_validate({"data": {"name": "xor"}}))
        trainer.step(1)
        trainer.edit(LoadEdit())
