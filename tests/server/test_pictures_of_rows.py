"""The channels about rates and layers, and the curves of an output: what travels is what the engine says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from live_server import Live
from pages import Page
from test_http import get

from engine import RunSpec, Trainer
from engine.evaluation.curves import curve, output_delta
from engine.spec import ScheduleSpec
from server.run.layer_channels import reach

SPEC: dict[str, Any] = {
    "data": {"name": "spiral", "samples": 80},
    "network": {"layers": [{"units": 4, "activation": "sigmoid", "norm": "layer"}, {"units": 3, "activation": "relu"}]},
    "schedule": {"name": "cosine", "length": 30, "unit": "epoch", "warmup": 2},
    "seed": 3,
}


def test_rates_flow_and_preactivations_are_the_engines(live: Live) -> None:
    with Page(live.socket) as page:
        page.run_info()
        page.do("configure", spec=SPEC)
        page.do("subscribe", channels=["rates", "flow", "preactivations"])
        direct = Trainer(RunSpec.model_validate(SPEC))
        page.do("step", count=21)
        direct.step(21)

        def now(header: dict[str, Any]) -> bool:
            return bool(header["step"] == 21)

        header, ahead = page.frame("rates", now)
        assert np.array_equal(ahead["rates"], direct.rates(ahead["steps"].astype(np.int64)))
        assert header["meta"] == {"rate": direct.rate, "name": "cosine", "unit": "epoch", "base": 0.01}
        assert ahead["steps"][0] == 0 and ahead["steps"][-1] >= 32 * direct.steps_per_epoch

        header, sizes = page.frame("flow", now)
        flow = direct.flow()
        assert np.array_equal(sizes["h"], flow.h) and np.array_equal(sizes["delta"], flow.delta)
        assert header["meta"]["ratio"] == pytest.approx(flow.delta[0] / flow.delta[-1])

        header, found = page.frame("preactivations", now)
        for spread in direct.preactivation_histograms():
            layer = spread.layer
            assert np.array_equal(found[f"counts{layer}"], spread.counts)
            assert np.array_equal(found[f"edges{layer}"], spread.edges)
            told = header["meta"]["layers"][layer - 1]
            assert (told["saturated"], told["dead"]) == (spread.saturated, spread.dead)
            assert (f"before{layer}" in found) == (layer == 1) and (f"z{layer}" in found) == (layer < 3)
        drawn = curve("sigmoid", found["z1"])
        assert np.array_equal(found["value1"], drawn.value) and np.array_equal(found["slope1"], drawn.slope)
        assert found["z1"][0] == found["edges1"][0] and found["z1"][-1] == found["edges1"][-1]


def test_before_a_norm_stands_z_itself() -> None:
    """One linear layer under a norm: z is W x + b, whatever the norm makes of it."""
    trainer = Trainer(RunSpec.model_validate(SPEC))
    (weights, bias), *_ = trainer.parameters
    z = trainer.dataset.splits["train"].x @ weights.T + bias
    before = trainer.preactivation_histograms()[0].before
    assert before is not None
    assert np.array_equal(before[0], np.histogram(z, before[1])[0]) and before[0].sum() == z.size


@pytest.mark.parametrize(
    ("given", "step", "max_steps", "end"),
    [
        ({}, 0, 1_000_000, 200),
        ({}, 730, 1_000_000, 1000),
        ({}, 0, 50, 50),
        ({"name": "cosine", "length": 5000, "warmup": 100}, 0, 1_000_000, 7000),
        ({"name": "one_cycle", "length": 30, "unit": "epoch"}, 0, 1_000_000, 300),
        ({"name": "exponential", "decay": 5e-324}, 0, 1_000_000, 1_000_000),
        ({"name": "exponential", "decay": 0.0}, 0, 1_000_000, 200),
        ({"name": "plateau"}, 4_999, 1_000_000, 5000),
    ],
)
def test_the_rate_is_drawn_as_far_as_its_course(given: dict[str, Any], step: int, max_steps: int, end: int) -> None:
    schedule = ScheduleSpec.model_validate(given)
    assert reach(schedule, 10, step, max_steps) == end


def test_output_curves_are_the_engines(live: Live) -> None:
    found = json.loads(get(live, "/api/output-curves")[1])
    place = found["z"].index(-5.0)
    one = found["targets"]["1"]
    for loss in ("mse", "bce"):
        expected = output_delta(loss, "sigmoid", found["z"], 1.0)
        assert one["delta"][loss] == expected.delta.tolist() and one["loss"][loss] == expected.loss.tolist()
    assert f"{one['delta']['mse'][place]:.4f}" == "-0.0066"
    assert f"{one['delta']['bce'][place]:.4f}" == "-0.9933"
    assert f"{one['times'][place]:.1f}" == "150.4"


def test_catalog_has_every_derivative_as_mathml(live: Live) -> None:
    catalog = json.loads(get(live, "/api/catalog")[1])
    assert all(row["derivative_mathml"].startswith("<math") for row in catalog["activations"] + catalog["norms"])
    assert all(row["delta_mathml"].startswith("<math") for row in catalog["losses"])
