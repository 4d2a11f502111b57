"""The pictures of layers: what travels is what the engine says at that very step, and nothing is made for nobody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page, parameters, same

from engine import RunSpec, Trainer

SPEC: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 80},
    "network": {"layers": [{"units": 4, "activation": "tanh"}, {"units": 3, "activation": "relu"}]},
    "seed": 2,
}
LAYERS = ("updates", "deltas", "health", "weights")


def begun(page: Page, *channels: str, **spec: Any) -> Trainer:
    page.run_info()
    page.do("configure", spec=SPEC | spec)
    page.do("subscribe", channels=list(channels))
    return Trainer(RunSpec.model_validate(SPEC | spec))


def test_updates_deltas_health_and_weights_are_the_engines(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page, *LAYERS, "parameters")
        start = page.frame("health", lambda header: header["step"] == 0)[0]["meta"]["layers"]
        assert start == [asdict(layer) for layer in direct.health()] and start[0]["gradient"] is None
        assert "updates" not in page.frames
        page.do("step", count=9)
        before = parameters(page)
        page.do("step", count=1)
        direct.step(10)

        def now(header: dict[str, Any]) -> bool:
            return bool(header["step"] == 10)

        change = page.frame("updates", now)[1]
        assert direct.last_update is not None and same(change, direct.last_update)
        after = parameters(page)
        for name, values in change.items():
            assert values == pytest.approx(after[name] - before[name], rel=1e-9, abs=1e-15)
        header, blame = page.frame("deltas", now)
        assert header["meta"] == {"over": "train", "samples": len(direct.dataset.splits["train"])}
        for layer, found in enumerate(direct.unit_deltas(), 1):
            assert np.array_equal(blame[f"delta{layer}"], found.mean) and np.array_equal(blame[f"size{layer}"], found.size)
        assert page.frame("health", now)[0]["meta"]["layers"] == [asdict(layer) for layer in direct.health()]
        counts = page.frame("weights", now)[1]
        for layer, spread in enumerate(direct.weight_histograms(), 1):
            assert np.array_equal(counts[f"counts{layer}"], spread.counts)
            assert np.array_equal(counts[f"edges{layer}"], spread.edges)


def test_a_line_has_the_answer_of_every_unit(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page, "maps", data={"name": "sine"})
        page.do("step", count=4)
        direct.step(4)
        header, maps = page.frame("maps", lambda header: header["step"] == 4)
        expected = direct.unit_responses(len(maps["x"]))
        assert expected is not None and header["meta"]["units"] == expected.units
        assert np.array_equal(maps["responses"], expected.values)
        assert np.array_equal(maps["y"], direct.response(len(maps["x"]))[1])


def test_recall_comes_with_the_confusion(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page, "evaluation", data={"name": "iris"})
        page.do("step", count=40)
        direct.step(40)
        recall = page.frame("evaluation", lambda header: header["step"] == 40)[0]["meta"]["recall"]
        for split in ("train", "test"):
            expected = direct.evaluate(split).recall
            assert expected is not None and recall[split] == expected.tolist()
        page.do("configure", spec={"data": {"name": "sine"}})
        assert page.frame("evaluation", lambda header: header["run"] == page.state["run"])[0]["meta"]["recall"] == {}


def test_an_edited_weight_is_undone_to_the_same_bits(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=25)
        before = parameters(page)
        for value in (0.5, 0.75, -1.25):  # as a slider sends them: one edit of the same entry at the same step
            page.do("edit", edit={"kind": "weight", "name": "W2", "index": [2, 3], "value": value})

        def until(wanted: float) -> dict[str, np.ndarray]:
            while page.frames["parameters"][-1][1]["W2"][2, 3] != wanted:
                page.receive()
            return page.frames["parameters"][-1][1]

        until(-1.25)
        page.do("undo")
        assert same(until(before["W2"][2, 3]), before)
        page.do("redo")
        until(-1.25)
        refused = page.ask("edit", edit={"kind": "weight", "name": "W2", "index": [9, 0], "value": 1.0})
        assert refused["type"] == "error" and refused["allowed"]


def test_what_is_frozen_is_told_with_the_parameters(live: Live) -> None:
    """Stretches of entries, at the step that the parameters are of; a refusal names the entry, and changes nothing."""
    with Page(live.socket) as page:
        direct = begun(page, "parameters")
        page.do("step", count=6)
        parameters(page)

        def told() -> tuple[dict[str, Any], dict[str, np.ndarray]]:
            wanted = (page.state["run"], page.state["branch"], page.state["step"])
            header, arrays = page.frame("parameters", lambda h: (h["run"], h["branch"], h["step"]) == wanted)
            return header["meta"]["frozen"], arrays

        assert told()[0] == {}
        entries = [{"name": "W2", "index": [1, None]}, {"name": "W2", "index": [None, 3]}, {"name": "b1", "index": [0]}]
        edit = {"kind": "freeze", "action": "remove", "entries": entries}
        page.do("edit", edit=edit)
        page.do("step", count=9)
        direct.step(6)
        direct.edit(edit)
        direct.step(9)
        frozen, arrays = told()
        assert frozen == {"b1": [[0, 1]], "W2": [[3, 5], [11, 1]]} and same(arrays, direct.named_parameters)
        assert arrays["b1"][0] == 0 and not arrays["W2"][1].any() and not arrays["W2"][:, 3].any()
        script = page.do("share")["result"]["script"]
        assert not (np.abs(Trainer.from_script(script).named_parameters["W2"]) - np.abs(arrays["W2"])).any()
        refused = page.ask("edit", edit=edit | {"entries": [entries[0], {"name": "W2", "index": [1, 9]}]})
        assert (refused["type"], refused["field"]) == ("error", "edit.entries.1.index") and "[3, 4]" in refused["allowed"]
        refused = page.ask("edit", edit=edit | {"action": "thaw"})
        assert refused["type"] == "error" and refused["field"] == "edit.action" and "release" in refused["allowed"]
        page.do("undo")
        page.do("seek", step=15)
        assert told()[0] == {}


def test_pictures_of_layers_are_made_only_for_who_watches(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for name in LAYERS:

        def counting(make: Any, run: Any, want: Any, name: str = name) -> Any:
            made.append(name)
            return make(run, want)

        live.drawing(monkeypatch, name, counting)
    with Page(live.socket) as page:
        begun(page, "parameters")
        page.do("step", count=5)
        assert parameters(page) and made == []
        page.do("subscribe", channels=["parameters", "deltas"])
        page.frame("deltas")
        assert set(made) == {"deltas"}
        made.clear()
        page.do("subscribe", channels=["parameters"])
        page.do("step", count=5)
        assert parameters(page) and made == []


def test_a_sample_is_followed_and_another_when_it_is_chosen(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page)
        page.do("subscribe", channels=["sample"], sample={"split": "test", "index": 3})
        page.do("step", count=5)
        direct.step(5)
        header, arrays = page.frame("sample", lambda header: header["step"] == 5)
        found = direct.sample_activations("test", 3)
        assert {name: header["meta"][name] for name in ("split", "index")} == {"split": "test", "index": 3}
        assert [header["meta"][name] for name in ("loss", "label", "predicted")] == [found.loss, found.label, found.predicted]
        assert header["meta"]["bounds"] == [None, [-1.0, 1.0], None, [0.0, 1.0]]
        assert sorted(arrays) == ["h0", "h1", "h2", "h3", "target"]
        for layer, values in enumerate(found.layers):
            assert np.array_equal(arrays[f"h{layer}"], values)
        # Nothing has moved, and yet there is another picture to make.
        page.do("subscribe", channels=["sample"], sample={"split": "train", "index": 0})
        header, arrays = page.frame("sample", lambda header: header["meta"]["split"] == "train")
        assert header["step"] == 5 and np.array_equal(arrays["h0"], direct.dataset.splits["train"].x[0])
        refused = page.ask("subscribe", channels=["sample"], sample={"split": "train", "index": -1})
        assert (refused["type"], refused["field"]) == ("error", "sample.index")


def test_a_sample_that_the_run_does_not_have_is_not_drawn(live: Live) -> None:
    with Page(live.socket) as page:
        begun(page)
        page.do("subscribe", channels=["sample", "parameters"], sample={"split": "train", "index": 5000})
        page.do("step", count=2)
        page.frame("parameters", lambda header: header["step"] == 2)
        assert "sample" not in page.frames


def test_what_each_sample_is_told_to_be_travels(live: Live) -> None:
    with Page(live.socket) as page:
        direct = begun(page, "evaluation")
        arrays = page.frame("evaluation")[1]
        for split in ("train", "test"):
            assert np.array_equal(arrays[f"predicted_{split}"], direct.evaluate(split).predicted)
