"""Walks over what a session can be asked for, each with the largest network, race or table that a server allows.

`test_nobody_is_stopped` says what they show, and that no command, channel or choice of a file is left out.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import numpy as np
from lab_pages import registered
from largest_lesson import cards, lesson

from engine.export.files import MOST_NUMBERS
from engine.lab import EXPERIMENTS
from server import activities
from server.settings import Settings
from server.wire.bounds import MOST_ENTRIES

SETTINGS = Settings(database_url="sqlite://", threads=1)
LAYERS = [{"units": units, "activation": "tanh"} for units in (1000, 1000, 900)]
LARGEST: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 2000, "test_fraction": 0.5},
    "network": {"layers": LAYERS},
    "batch_size": 1000,
}
"""1.9 million parameters, and as many samples as may go with them; a batch that fills the workspace."""
MIDDLING = LARGEST | {"network": {"layers": [{"units": 300}, {"units": 100}]}, "batch_size": 100}
ADAM, SGD, MUON = ({"optimizer": {"name": name}} for name in ("adam", "sgd", "muon"))
WEIGHT = {"name": "W2", "index": [3, 4]}
KINDS = {kind.name: kind for kind in activities.registered()}
BRIEF = 0.7
"""Seconds that a command may go on before it is left."""
LATE = 5.0
"""The same of one that is to be done where the machine is quick."""


class Page(Protocol):
    """What a walk asks of the page that it leads: `stretches.Measured`."""

    async def do(self, type: str, *, leave: str | None = ..., within: float = ..., **fields: Any) -> dict[str, Any]: ...
    async def until(self, condition: Callable[[], bool], seconds: float) -> bool: ...
    async def see(self, channel: str) -> None: ...


Walk = Callable[[Page], Awaitable[None]]


async def pictures(page: Page, kind: str, *without: str) -> None:
    """Each channel by itself, but for those of which there is nothing to see."""
    for channel in KINDS[kind].channels:
        if channel.name not in without:
            await page.see(channel.name)
    await page.do("subscribe", channels=[])


# A run -----------------------------------------------------------------------------------------------------------------


async def run(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=1)
    await pictures(page, "run")
    await page.do("play", speed={"unit": "flat"})
    await page.do("speed", speed={"unit": "steps", "rate": 1000})
    await page.do("pause")
    await page.do("step", count=100_000, leave="pause", within=BRIEF)
    await page.do("seek", step=1000, leave="pause", within=BRIEF)
    await page.do("seek", step=0)
    await page.do("predict", x=[0.5, -0.5], leave="pause", within=LATE)
    formula = {"name": "formula", "formula": "sin(x * y) + cos(x) * tanh(y) < 0.1", "samples": SETTINGS.max_samples}
    await page.do("sketch", data=formula, leave="pause", within=LATE)
    await page.do("reset")
    await page.do("cancel")


async def run_and_its_edits(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=12)
    rate = {"kind": "set", "path": "optimizer.lr", "value": 0.02}
    await page.do("edit", edit=rate)
    await page.do("edit", edit=rate | {"path": "regularization.l2"}, leave="pause", within=BRIEF)
    await page.do("edit", edit={"kind": "set", "path": "optimizer", "value": {"name": "muon"}}, leave="pause", within=BRIEF)
    await page.do("undo", leave="pause", within=BRIEF)
    await page.do("redo", leave="pause", within=BRIEF)
    await page.do("find_rate", leave="cancel", within=BRIEF)
    for within in (BRIEF, 2 * LATE):
        await page.do("check_gradient", samples=10_000, weights=20_000, leave="cancel", within=within)
    await page.do("configure", spec=MIDDLING | {"network": {"layers": [{"units": 200}]}})
    await page.do("step", count=200)
    for within in (BRIEF, 2 * LATE):
        await page.do("replay", seconds=60, leave="cancel", within=within)


async def run_taken_along(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=2)
    script = (await page.do("share"))["result"]["script"]
    kept = await page.do("keep")
    for format in ("curves", "batch_losses", "model", "torch", "script"):
        for within in (BRIEF, LATE):
            await page.do("export", format=format, leave="pause", within=within)
    await page.do("compare", points=4000)
    await page.do("load", script=json.loads(script) | {"step": 50}, leave="pause", within=BRIEF)
    await page.do("load", experiment=kept["result"]["experiment"], leave="pause", within=LATE)


async def run_with_weights_of_its_own(page: Page) -> None:
    """A network from elsewhere, of as many numbers as a message may hold for one matrix."""
    layers = [{"units": 100}, {"units": MOST_ENTRIES // 100}]
    edit = {"kind": "load", "step": 0, "parameters": {"W2": [-0.0123456789] * MOST_ENTRIES}}
    script = {"spec": LARGEST | {"network": {"layers": layers}, "batch_size": 100}, "edits": [edit], "step": 2}
    await page.do("load", script=script, leave="pause", within=BRIEF)
    answer = await page.do("load", script=script)
    assert answer["type"] == "done", answer
    await page.do("look", micro=0)
    await page.do("step", count=2)
    await page.do("seek", step=0)
    kept = await page.do("keep")
    await page.do("share")
    await page.do("load", experiment=kept["result"]["experiment"])


async def run_by_muon(page: Page) -> None:
    """Whose update is more than its batch."""
    await page.do("configure", spec=LARGEST | MUON | {"batch_size": 10})
    await page.do("step", count=100_000, leave="pause", within=BRIEF)
    await page.do("look", micro=-1, leave="pause", within=LATE)
    await page.do("wrong_way", leave="pause", within=BRIEF)
    await page.do("network", lanes=[MUON])
    await page.do("network_step", count=1000, leave="network_pause", within=BRIEF)


async def run_as_large_a_file_as_is_written(page: Page) -> None:
    side = int(MOST_NUMBERS**0.5) - 10
    layers = [{"units": side}, {"units": side}]
    await page.do("configure", spec=LARGEST | SGD | {"network": {"layers": layers}, "batch_size": 100})
    await page.do("step", count=2)
    for format in ("model", "torch"):
        for within in (BRIEF, 2 * LATE):
            answer = await page.do("export", format=format, leave="pause", within=within)
            assert answer["type"] == "done" or answer["code"] == "cancelled", answer


async def middling_run_undone(page: Page) -> None:
    """Thousands of updates, as in ordinary use of a network of some size."""
    await page.do("configure", spec=MIDDLING | ADAM)
    await page.do("step", count=2000)
    await page.do("edit", edit={"kind": "set", "path": "optimizer.lr", "value": 0.02})
    await page.do("undo", leave="pause", within=BRIEF)
    await page.do("redo")
    for format in ("model", "torch"):
        await page.do("export", format=format)


async def run_of_many_edits(page: Page) -> None:
    await page.do("configure", spec={"network": {"layers": [{"units": 2}]}})
    for number in range(SETTINGS.max_history):
        edit: dict[str, Any] = {"kind": "set", "path": "optimizer.lr", "value": 0.001 * (1 + number)}
        if number % 3 == 0:
            edit = {"kind": "set", "path": "optimizer", "value": {"name": "sgd" if number % 2 else "adam"}}
        await page.do("edit", edit=edit)
        await page.do("step", count=1)
    script = (await page.do("share"))["result"]["script"]
    await page.do("undo")
    await page.do("redo")
    await page.do("load", script=script)


async def table(page: Page) -> None:
    """As many numbers as a message holds that has them as they are told: ``7.0,``."""
    columns = SETTINGS.max_inline_bytes // (4 * SETTINGS.max_samples) - 10
    digits = np.random.default_rng(0).integers(0, 10, (SETTINGS.max_samples, columns))
    data = {"name": "inline", "task": "classification", "train_x": digits.tolist(), "train_y": (digits[:, 0] % 2).tolist()}
    await page.do("configure", spec={"data": data, "network": {"layers": [{"units": 8}]}})
    await page.do("step", count=100)
    await pictures(page, "run", "inputs", "maps")
    script = (await page.do("share"))["result"]["script"]
    await page.do("export", format="torch", leave="pause", within=LATE)
    await page.do("load", script=script)
    await page.do("network", lanes=[ADAM, SGD])
    await page.do("network_step", count=20)
    for how in ({"how": "same", "lr": 1e-3}, {"how": "defaults"}, {"how": "tuned", "rates": [1e-3, 1e-2]}):
        await page.do("network_rates", **how, leave="network_pause", within=LATE)
    script = (await page.do("network_share"))["result"]["script"]
    await page.do("network_open", lane=1)
    await page.do("network_load", script=script, leave="network_pause", within=LATE)
    await page.do("network_lane_replace", lane=1, spec=SGD, leave="network_pause", within=LATE)


# An update under the microscope ----------------------------------------------------------------------------------------


async def update(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=1)
    await page.do("look", micro=-1, depth="unit", leave="pause", within=LATE)
    await pictures(page, "microscope")
    for type in ("sample_chain", "dissect"):
        await page.do(type, **WEIGHT, leave="pause", within=LATE)
    await page.do("verify", entries=[WEIGHT], leave="pause", within=BRIEF)
    await page.do("wrong_way", leave="pause", within=LATE)
    await page.do("factors", name="W2", leave="pause", within=LATE)
    await page.do("code", leave="pause", within=LATE)


async def update_taken_along(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("look", micro=1, leave="pause", within=LATE)
    for format in ("latex", "sheet", "json", "replay"):
        await page.do("take_away", format=format, leave="pause", within=LATE)
    question = (await page.do("ask", micro=1, leave="pause", within=LATE))["result"]["question"]["id"]
    await page.do("answer", question=question, answer=1)
    await page.do("reveal", question=question)
    await page.do("questions")
    await page.do("graph", text=" + ".join(["tanh(a*b)"] * 15), inputs={"a": 1.0, "b": 2.0})


# A race on the network -------------------------------------------------------------------------------------------------


async def race_on_the_network(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("network", lanes=[ADAM])
    await page.do("network_step", count=3)
    await pictures(page, "network", "study", "network_surface")  # a picture of it takes a minute
    for format in ("html", "replay"):
        await page.do("network_export", format=format, leave="network_pause", within=2 * BRIEF)
    await page.do("network_export", format="csv")
    await page.do("network_step", count=1000, leave="network_pause", within=BRIEF)
    for kind in ("weights", "random", "pca", "points"):
        await page.do("network_plane", kind=kind, corners=[0, 1, 1], leave="network_pause", within=LATE)


async def race_on_the_network_changed(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("network", lanes=[ADAM])
    await page.do("network_step", count=5)
    await page.do("network_seek", step=1, leave="network_pause", within=BRIEF)
    await page.do("network_speed", speed={"unit": "flat"})
    await page.do("network_play")
    await page.until(lambda: False, BRIEF)
    await page.do("network_pause")
    await page.do("network_lane_retune", lane=1, **SGD, leave="network_pause", within=LATE)
    await page.do("network_lane_replace", lane=1, spec=SGD, leave="network_pause", within=LATE)
    script = (await page.do("network_share"))["result"]["script"]
    await page.do("network_open", lane=1)
    await page.do("network_load", script=json.loads(script) | {"step": 100}, leave="network_pause", within=BRIEF)


async def studies(page: Page) -> None:
    await page.do("configure", spec=LARGEST)
    await page.do("network", lanes=[ADAM])
    await page.do("network_step", count=2)
    for type, fields in (
        ("study_point", {}),
        ("study_seeds", {"steps": 100}),
        ("study_rates", {"steps": 10}),
        ("study_compass", {"lane": 1, "batch_size": 1000}),
        ("study_edge", {"on": "race", "lane": 1}),
        ("study_edge", {"on": "sine", "steps": 5000}),
    ):
        await page.do(type, **fields, leave="study_cancel", within=LATE)
        await page.until(lambda: False, BRIEF)
        await page.do("study_cancel")
    await page.do("race")
    await page.do("study_basins", lane=1, side=64, steps=4000)
    await page.see("study")
    await page.do("study_cancel")


async def sixteen_lanes(page: Page) -> None:
    await page.do("configure", spec=MIDDLING)
    await page.do("network", lanes=[SGD] * 14)
    await page.do("network_lane_add", lane=ADAM)
    await page.do("network_lane_duplicate", lane=1)
    await page.do("network_lane_remove", lane=1)
    await page.do("network_step", count=20)
    await pictures(page, "network", "study")
    await page.do("network_export", format="html", leave="network_pause", within=2 * BRIEF)


# A race on a surface ---------------------------------------------------------------------------------------------------


async def race_on_a_surface(page: Page) -> None:
    names = ["adam", "rprop", "nadam", "radam", "lion", "adadelta", "adamax"] * 2
    lanes = [{"optimizer": {"name": name, "lr": 1e-6}} for name in names]
    await page.do("race", spec={"surface": {"name": "rosenbrock"}, "lanes": lanes, "max_steps": 100_000, "noise": 0.1})
    await page.do("race_step", count=100_000)
    await pictures(page, "race")
    await page.do("race_fan", lane=1, starts=[[-1.0 + 0.01 * i, 1.0] for i in range(200)])
    await page.see("race_fan")
    await page.see("race_arrows")
    await page.do("race_fan", lane=1, starts=[])
    await page.do("race_lane_add", lane=lanes[0])
    await page.do("race_lane_duplicate", lane=1)
    await page.do("race_lane_remove", lane=1)
    await page.do("race_lane_retune", lane=2, optimizer={"name": "sgd", "lr": 1e-6})
    await page.do("race_lane_replace", lane=2, spec={"optimizer": {"name": "sgd", "lr": 1e-6}})
    await page.do("race_change", seed=3, leave="race_pause", within=LATE)
    await page.do("race_change", surface="himmelblau", leave="race_pause", within=LATE)
    await page.do("race_seek", step=50_000)
    await page.do("race_dissect", lane=2, coordinate="x")
    await page.do("race_seek", step=12_000)
    for format in ("csv", "html", "replay"):
        await page.do("race_export", format=format, leave="race_pause", within=LATE)
    script = (await page.do("race_share"))["result"]["script"]
    await page.do("race_load", script=json.loads(script) | {"step": 100_000})
    await page.do("race_rates", how="same", lr=1e-6, leave="race_pause", within=LATE)
    await page.do("race_rates", how="defaults", leave="race_pause", within=LATE)
    rates = np.geomspace(1e-9, 1e-6, 64).tolist()
    await page.do("race_rates", how="tuned", rates=rates, steps=10_000, leave="race_pause", within=BRIEF)
    await page.do("race_speed", speed={"unit": "flat"})
    await page.do("race_seek", step=0)
    await page.do("race_play")
    await page.do("race_pause")
    solvers = [{"optimizer": {"name": name}} for name in ("newton", "line_search", "lbfgs")] * 5
    await page.do("race", spec={"surface": {"name": "rosenbrock"}, "lanes": solvers, "max_steps": 100_000})
    await page.do("race_step", count=100_000)
    await page.see("race_evaluations")
    await page.see("race_curvature")
    await page.do("subscribe", channels=[])


# A lesson ---------------------------------------------------------------------------------------------------------------


async def lessons(page: Page) -> None:
    text = lesson(*cards(LARGEST))
    await page.do("lesson_check", text=text)
    long = "\n\n".join(["**a _b** c_ $x_1^2$"] * 30)
    await page.do("lesson_check", text=lesson(*["lit: [" + ", ".join(["a"] * 1200) + "]"] * 12) + long)
    kept = (await page.do("lesson_keep", text=text))["result"]["lesson"]
    await page.do("lesson_source", lesson=kept)
    await page.do("lesson", lesson=kept)
    await page.do("subscribe", channels=["parameters"])
    await page.do("lesson_answer", answer=-3, leave="lesson_leave", within=BRIEF)
    await page.do("lesson", lesson=kept)
    await page.do("lesson_reset")
    await page.do("lesson_answer", answer=None)
    await page.see("lesson_task")
    await page.do("lesson_receipt", leave="lesson_leave", within=LATE)
    await page.do("lesson_try", text=text, card=1)
    await page.do("lesson_answer", answer=[0.5, 0.1], leave="lesson_leave", within=BRIEF)
    await page.do("lesson_try", text=text, card=2)
    await page.until(lambda: False, BRIEF)
    await page.do("lesson_leave")


# The lab ----------------------------------------------------------------------------------------------------------------


async def experiments(page: Page) -> None:
    """Each with its defaults, about the largest run where it is about one: what is refused as too much is refused at once."""
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=1)
    for name in EXPERIMENTS:
        await page.do("lab_begin", experiment=name, leave="lab_cancel", within=LATE)
        await page.until(lambda: False, BRIEF)
        await page.see("lab")
        for format in ("csv", "html"):
            await page.do("lab_export", format=format, leave="lab_cancel", within=LATE)
        await page.do("lab_cancel")
    await page.do("lab_leave")


async def lab(page: Page) -> None:
    with registered():
        await experiments(page)


# A class ---------------------------------------------------------------------------------------------------------------


async def in_class(page: Page) -> None:
    """What its commands do is `test_class_*`'s matter; the picture for all who follow is one of the largest run here."""
    for type in ("room_lead", "room_take_part", "mirror"):
        await page.do(type, code="AAAA", key="none")
    await page.do("room_offer", offered=True)
    await page.do("room_part")
    await page.do("mirror_look", look={"room": "step"})
    await page.do("mirror_off")
    await page.do("configure", spec=LARGEST)
    await page.do("step", count=1)
    await pictures(page, "room")


WALKS: tuple[Walk, ...] = (
    run,
    run_and_its_edits,
    run_taken_along,
    run_as_large_a_file_as_is_written,
    run_with_weights_of_its_own,
    run_by_muon,
    middling_run_undone,
    run_of_many_edits,
    table,
    update,
    update_taken_along,
    race_on_the_network,
    race_on_the_network_changed,
    studies,
    sixteen_lanes,
    race_on_a_surface,
    lessons,
    lab,
    in_class,
)
