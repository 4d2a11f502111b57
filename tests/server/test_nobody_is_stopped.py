"""With the largest network, race and table that a server allows, nobody waits long for his turn: no call on the event loop over
20 ms, nothing in the engine's threads over 100 ms at a stretch, and whatever is under way is left within 200 ms.

The commands are those of the protocol that is served; each is done with the largest that it may be given, by one of the walks.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from stretches import Measured, run

from engine import warm_up
from server import activities
from server.protocol import name_of
from server.session.hosting import Hosting
from server.settings import Settings

SETTINGS = Settings(database_url="sqlite://", threads=1)
LAYERS = [{"units": units, "activation": "tanh"} for units in (1000, 1000, 900)]
LARGEST: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 2000, "test_fraction": 0.5},
    "network": {"layers": LAYERS},
    "batch_size": 1000,
}
"""1.9 million parameters, and as many samples as may go with them; a batch that fills the workspace."""
MIDDLING = LARGEST | {"network": {"layers": [{"units": 300}, {"units": 100}]}, "batch_size": 100}
WEIGHT = {"name": "W2", "index": [3, 4]}
KINDS = {kind.name: kind for kind in activities.registered()}
OWN = {"attach", "subscribe", "visible", "ping", "acknowledge"}
"""What a socket or the session itself answers."""
BRIEF = 0.7
"""Seconds that a command may go on before it is left."""


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """As a server is that has started: what is loaded is not walked through by the collector."""
    warm_up()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def walked(kind: str, page: Measured) -> None:
    """All commands and channels of a kind, found in what is served."""
    wanted = {name_of(model) for model in KINDS[kind].handlers}
    assert wanted - {name.split()[0] for name in page.done} == set(), "commands that nobody has walked"
    assert {channel.name for channel in KINDS[kind].channels} - page.frames.keys() == set(), "channels that nobody has seen"


def test_each_command_is_some_kinds() -> None:
    served = set(Hosting(activities.registered()).vocabulary.models)
    assert served - {name_of(model) for kind in KINDS.values() for model in kind.handlers} == OWN


async def pictures(page: Measured, kinds: list[str]) -> None:
    """Each channel by itself, made at least once."""
    for kind in kinds:
        for channel in KINDS[kind].channels:
            name, before = channel.name, page.frames[channel.name]
            sample = {"split": "train", "index": 0}
            await page.do("subscribe", label=f"channel {name}", channels=[name], grid=100, sample=sample)
            await page.until(lambda name=name, before=before: page.frames[name] > before, 8.0)  # type: ignore[misc]


@pytest.mark.slow(seconds=60)
def test_the_largest_run() -> None:
    async def walk(page: Measured) -> None:
        await page.do("configure", spec=LARGEST)
        await page.do("step", count=1)
        await pictures(page, ["run"])
        await page.do("subscribe", channels=[])
        await page.do("play", speed={"unit": "flat"})
        await page.do("speed", speed={"unit": "steps", "rate": 1000})
        await page.do("pause")
        await page.do("step", count=100_000, leave="pause", within=BRIEF)
        rate = {"kind": "set", "path": "optimizer.lr", "value": 0.02}
        assert (await page.do("edit", edit=rate))["type"] == "done"
        await page.do("edit", edit=rate | {"path": "regularization.l2"}, leave="pause", within=BRIEF)
        await page.do("undo", leave="pause", within=BRIEF)
        await page.do("redo", leave="pause", within=BRIEF)
        await page.do("seek", step=1000, leave="pause", within=BRIEF)
        await page.do("seek", step=0)
        await page.do("find_rate", leave="cancel", within=BRIEF)
        await page.do("check_gradient", samples=10_000, weights=20_000, leave="cancel", within=2 * BRIEF)
        script = (await page.do("share"))["result"]["script"]
        kept = await page.do("keep")
        for format in ("curves", "model", "torch", "script"):
            await page.do("export", format=format, leave="cancel", within=BRIEF)
        await page.do("compare", points=4000)
        await page.do("load", script=json.loads(script) | {"step": 50}, leave="pause", within=BRIEF)
        await page.do("load", experiment=kept["result"]["experiment"])
        await page.do("reset")
        await page.do("cancel")

    page = run(walk, SETTINGS)
    walked("run", page)
    page.check()


@pytest.mark.slow(seconds=60)
def test_what_is_undone_and_done_again_over_thousands_of_updates() -> None:
    """Ordinary use of a network of some size."""

    async def walk(page: Measured) -> None:
        await page.do("configure", spec=MIDDLING | {"optimizer": {"name": "adam"}})
        await page.do("step", count=2000)
        rate = {"kind": "set", "path": "optimizer.lr", "value": 0.02}
        await page.do("edit", edit=rate)
        await page.do("undo", leave="pause", within=BRIEF)
        await page.do("redo")
        for format in ("model", "torch"):
            await page.do("export", format=format)

    run(walk, SETTINGS).check()


@pytest.mark.slow(seconds=30)
def test_a_run_of_as_many_edits_as_are_kept() -> None:
    async def walk(page: Measured) -> None:
        await page.do("configure", spec={"network": {"layers": [{"units": 2}]}})
        for number in range(SETTINGS.max_history):
            rate = {"kind": "set", "path": "optimizer.lr", "value": 0.001 * (1 + number)}
            edit = (
                {"kind": "set", "path": "optimizer", "value": {"name": "sgd" if number % 2 else "adam"}} if number % 3 else rate
            )
            assert (await page.do("edit", edit=edit))["type"] == "done"
            await page.do("step", count=1)
        script = (await page.do("share"))["result"]["script"]
        await page.do("undo")
        await page.do("redo")
        await page.do("load", script=script)

    run(walk, SETTINGS).check()


@pytest.mark.slow(seconds=60)
def test_the_largest_update_under_the_microscope() -> None:
    async def walk(page: Measured) -> None:
        await page.do("configure", spec=LARGEST)
        await page.do("step", count=1)
        await page.do("look", micro=-1, depth="unit", leave="pause", within=5.0)
        await pictures(page, ["microscope"])
        await page.do("subscribe", channels=[])
        for type in ("sample_chain", "dissect"):
            await page.do(type, **WEIGHT, leave="pause", within=5.0)
        await page.do("verify", entries=[WEIGHT], leave="pause", within=BRIEF)
        await page.do("wrong_way", leave="pause", within=5.0)
        for format in ("latex", "sheet", "json"):
            await page.do("take_away", format=format, leave="pause", within=5.0)
        await page.do("factors", name="W2", leave="pause", within=5.0)
        asked = await page.do("ask", micro=1, leave="pause", within=5.0)
        assert asked["type"] == "done", asked
        question = asked["result"]["question"]["id"]
        await page.do("answer", question=question, answer=1)
        await page.do("reveal", question=question)
        await page.do("questions")
        await page.do("graph", text=" + ".join(["tanh(a*b)"] * 15), inputs={"a": 1.0, "b": 2.0})

    page = run(walk, SETTINGS)
    walked("microscope", page)
    page.check()


@pytest.mark.slow(seconds=60)
def test_the_largest_race_on_the_network() -> None:
    async def walk(page: Measured) -> None:
        await page.do("configure", spec=LARGEST)
        await page.do("network", lanes=[{"optimizer": {"name": "adam"}}])
        await page.do("network_step", count=3)
        await pictures(page, ["network"])
        await page.do("subscribe", channels=[])
        await page.do("network_export", format="html", leave="network_pause", within=2 * BRIEF)
        await page.do("network_export", format="csv")
        await page.do("network_step", count=1000, leave="network_pause", within=BRIEF)
        for kind in ("weights", "random", "pca", "points"):
            await page.do("network_plane", kind=kind, corners=[0, 1, 1], leave="network_pause", within=5.0)
        for type, fields in (
            ("study_point", {}),
            ("study_seeds", {"steps": 100}),
            ("study_rates", {"steps": 10}),
            ("study_compass", {"lane": 1, "batch_size": 1000}),
        ):
            await page.do(type, **fields, leave="study_cancel", within=5.0)
            await page.until(lambda: False, BRIEF)
            await page.do("study_cancel")
        await page.do("network_seek", step=1, leave="network_pause", within=BRIEF)
        await page.do("network_speed", speed={"unit": "flat"})
        await page.do("network_play")
        await page.until(lambda: False, BRIEF)
        await page.do("network_pause")
        await page.do("network_lane_retune", lane=1, optimizer={"name": "sgd"}, leave="network_pause", within=5.0)
        await page.do("network_lane_replace", lane=1, spec={"optimizer": {"name": "sgd"}}, leave="network_pause", within=5.0)
        script = (await page.do("network_share"))["result"]["script"]
        await page.do("network_open", lane=1)
        await page.do("network_load", script=json.loads(script) | {"step": 100}, leave="network_pause", within=BRIEF)
        await page.do("configure", spec=MIDDLING)
        await page.do("network", lanes=[{"optimizer": {"name": "sgd"}}] * 14)
        await page.do("network_lane_add", lane={"optimizer": {"name": "adam"}})
        await page.do("network_lane_duplicate", lane=1)
        await page.do("network_lane_remove", lane=1)
        await page.do("network_step", count=20)
        await pictures(page, ["network"])
        await page.do("network_export", format="html", leave="network_pause", within=2 * BRIEF)
        await page.do("race")
        await page.do("study_basins", lane=1, side=64, steps=4000)
        await page.do("study_cancel")

    page = run(walk, SETTINGS)
    walked("network", page)
    page.check()


@pytest.mark.slow(seconds=60)
def test_the_largest_race_on_a_surface() -> None:
    names = ["adam", "muon", "rprop", "nadam", "radam", "lion", "adadelta", "adamax"] * 2
    lanes = [{"optimizer": {"name": name, "lr": 1e-6}} for name in names if name != "muon"]

    async def walk(page: Measured) -> None:
        await page.do("race", spec={"surface": {"name": "rosenbrock"}, "lanes": lanes, "max_steps": 100_000, "noise": 0.1})
        await page.do("race_step", count=100_000)
        await pictures(page, ["race"])
        await page.do("subscribe", channels=[])
        await page.do("race_lane_add", lane={"optimizer": {"name": "adam", "lr": 1e-6}})
        await page.do("race_lane_duplicate", lane=1)
        await page.do("race_lane_remove", lane=1)
        await page.do("race_lane_retune", lane=2, optimizer={"name": "sgd", "lr": 1e-6})
        await page.do("race_lane_replace", lane=2, spec={"optimizer": {"name": "sgd", "lr": 1e-6}})
        await page.do("race_change", seed=3, leave="race_pause", within=5.0)
        await page.do("race_change", surface="himmelblau", leave="race_pause", within=5.0)
        await page.do("race_seek", step=50_000)
        await page.do("race_dissect", lane=2, coordinate="x")
        await page.do("race_seek", step=12_000)
        for format in ("csv", "html"):
            await page.do("race_export", format=format, leave="race_pause", within=5.0)
        script = (await page.do("race_share"))["result"]["script"]
        await page.do("race_load", script=json.loads(script) | {"step": 100_000})
        await page.do("race_rates", how="same", lr=1e-6, leave="race_pause", within=5.0)
        rates = np.geomspace(1e-9, 1e-6, 64).tolist()
        await page.do("race_rates", how="tuned", rates=rates, steps=10_000, leave="race_pause", within=BRIEF)
        await page.do("race_speed", speed={"unit": "flat"})
        await page.do("race_seek", step=0)
        await page.do("race_play")
        await page.do("race_pause")

    page = run(walk, SETTINGS)
    walked("race", page)
    page.check()
