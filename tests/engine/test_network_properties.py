"""Norms, skips and dropout as a run: equal bits however it is cut, seeking, edits; and what must hold of them whatever the
formula looks like."""

import numpy as np
import problems
import pytest
import reference_network
from network_problems import network_problem
from network_runs import SPECS, last_results, state, trainer_of
from reference_network import Layer, Network

from engine import Trainer

# However the work is cut ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SPECS)
def test_two_hundred_at_once_one_by_one_and_op_by_op(name):
    together, singly, by_op = (trainer_of(name) for _ in range(3))
    last = together.step(200)
    losses = [singly.step(1) for _ in range(200)]
    assert last == losses[-1]
    assert state(together) == state(singly)
    for update in range(1, 26):  # an epoch and more
        while by_op.steps_done < update:
            by_op.advance_op()
    singly.seek(25)
    assert state(by_op) == state(singly)
    by_op.advance_op()
    by_op.step(175)
    assert state(by_op) == state(together)


@pytest.mark.parametrize("name", SPECS)
def test_seeking_back_and_forth(name):
    trainer, seen = trainer_of(name), {}
    seen[0] = state(trainer)
    for step in range(1, 121):
        trainer.step(1)
        seen[step] = state(trainer)
    assert len({running for _, running, *_ in seen.values()}) == 121, "the running statistics move with every update"
    for step in [0, 120, 1, 119, *np.random.default_rng(4).integers(0, 121, size=12)]:
        trainer.seek(int(step))
        assert state(trainer) == seen[step], step
    trainer.seek(50)
    for step in range(51, 121):
        trainer.step(1)
        assert state(trainer) == seen[step], step


def test_looking_changes_nothing():
    looked, plain = trainer_of(), trainer_of()
    for _ in range(15):
        looked.loss("test"), looked.objective("test"), looked.gradient("train"), looked.predict([[0.5, 0.5]])
        looked.unit_maps(8), looked.unit_deltas(), looked.evaluate("test")
        looked.trace()
        looked.advance_op()
        looked.advance_op()
        assert looked.running_statistics.keys() == plain.running_statistics.keys()
        looked.objective("test"), looked.gradient("test"), looked.trace()
        assert looked.step(1) == plain.step(1)
        assert state(looked) == state(plain)


@pytest.mark.parametrize("rule", ["nesterov", "adam"])
def test_an_update_begun_and_left_leaves_no_trace(rule):
    """The running statistics move in the forward pass: a trace, a seek or an edit in mid-update takes that back."""
    fields = {"optimizer": {"name": rule} | problems.TEXTBOOK[rule]}
    plain = trainer_of(**fields)
    plain.step(8)
    expected = state(plain)
    for ops in (1, 3, 6, 12, 20, 30):
        trainer = trainer_of(**fields)
        trainer.step(8)
        for _ in range(ops):
            trainer.advance_op()
        assert trainer.steps_done == 8
        trainer.trace()
        trainer.seek(8)
        assert state(trainer) == expected, ops
        for _ in range(ops):
            trainer.advance_op()
        trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.001})
        assert state(trainer)[:2] == expected[:2], ops


def test_the_new_parameters_can_be_edited():
    trainer = trainer_of()
    trainer.step(4)
    for name, index in (("gamma1", (2,)), ("beta4", (0,)), ("alpha1", (5,)), ("P3", (1, 1))):
        trainer.edit({"kind": "weight", "name": name, "index": index, "value": 0.125})
        assert trainer.named_parameters[name][index] == 0.125
    trainer.step(3)
    after = state(trainer)
    trainer.seek(2)
    trainer.seek(7)
    assert state(trainer) == after
    for name, change in trainer.last_update.items():
        assert change.shape == trainer.named_parameters[name].shape
        assert np.any(change != 0.0), name


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_a_run_that_blows_up_keeps_its_last_good_statistics(norm):
    layers = (Layer(4, "prelu", norm=norm, dropout=0.2), Layer(4, "elu", norm=norm, skip=1))
    made = network_problem(Network(3, layers, 2), task="regression", samples=12, seed=9)
    trainer, other = (made.trainer(optimizer={"name": "sgd", "lr": 50.0}, batch_size=4) for _ in range(2))
    trainer.step(5000)
    assert trainer.stopped is not None and trainer.stopped.kind == "non_finite"
    other.step(trainer.steps_done)
    assert other.stopped is None
    assert state(trainer) == state(other)
    assert all(np.all(np.isfinite(np.asarray(value))) for value in trainer.running_statistics.values())
    assert trainer.stopped.op in {step.op for step in made.trainer().trace()}


def test_a_script_replays_it():
    trainer = trainer_of()
    trainer.step(40)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.003})
    trainer.step(30)
    assert state(Trainer.from_script(trainer.as_script())) == state(trainer)


def test_a_new_rule_keeps_the_running_statistics():
    """They belong to the network, not to the optimizer, whose state begins anew."""
    trainer = trainer_of()
    trainer.step(20)
    before = {name: np.array(value) for name, value in trainer.running_statistics.items()}
    trainer.edit({"kind": "set", "path": "optimizer", "value": {"name": "rmsprop", "lr": 0.01}})
    assert trainer.effective_spec.optimizer.name == "rmsprop"
    assert all(np.array_equal(trainer.running_statistics[name], value) for name, value in before.items())
    assert all(np.all(value == 0.0) for tensors in trainer.optimizer_state.values() for value in tensors.values())
    trainer.step(5)
    after = {name: np.array(value) for name, value in trainer.running_statistics.items()}
    trainer.undo()
    trainer.redo()
    trainer.seek(25)
    assert all(np.array_equal(trainer.running_statistics[name], value) for name, value in after.items())


@pytest.mark.parametrize("name", SPECS)
def test_the_trace_tells_the_next_update(name):
    trainer = trainer_of(name)
    for _ in range(12):
        steps = trainer.trace()
        told = last_results(steps)
        assert [step.op for step in steps] == [trainer.advance_op() for _ in steps]
        for key, value in trainer.named_parameters.items():
            assert np.array_equal(told[key], value)
        for key, value in trainer.last_gradient.items():
            assert np.array_equal(told[f"d{key}"], value)


# What they do ---------------------------------------------------------------------------------------------------------


def test_batch_norm_does_not_feel_the_scale_of_what_it_normalizes():
    """Inputs times 1000: W1 x is larger, x̂ the same up to ε."""
    network = Network(3, (Layer(5, "tanh", norm="batch"),), 2)
    made = network_problem(network, task="regression", samples=12, seed=12)
    small = made.trainer().objective("train")
    made.parameters["W1"] = 1000.0 * made.parameters["W1"]
    assert made.trainer().objective("train") == pytest.approx(small, rel=1e-4)


def test_the_blame_of_units_over_the_whole_set():
    """With the set's own statistics, more samples than are taken at once; the mean is the bias' gradient."""
    network = Network(2, (Layer(2, "tanh", norm="batch", dropout=0.5), Layer(3, "gelu", norm="layer", skip=1)), 1)
    made = network_problem(network, task="regression", samples=270, seed=16)
    trainer = made.trainer(batch_size=90)
    trainer.step(2)
    before = state(trainer)
    parameters = dict(trainer.named_parameters)
    expected = reference_network.gradient(network, parameters, made.x, made.targets, shifts=True)
    found = trainer.unit_deltas()
    for layer, unit in enumerate(found, start=1):
        delta = expected[f"delta{layer}"]
        assert unit.mean == pytest.approx(delta.mean(axis=1), rel=1e-10, abs=1e-15)
        assert unit.size == pytest.approx(np.abs(delta).mean(axis=1), rel=1e-10)
        assert unit.mean == pytest.approx(trainer.named_gradient("train")[f"b{layer}"], rel=1e-10, abs=1e-15)
    trainer.objective("train"), trainer.loss("train")
    assert state(trainer) == before, "the running statistics do not move when the set is looked at"


def test_layer_norm_sees_each_sample_alone():
    network = Network(3, (Layer(5, "tanh", norm="layer"), Layer(5, "gelu", norm="layer", skip=1)), 2)
    made = network_problem(network, task="regression", samples=12, seed=13)
    whole = made.trainer().predict(made.x)
    assert made.trainer().predict(made.x[3:4]) == pytest.approx(whole[3:4], rel=1e-13)
    assert made.trainer().loss("train") == made.trainer().objective("train")


def test_a_skip_over_dead_layers_is_the_identity():
    """All ReLUs dead: h is what the skips carry, and the gradient reaches the first layer undiminished, 50 layers deep."""
    deep = [Layer(3, "relu", skip=1) for _ in range(49)]
    network = Network(3, (Layer(3, "identity"), *deep), 3)
    made = network_problem(network, task="regression", samples=6, seed=14)
    for layer in range(2, 51):
        made.parameters[f"b{layer}"] = np.full(3, -1e3)
    shallow = network_problem(Network(3, (Layer(3, "identity"),), 3), task="regression", samples=6, seed=14)
    shallow.y = made.y
    shallow.parameters = {"W1": made.parameters["W1"], "b1": made.parameters["b1"]}
    shallow.parameters |= {"W2": made.parameters["W51"], "b2": made.parameters["b51"]}
    assert np.array_equal(made.trainer().predict(made.x), shallow.trainer().predict(made.x))
    found, expected = made.trainer().named_gradient("train"), shallow.trainer().named_gradient("train")
    assert np.array_equal(found["W1"], expected["W1"])
    assert np.array_equal(found["W51"], expected["W2"])
    assert np.all(found["W20"] == 0.0)


def test_several_skips_from_one_layer_add_their_blame():
    """h1 feeds layer 2 and two skips: its g is the sum of what comes back along all three."""
    layers = (Layer(3, "tanh"), Layer(3, "tanh", skip=1), Layer(3, "tanh", skip=2), Layer(3, "tanh", skip=3))
    made = network_problem(Network(2, layers, 1), task="regression", samples=5, seed=15)
    found = made.trainer().named_gradient("train")
    expected = reference_network.gradient(made.network, made.parameters, made.x, made.targets)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-11, abs=1e-15), name
