"""What is asked of a run that leaves it alone: the network's answer to a sample of one's own, the data a formula would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page
from sklearn.datasets import load_digits

from engine import RunSpec, Trainer

DIGITS = load_digits()
X, Y = DIGITS.data / 16.0, DIGITS.target
SPEC: dict[str, Any] = {"data": {"name": "digits"}, "network": {"layers": [{"units": 12}]}, "seed": 5}


def own_digits(extra: int = 3) -> dict[str, Any]:
    """The set's first hundred and `extra` that were drawn, as data of a spec."""
    drawn = np.tile(np.eye(8).ravel(), (extra, 1))
    return {
        "name": "inline",
        "task": "classification",
        "kind": "image",
        "train_x": np.vstack([X[:100], drawn]).tolist(),
        "train_y": [*map(float, Y[:100]), *[1.0] * extra],
        "test_x": X[100:160].tolist(),
        "test_y": Y[100:160].tolist(),
        "classes": [str(digit) for digit in range(10)],
        "columns": list(DIGITS.feature_names),
    }


def test_the_answer_to_a_sample_is_the_networks_and_the_run_goes_on(live: Live) -> None:
    direct = Trainer(RunSpec.model_validate(SPEC))
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        for count in (1, 200):
            page.do("step", count=count)
            direct.step(count)
            before = page.state
            for sample in (X[3], X[17] / 2):
                found = page.do("predict", x=sample.tolist())["result"]
                expected = direct.predict([sample])[0]
                assert found["outputs"] == found["by_class"] == expected.tolist() and found["step"] == direct.steps_done
                assert found["predicted"] == int(expected.argmax())
            assert page.state == before
        answer = page.ask("predict", x=[0.0] * 63)
        assert answer["type"] == "error" and (answer["field"], answer["allowed"]) == ("x", "64 numbers, a sample's columns")
        assert "63 numbers" in answer["message"]
        for wrong in ([], [1e10] * 64, ["a"] * 64):
            assert page.ask("predict", x=wrong)["type"] == "error"
        page.do("play", speed={"unit": "flat"})
        assert page.do("predict", x=X[3].tolist())["result"]["step"] >= 201
        page.do("pause")


@pytest.mark.parametrize("name", ["circle", "sine"])
def test_one_output_speaks_for_two_classes_and_a_regression_has_none(live: Live, name: str) -> None:
    spec = {"data": {"name": name}, "network": {"layers": [{"units": 3}]}}
    direct = Trainer(RunSpec.model_validate(spec))
    sample = [0.5, -1.0][: len(direct.dataset.columns)]
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=spec)
        found = page.do("predict", x=sample)["result"]
    output = float(direct.predict([sample])[0, 0])
    assert found["outputs"] == [output]
    assert found["by_class"] == (None if name == "sine" else [1.0 - output, output])
    assert found["predicted"] == (None if name == "sine" else int(output >= 0.5))


def test_drawn_pictures_join_the_data_and_stay_pictures(live: Live) -> None:
    """They are shifted, misread and taken along as the set's own are; what is no square picture is refused by name."""
    spec = SPEC | {"data": own_digits(), "regularization": {"shift": 1}}
    direct = Trainer(RunSpec.model_validate(spec))
    direct.step(40)
    with Page(live.socket) as page, Page(live.socket) as other:
        page.run_info()
        page.do("configure", spec=spec)
        info = page.run_info()
        assert (info["kind"], info["image_shape"], info["samples"]["train"]) == ("image", [8, 8], 103)
        page.do("subscribe", channels=["evaluation"])
        page.do("step", count=40)
        _, arrays = page.frame("evaluation", lambda header: header["step"] == 40)
        assert arrays["confusion_test"].sum() == 60
        other.run_info()
        other.do("load", experiment=page.do("keep")["result"]["experiment"])
        assert other.state["step"] == 40
        assert other.run_info()["image_shape"] == [8, 8]
        sample = np.eye(8).ravel().tolist()
        for each in (page, other):
            assert each.do("predict", x=sample)["result"]["outputs"] == direct.predict([sample])[0].tolist()
        cut = own_digits() | {"columns": None}
        cut |= {name: [row[:60] for row in cut[name]] for name in ("train_x", "test_x")}
        refused = page.ask("configure", spec=SPEC | {"data": cut})
        assert (refused["type"], refused["field"]) == ("error", "spec.data.kind")
        assert "60 columns are no square picture" in refused["message"]


def test_a_formula_is_sketched_while_it_is_typed(live: Live) -> None:
    """The samples that the run would have, and where they part; the run is left alone."""
    data = {"name": "formula", "formula": "y = log(x) + 1", "samples": 700, "noise": 0.0, "seed": 4}
    with Page(live.socket) as page:
        begun = page.run_info()
        found = page.do("sketch", data=data)["result"]
        assert found["classes"] == ["below", "above"] and sum(found["counts"]) == 700 and found["task"] == "classification"
        x, y = np.array(found["x"]), np.array(found["y"])
        assert x.shape == (500, 2) and np.array_equal(y == 1, x[:, 1] > np.log(x[:, 0]) + 1)
        ends = np.array(found["border"]).reshape(-1, 2)
        assert np.median(np.abs(ends[:, 1] - np.log(ends[:, 0]) - 1)) < 0.01
        assert page.run_info() == begun and page.state["step"] == 0
        refused = page.ask("sketch", data=data | {"formula": "y = log(x) + z"})
        assert refused["field"] == "data.formula" and "'z' is not known at character 14" in refused["message"]
        assert "numbers, x, y, pi, e" in refused["allowed"]
        assert page.ask("sketch", data=data | {"samples": 10**9})["field"] == "data.samples"
        page.do("configure", spec={"data": data})
        page.do("subscribe", channels=["data"])
        info = page.run_info()
        assert info["note"] == found["note"] and "points were left out" in info["note"]
        _, arrays = page.frame("data", lambda header: header["run"] == info["run"])
        assert np.allclose(arrays["border"].reshape(-1, 2), ends, atol=1e-3)
        every = np.vstack([arrays[f"{name}_raw"] for name in ("train", "test")])
        assert len(every) == 700 and np.abs(x[:, None] - every[None]).max(axis=2).min(axis=1).max() < 1e-3
        refused = page.ask("configure", spec={"data": data | {"formula": "y = 9"}})
        assert refused["field"] == "spec.data.formula" and "one class only: all 700 points are 'below'" in refused["message"]
        assert page.run_info() == info
