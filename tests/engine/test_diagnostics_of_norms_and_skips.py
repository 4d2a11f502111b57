"""Diagnostics, gradient check and finder on networks with norms, skips, dropout and learned slopes."""

import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer


def network(*layers, data="spiral", initializer="he_normal", **fields):
    data = data if isinstance(data, dict) else {"name": data}
    return RunSpec.model_validate({"data": data, "network": {"layers": layers, "initializer": {"name": initializer}}} | fields)


def layer(units, activation="tanh", **own):
    return {"units": units, "activation": activation} | own


WIDE = {"name": "spiral", "samples": 900}  # more rows than one pass holds, which batch norm takes together
NETWORKS = {
    "batch norm": network(layer(6, "relu", norm="batch"), layer(5, norm="batch"), data=WIDE),
    "layer norm": network(layer(6, "gelu", norm="layer"), layer(5, "silu", norm="layer")),
    "skips": network(layer(6), layer(6, "elu", skip=1), layer(4, "softplus", skip=2)),
    "dropout": network(layer(8, dropout=0.3), layer(8, "prelu", dropout=0.2, skip=1, norm="batch")),
    "slopes": network(layer(8, "prelu"), layer(3, "prelu", norm="layer", skip=1), regularization={"l1": 0.01, "l2": 0.02}),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_gradient_check_holds(name):
    trainer = Trainer(NETWORKS[name])
    for _ in range(2):
        found = trainer.check_gradient()
        assert found.ok, (found.worst, found.error)
        assert found.error < 1e-6 and list(found.tensors) == list(trainer.named_parameters)
        trainer.step(60)


def test_a_wrong_gradient_of_a_norm_is_caught(monkeypatch):
    trainer = Trainer(NETWORKS["layer norm"])
    original = type(trainer.evaluator).gradient

    def tampered(evaluator, split):
        flat = original(evaluator, split)
        next(slot for slot in evaluator.tape.slots if slot.name == "gamma2").view(flat)[3] *= 1.001
        return flat

    monkeypatch.setattr(type(trainer.evaluator), "gradient", tampered)
    found = trainer.check_gradient()
    assert found.ok is False and found.worst == ("gamma2", (4,))


@pytest.mark.parametrize("name", NETWORKS)
def test_all_of_it_leaves_the_run_alone(name):
    trainer, other = Trainer(NETWORKS[name]), Trainer(NETWORKS[name])
    for each in (trainer, other):
        each.step(13)
        each.advance_op(), each.advance_op()
    trainer.find_rate(), trainer.check_gradient(weights=20), trainer.findings(), trainer.flow()
    trainer.preactivation_histograms()
    trainer.step(40), other.step(40)
    assert problems.bits(trainer) == problems.bits(other)
    assert np.array_equal(trainer.machine.state, other.machine.state)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_flow_is_that_of_the_deltas(name):
    trainer = Trainer(NETWORKS[name])
    trainer.step(20)
    state = trainer.network_state()
    flow = trainer.flow()
    for found, units, delta in zip(state.layers, trainer.unit_deltas(), flow.delta, strict=True):
        assert found.delta == delta
        assert np.linalg.norm(units.size) <= delta * (1 + 1e-12) <= units.size.sum() * (1 + 1e-12)
    (w1, _), *_ = trainer.gradient("train")
    if "l2" not in NETWORKS[name].model_dump()["regularization"] or not NETWORKS[name].regularization.l2:
        assert state.layers[0].gradient == pytest.approx(np.linalg.norm(w1), rel=1e-12)


def test_batch_norm_s_own_spread():
    """What the activation takes is u = γ x̂ + β: at the start of mean 0 and variance 1 over the training set, all at once."""
    trainer = Trainer(NETWORKS["batch norm"])
    spread = trainer.preactivation_histograms()[0]
    middle = (spread.edges[1:] + spread.edges[:-1]) / 2
    mean = (spread.counts * middle).sum() / spread.counts.sum()
    assert spread.counts.sum() == 450 * 6
    assert abs(mean) < 0.1 and (spread.counts * middle**2).sum() / spread.counts.sum() == pytest.approx(1.0, abs=0.1)


def test_an_overflow_behind_a_norm_is_traced():
    spec = network(layer(4, "relu", norm="batch"), data="plane", optimizer={"name": "sgd", "lr": 1e9}, batch_size=20)
    trainer = Trainer(spec)
    trainer.step(20)
    found = trainer.stopped.first_nonfinite
    assert trainer.stopped.kind == "non_finite" and found.op == trainer.stopped.op
    assert found.words and [finding.name for finding in trainer.findings()] == ["non_finite"]


@pytest.mark.parametrize(
    "spec",
    [
        network(layer(8, norm="batch"), layer(8, norm="batch"), data="circle"),
        network(layer(8), layer(8, skip=1), layer(8, skip=1), data="circle", initializer="xavier_uniform"),
        network(layer(16, "gelu", norm="layer"), layer(16, "gelu", norm="layer"), data="moons"),
        network(layer(16, "relu", dropout=0.1), layer(16, "relu", dropout=0.1), data="moons"),
    ],
)
def test_healthy_runs_with_them_have_no_finding(spec):
    trainer = Trainer(spec)
    for step in (0, 5, 30, 300, 1500):
        trainer.step(step - trainer.steps_done)
        assert [finding.name for finding in trainer.findings()] == [], step
    assert trainer.loss() < 0.3 * trainer.symptoms().baseline


def test_batch_norm_is_offered_to_a_deep_sigmoid_network_and_rescues_its_blame():
    layers = [layer(16, "sigmoid")] * 10
    trainer = Trainer(network(*layers, data="circle", initializer="xavier_uniform"))
    (finding,) = trainer.findings()
    assert finding.name == "vanishing"
    offered = [remedy for remedy in finding.remedies if remedy.path == "network.layers"]
    with_norm = next(remedy for remedy in offered if remedy.value[0]["norm"] == "batch")
    spec = trainer.spec.model_dump()
    spec["network"]["layers"] = with_norm.value
    rescued = Trainer(RunSpec.model_validate(spec))
    assert rescued.findings() == []
    flow = rescued.flow().delta
    assert flow[0] / flow[-1] > 1000 * finding.evidence[0].value
