"""The spec: defaults, ranges, errors that name the field and what is allowed, JSON there and back."""

import json
import math

import pytest
from pydantic import ValidationError

from engine import RunSpec, Trainer, catalog

INLINE = {"name": "inline", "task": "regression", "train_x": [[0.0, 1.0], [1.0, 0.0]], "train_y": [0.5, -3.0]}
CLASSES = {"name": "inline", "task": "classification", "train_x": [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], "train_y": [0, 1, 2]}


def messages(described) -> str:
    with pytest.raises(ValidationError) as caught:
        RunSpec.model_validate(described)
    return " ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in caught.value.errors())


def test_defaults_are_those_of_the_contract():
    spec = RunSpec.model_validate({})
    assert (spec.data.name, spec.data.samples, spec.data.noise, tuple(spec.data.features)) == ("spiral", 500, 0.1, ("x", "y"))
    assert (spec.data.validation_fraction, spec.data.test_fraction, spec.data.standardize, spec.data.seed) == (
        0.0,
        0.5,
        False,
        0,
    )
    (layer,) = spec.network.layers
    assert (layer.units, layer.activation, layer.norm, layer.dropout, layer.skip) == (8, "tanh", None, 0.0, None)
    assert (spec.network.output_activation, spec.network.initializer.name, spec.network.bias) == ("auto", "xavier_uniform", 0.0)
    assert (spec.loss, spec.optimizer.name, spec.optimizer.lr, spec.optimizer.dialect) == ("auto", "adam", 0.01, "textbook")
    assert (spec.schedule.name, spec.schedule.unit, spec.schedule.warmup) == ("constant", "step", 0)
    assert (spec.regularization.l1, spec.regularization.l2, spec.clip.norm, spec.clip.value) == (0.0, 0.0, None, None)
    assert (spec.batch_size, spec.shuffle, spec.eval_every, spec.numerics, spec.seed) == (10, True, "epoch", "stable", 0)
    assert (spec.stop.max_steps, spec.stop.min_change, spec.stop.patience) == (1_000_000, None, None)


ADAMS = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def test_torchs_defaults_in_its_dialect():
    """As torch 2.13 has them (ANCHORS.md); its momentum has no default worth the name."""
    expected = {
        "sgd": {"lr": 1e-3},
        "momentum": {"lr": 1e-3},
        "nesterov": {"lr": 1e-3},
        "adagrad": {"lr": 1e-2, "eps": 1e-10, "lr_decay": 0.0},
        "rmsprop": {"lr": 1e-2, "gamma": 0.99, "eps": 1e-8, "centered": False, "momentum": 0.0},
        "adam": ADAMS | {"bias_correction": True},
        "adadelta": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
        "amsgrad": ADAMS | {"bias_correction": True},
        "adamw": ADAMS | {"weight_decay": 1e-2},
        "nadam": ADAMS | {"lr": 2e-3, "psi": 4e-3},
        "radam": ADAMS,
        "adamax": ADAMS | {"lr": 2e-3},
        "rprop": {"lr": 1e-2, "etas": (0.5, 1.2), "step_sizes": (1e-6, 50.0)},
        "muon": {"lr": 1e-3, "beta": 0.95, "weight_decay": 0.1},
    }
    rows = {row["name"]: row for row in catalog()["optimizers"]}
    for name, values in expected.items():
        spoken = RunSpec.model_validate({"optimizer": {"name": name, "dialect": "pytorch"}}).optimizer.model_dump()
        assert {key: spoken[key] for key in values} == values
        assert {key: rows[name]["defaults"]["pytorch"][key] for key in values} == values


def test_output_and_loss_on_auto():
    """The matched pair of the task, or the partner of what was chosen."""

    def chosen(data, loss="auto", output="auto"):
        tape = Trainer(RunSpec.model_validate({"data": data, "loss": loss, "network": {"output_activation": output}})).tape
        return tape.activations[-1], tape.loss, tape.sizes[-1]

    two, three, values = {"name": "xor"}, {"name": "blobs"}, {"name": "sine"}
    assert chosen(values) == ("identity", "mse", 1)
    assert chosen(two) == ("sigmoid", "bce", 1)
    assert chosen(three) == ("softmax", "cross_entropy", 3)
    assert chosen(two, loss="mse") == ("sigmoid", "mse", 1)
    assert chosen(three, loss="mse") == ("softmax", "mse", 3)
    assert chosen(two, loss="cross_entropy") == ("softmax", "cross_entropy", 2)
    assert chosen(three, loss="bce") == ("sigmoid", "bce", 3)
    assert chosen(two, output="tanh") == ("tanh", "mse", 1)
    assert chosen(two, output="softmax") == ("softmax", "cross_entropy", 2)
    assert chosen(three, output="sigmoid") == ("sigmoid", "bce", 3)
    assert chosen(two, output="sigmoid", loss="cross_entropy") == ("sigmoid", "cross_entropy", 2)


@pytest.mark.parametrize(
    "described",
    [
        {"dta": {}},
        {"data": {"name": "spiral", "colour": "red"}},
        {"network": {"layers": [{"units": 4, "width": 3}]}},
        {"optimizer": {"name": "sgd", "beta1": 0.9}},
        {"network": {"initializer": {"name": "zeros", "scale": 1.0}}},
        {"stop": {"steps": 10}},
        {"data": INLINE | {"samples": 10}},
    ],
)
def test_unknown_fields_are_refused(described):
    field = json.dumps(described)
    assert any(
        name in messages(described)
        for name in ("dta", "colour", "width", "beta1", "scale", "steps", "samples")
        if name in field
    )


@pytest.mark.parametrize(
    ("described", "field", "allowed"),
    [
        ({"data": {"name": "iriss"}}, "data", "iris"),
        ({"data": {"samples": 5}}, "samples", "10"),
        ({"data": {"noise": -0.1}}, "noise", "0"),
        ({"data": {"test_fraction": 1.0}}, "test_fraction", "0.95"),
        ({"data": {"test_fraction": 0.6, "validation_fraction": 0.6}}, "fraction", "0.95"),
        ({"data": {"features": ["x", "z"]}}, "features", "sin_x"),
        ({"data": {"name": "sine", "features": ["xy"]}}, "features", "x2"),
        ({"data": {"seed": 2**53}}, "seed", "9"),
        ({"network": {"layers": [{"units": 0}]}}, "units", "1"),
        ({"network": {"layers": [{"activation": "swish2"}]}}, "activation", "leaky_relu"),
        ({"network": {"output_activation": "max"}}, "output_activation", "softmax"),
        ({"network": {"initializer": {"name": "normal", "scale": -1.0}}}, "scale", "0"),
        ({"optimizer": {"name": "adamm"}}, "optimizer", "adam"),
        ({"optimizer": {"lr": -1.0}}, "lr", "0"),
        ({"optimizer": {"lr": math.nan}}, "lr", "0"),
        ({"optimizer": {"lr": math.inf}}, "lr", "0"),
        ({"optimizer": {"name": "adam", "beta1": 1.0}}, "beta1", "1)"),
        ({"optimizer": {"name": "adam", "dialect": "keras"}}, "dialect", "pytorch"),
        ({"regularization": {"l2": -1e-3}}, "l2", "0"),
        ({"clip": {"norm": 0.0}}, "norm", "0"),
        ({"batch_size": 0}, "batch_size", "full"),
        ({"batch_size": "half"}, "batch_size", "full"),
        ({"eval_every": 0}, "eval_every", "epoch"),
        ({"stop": {"max_steps": 0}}, "max_steps", "1"),
        ({"loss": "hinge"}, "loss", "cross_entropy"),
        ({"seed": -1}, "seed", "0"),
    ],
)
def test_ranges_are_named(described, field, allowed):
    said = messages(described)
    assert field in said and allowed in said, said


@pytest.mark.parametrize(
    ("loss", "output"),
    [(loss, output) for loss in ("bce", "cross_entropy") for output in ("identity", "tanh", "relu", "leaky_relu")],
)
def test_pairs_without_meaning_are_refused(loss, output):
    said = messages({"data": {"name": "blobs"}, "loss": loss, "network": {"output_activation": output}})
    assert loss in said and output in said and "sigmoid" in said and "softmax" in said


def test_losses_that_do_not_fit_the_task_are_refused():
    assert "cross_entropy" in messages({"data": {"name": "sine"}, "loss": "cross_entropy"})
    assert "bce" in messages({"data": INLINE, "loss": "bce"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"train_x": []}, "train"),
        ({"train_x": [[0.0, 1.0], [1.0]]}, "train_x"),
        ({"train_y": [1.0]}, "train_y"),
        ({"train_y": [1.0, math.nan]}, "train"),
        ({"train_x": [[math.inf, 0.0], [0.0, 0.0]]}, "train_x"),
        ({"task": "classification", "train_y": [0.5, 1.0]}, "train_y"),
        ({"test_x": [[1.0, 2.0]]}, "test"),
        ({"test_x": [[1.0]], "test_y": [1.0]}, "test_x"),
    ],
)
def test_own_data_must_fit_together(change, field):
    assert field in messages({"data": INLINE | change})


@pytest.mark.parametrize(
    "described",
    [
        {},
        {"data": INLINE},
        {"data": CLASSES, "loss": "bce", "batch_size": "full"},
        {"data": {"name": "iris", "standardize": True}, "network": {"layers": []}},
        {"optimizer": {"name": "rmsprop", "dialect": "pytorch", "gamma": 0.5}, "clip": {"norm": 1.5}, "seed": 2**53 - 1},
        {"network": {"initializer": {"name": "normal", "scale": 0.5}, "layers": [{"units": 3, "activation": "relu"}] * 6}},
        {"data": {"name": "moons", "features": ["x", "sin_y"], "noise": 0.25}, "eval_every": 7, "shuffle": False},
    ],
)
def test_json_there_and_back(described):
    spec = RunSpec.model_validate(described)
    text = spec.model_dump_json()
    assert RunSpec.model_validate_json(text) == spec
    assert RunSpec.model_validate(json.loads(text)) == spec
    assert RunSpec.model_validate(spec.model_dump(mode="json")).model_dump_json() == text


def test_a_spec_cannot_be_changed():
    spec = RunSpec.model_validate({})
    with pytest.raises(ValidationError):
        spec.seed = 3
    with pytest.raises(ValidationError):
        spec.optimizer.lr = 3.0


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        ({"name": "rprop", "etas": [1.2, 0.5]}, ("etas", "(0, 1)")),
        ({"name": "rprop", "etas": 0.5}, ("etas", "two numbers")),
        ({"name": "rprop", "etas": [0.5]}, ("etas", "two numbers")),
        ({"name": "rprop", "etas": [0.5, "1.2"]}, ("etas", "two numbers")),
        ({"name": "rprop", "step_sizes": [0.5, 0.1]}, ("step_sizes", "not the larger")),
        ({"name": "rprop", "step_sizes": [math.nan, 0.1]}, ("step_sizes", "[0, 1e+09]")),
        ({"name": "nadam", "psi": 0.01}, ("psi", "beta1")),
        ({"name": "radam", "eps": 1e-8}, ("eps", "beta1")),
        ({"name": "adam", "bias_correction": 1}, ("bias_correction", "true, false")),
        ({"name": "lion", "weight_decay": -0.1}, ("weight_decay", "[0, 1000]")),
        ({"name": "muon", "beta": 1.0}, ("beta", "[0, 1)")),
        ({"name": "sophia"}, ("sophia", "muon")),
    ],
)
def test_an_optimizers_own_parameters_are_checked(optimizer, words):
    said = messages({"optimizer": optimizer})
    assert all(word in said for word in words), said


def test_a_pair_stays_two_numbers():
    spec = RunSpec.model_validate({"optimizer": {"name": "rprop", "etas": [0.25, 2]}})
    assert spec.optimizer.parameters["etas"] == (0.25, 2.0)
    assert json.loads(spec.model_dump_json())["optimizer"]["etas"] == [0.25, 2.0]
    assert RunSpec.model_validate_json(spec.model_dump_json()) == spec


def test_the_bounds_of_clipping_are_positive():
    for field in ("norm", "value"):
        assert f"clip.{field}" in (said := messages({"clip": {field: 0.0}})) and "(0, 1e+09]" in said


def test_the_catalog_is_json():
    rows = json.loads(json.dumps(catalog(), allow_nan=False))
    assert {"datasets", "activations", "losses", "initializers", "optimizers", "schedules", "features"} <= rows.keys()
    for kind in ("datasets", "activations", "losses", "initializers", "optimizers", "schedules", "features"):
        names = [row["name"] for row in rows[kind]]
        assert names and len(set(names)) == len(names)
