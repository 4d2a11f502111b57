"""Where the new parameters start, what may be given, and what is refused by name."""

import numpy as np
import pytest
from network_problems import network_problem
from network_runs import LAYERS, TOGETHER, state, trainer_of
from pydantic import ValidationError
from reference_network import ALL_TOGETHER, Layer, Network

from engine import RunSpec, Trainer

# Starts ---------------------------------------------------------------------------------------------------------------


def test_where_the_new_parameters_start():
    trainer = Trainer(RunSpec.model_validate(TOGETHER | {"network": {"layers": LAYERS, "bias": 0.5}}))
    named = trainer.named_parameters
    network = Network(2, tuple(Layer(**layer) for layer in LAYERS), 1)
    assert {name: value.shape for name, value in named.items()} == network.shapes()
    assert list(named)[:5] == ["W1", "b1", "gamma1", "beta1", "alpha1"], "layer by layer, in this order"
    for layer in (1, 2, 4):
        assert np.all(named[f"gamma{layer}"] == 1.0) and np.all(named[f"beta{layer}"] == 0.0)
    assert np.all(named["alpha1"] == 0.25)
    assert np.all(named["b3"] == 0.5)
    assert np.abs(named["P3"]).max() > 0.01 and not np.array_equal(named["P3"], named["W3"][:, :2])
    running = trainer.running_statistics
    assert set(running) == {"mean1", "var1", "mean4", "var4"}
    assert all(np.all(np.asarray(value) == name.startswith("var")) for name, value in running.items())


def test_given_parameters():
    """As pairs, the others at their start; as a dict, all or some."""
    made = network_problem(ALL_TOGETHER, seed=8)
    pairs = [(made.parameters[f"W{layer}"], made.parameters[f"b{layer}"]) for layer in range(1, 7)]
    from_pairs = made.trainer(pairs).named_parameters
    some = {name: made.parameters[name] for name in ("gamma1", "P3", "W2")}
    from_some, plain = made.trainer(some).named_parameters, Trainer(made.spec()).named_parameters
    for name, value in made.parameters.items():
        assert np.array_equal(made.trainer().named_parameters[name], value)
        given_as_pair = name[0] == "W" or name.rstrip("123456") == "b"
        if name != "P3":
            assert np.array_equal(from_pairs[name], value if given_as_pair else plain[name]), name
        assert np.array_equal(from_some[name], value if name in some else plain[name]), name
    for wrong in ({"gamma9": np.ones(5)}, {"gamma1": np.ones(4)}, {"alpha1": np.full(5, np.nan)}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            made.trainer(wrong)


def test_running_statistics_cannot_be_written():
    trainer = trainer_of()
    for value in trainer.running_statistics.values():
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0.0


# Refusals -------------------------------------------------------------------------------------------------------------


def message(described) -> str:
    with pytest.raises((ValidationError, ValueError)) as caught:
        Trainer(RunSpec.model_validate(described))
    return str(caught.value)


def layers_of(*layers):
    return {"network": {"layers": [{"units": 4} | layer for layer in layers]}}


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (layers_of({"norm": "batch"}) | {"batch_size": 1}, ("batch_size", "batch norm", "2")),
        (layers_of({"skip": 2}), ("layers.0.skip", "1")),
        (layers_of({}, {"skip": 3}), ("layers.1.skip", "1 to 2")),
        (layers_of({}, {"skip": 0}), ("layers.1.skip", "1")),
        (layers_of({}, {"skip": -1}), ("layers.1.skip", "1")),
        (layers_of({"dropout": 1.0}), ("dropout", "0", "1")),
        (layers_of({"dropout": -0.1}), ("dropout", "0", "1")),
        (layers_of({"norm": "group"}), ("norm", "group", "batch", "layer")),
        (layers_of({"activation": "swish"}), ("activation", "swish", "silu", "prelu", "gelu")),
        ({"regularization": {"shift": 1}}, ("shift", "0")),
        ({"data": {"name": "digits", "standardize": True}, "regularization": {"shift": 1}}, ("shift", "standardize")),
        ({"data": {"name": "digits"}, "regularization": {"shift": -1}}, ("shift", "0")),
        ({"data": {"name": "digits"}, "regularization": {"jitter": 0.1}}, ("jitter", "0")),
        ({"regularization": {"jitter": -0.1}}, ("jitter", "0")),
        ({"numerics": "fast"}, ("numerics", "stable", "naive")),
    ],
)
def test_what_is_refused_says_where_and_what_is_allowed(described, words):
    text = message(described)
    assert all(word in text for word in words), text


INLINE = {"name": "inline", "task": "regression", "train_x": [[float(i)] for i in range(11)], "train_y": list(range(11))}


def test_a_last_batch_of_one_sample_is_refused_under_batch_norm():
    described = {"data": INLINE, **layers_of({"norm": "batch"})}
    text = message(described | {"batch_size": 5})
    assert "batch_size" in text and "batch norm" in text
    for size in (2, 5, 10):
        message(described | {"batch_size": size})
    for size in (3, 4, 6, 11, 12, "full"):
        Trainer(RunSpec.model_validate(described | {"batch_size": size})).step(6)
    alone = INLINE | {"train_x": [[1.0]], "train_y": [1]}
    message(described | {"data": alone, "batch_size": "full"})
    message(described | {"data": alone, "batch_size": 10})
    Trainer(RunSpec.model_validate({"data": INLINE, **layers_of({"norm": "layer"}), "batch_size": 1})).step(6)


@pytest.mark.parametrize("size", [1, 5])
def test_nor_does_an_edit_bring_one_about(size):
    trainer = Trainer(RunSpec.model_validate({"data": INLINE, **layers_of({"norm": "batch"}), "batch_size": 4}))
    trainer.step(3)
    before = state(trainer)
    with pytest.raises(ValueError, match="batch_size"):
        trainer.edit({"kind": "set", "path": "batch_size", "value": size})
    assert state(trainer) == before
    assert trainer.effective_spec.batch_size == 4
    trainer.step(5)
    trainer.seek(3)
    assert state(trainer) == before


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("regularization.shift", 1, "shift"),
        ("regularization.jitter", -0.5, "jitter"),
        ("regularization.jitter", 1e9, "jitter"),
        ("numerics", "fast", "numerics"),
        ("network.layers", [], "network"),
    ],
)
def test_edits_that_do_not_fit(path, value, field):
    trainer = trainer_of()
    trainer.step(3)
    before = state(trainer)
    with pytest.raises(ValueError, match=field):
        trainer.edit({"kind": "set", "path": path, "value": value})
    assert state(trainer) == before
    assert not trainer.edits
