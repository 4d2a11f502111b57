"""Norms, skips, dropout, augmentation as a run: equal bits however it is cut, seeking, chance by place, starts, refusals."""

import numpy as np
import problems
import pytest
import reference_chance
import reference_network
from network_problems import network_problem
from pydantic import ValidationError
from reference_network import ALL_TOGETHER, Layer, Network

from engine import RunSpec, Trainer

LAYERS = [
    {"units": 6, "activation": "prelu", "norm": "batch", "dropout": 0.2},
    {"units": 6, "activation": "gelu", "norm": "layer", "skip": 1},
    {"units": 4, "activation": "silu", "dropout": 0.3, "skip": 3},
    {"units": 6, "activation": "elu", "norm": "batch", "skip": 2},
]
TOGETHER = {
    "data": {"name": "spiral", "samples": 93, "test_fraction": 0.4},
    "network": {"layers": LAYERS},
    "optimizer": {"name": "adam", "lr": 0.01},
    "regularization": {"l2": 0.001, "jitter": 0.1},
    "batch_size": 9,
    "seed": 12,
}
PICTURES = {
    "data": {"name": "digits"},
    "network": {
        "layers": [
            {"units": 40, "activation": "relu", "norm": "batch", "dropout": 0.2},
            {"units": 40, "activation": "softplus", "skip": 1, "norm": "layer"},
        ]
    },
    "optimizer": {"name": "nesterov", "lr": 0.01, "beta": 0.8},
    "regularization": {"shift": 2},
    "batch_size": 32,
}
SPECS = {"together": TOGETHER, "pictures": PICTURES}


def trainer_of(name="together", **fields):
    return Trainer(RunSpec.model_validate(SPECS[name] | fields))


def state(trainer):
    """Parameters, running statistics and the last gradient bit for bit, and where in the run it is."""
    running = b"".join(np.asarray(value).tobytes() for value in trainer.running_statistics.values())
    gradient = b"".join(value.tobytes() for value in (trainer.last_gradient or {}).values())
    return problems.bits(trainer), running, gradient, trainer.steps_done, trainer.epoch


def last_results(steps):
    found = {}
    for step in steps:
        found |= step.results
    return found


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


# Chance ---------------------------------------------------------------------------------------------------------------


def test_the_hash_is_splitmix64():
    """Its published first numbers from seed 0."""
    expected = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC)
    assert tuple(reference_chance.mix((i + 1) * reference_chance.GAMMA) for i in range(4)) == expected


def masks_of(trainer):
    told = last_results(trainer.trace())
    return {name: value for name, value in told.items() if name.startswith("mask")}


def test_masks_depend_on_the_place_alone():
    """(seed, update, layer, unit, column): not on how the run came there, on the data, or on what else the network has."""
    whole, cut, sought = trainer_of(), trainer_of(), trainer_of()
    whole.step(37)
    for size in (1, 5, 17, 14):
        cut.step(size)
        cut.trace()
    cut.advance_op()
    sought.step(60)
    sought.seek(37)
    count = 9 if 37 % whole.steps_per_epoch != whole.steps_per_epoch - 1 else 56 % 9
    for trainer in (whole, cut, sought):
        masks = masks_of(trainer)
        assert set(masks) == {"mask1", "mask3"}
        for layer, share, units in ((1, 0.2, 6), (3, 0.3, 4)):
            expected = reference_chance.dropout_mask(12, 37, layer, share, units, count)
            assert np.array_equal(masks[f"mask{layer}"], expected)
    other = {**TOGETHER, "data": {"name": "moons", "samples": 200}, "shuffle": False, "optimizer": {"name": "sgd"}}
    other["network"] = {"layers": [{"units": 6, "dropout": 0.2}]}
    other = Trainer(RunSpec.model_validate(other))
    other.step(37)
    assert np.array_equal(masks_of(other)["mask1"], reference_chance.dropout_mask(12, 37, 1, 0.2, 6, 9))


def test_a_fork_draws_the_masks_of_its_steps():
    """Masks count updates of the run, not of the branch; another batch size gives other masks, from the same rule."""
    trainer = trainer_of()
    trainer.step(30)
    trainer.seek(11)
    trainer.edit({"kind": "set", "path": "batch_size", "value": 7})
    trainer.step(2)
    expected = reference_chance.dropout_mask(12, 13, 1, 0.2, 6, 7)
    assert np.array_equal(masks_of(trainer)["mask1"], expected)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped(share):
    """Over 50 updates of 64 units and 32 samples; what is kept is scaled so that the mean is 1. Seeds and updates differ."""
    network = Network(2, (Layer(64, "tanh", dropout=share),), 1)
    made = network_problem(network, task="regression", samples=32)
    trainer, masks = made.trainer(seed=3), []
    for _ in range(50):
        masks.append(masks_of(trainer)["mask1"])
        trainer.step(1)
    stack = np.array(masks)
    assert set(np.unique(stack)) == {0.0, 1.0 / (1.0 - share)}
    spread = np.sqrt(share * (1 - share) / stack.size)
    assert abs(np.mean(stack == 0.0) - share) <= 5 * spread
    for axis in ((0, 1), (0, 2), (1, 2)):  # no sample, unit or update is favoured
        rates = np.mean(stack == 0.0, axis=axis)
        own = np.sqrt(share * (1 - share) / (stack.size / len(rates)))
        assert np.max(np.abs(rates - share)) <= 5 * own
    assert not np.array_equal(stack[0], stack[1])
    assert not np.array_equal(masks_of(made.trainer(seed=4))["mask1"], stack[0])


def test_without_dropout_there_is_no_mask():
    assert not masks_of(trainer_of(network={"layers": [{"units": 4, "norm": "batch", "skip": 1}]}))


def test_jitter_reaches_training_alone():
    """The mini-batch is nudged; what is looked at is not, and the data stay as they are."""
    network = Network(3, (Layer(4, "tanh"),), 1)
    made = network_problem(network, task="regression", samples=13, seed=2)
    nudged, plain = made.trainer(regularization={"jitter": 0.5}, seed=9), made.trainer(seed=9)
    assert nudged.loss("train") == plain.loss("train")
    assert nudged.objective("train") == plain.objective("train")
    assert problems.gradient_distance(nudged.gradient("train"), plain.gradient("train")) == 0.0
    for update in range(3):
        noise = reference_chance.jitter(9, update, 0.5, 3, 13)
        told = last_results(nudged.trace())
        assert told["h0"] == pytest.approx(made.x.T + noise, rel=1e-13, abs=1e-15)
        nudged.step(1)
    loud = np.array([reference_chance.jitter(1, update, 1.0, 20, 50) for update in range(20)])
    assert abs(loud.mean()) <= 5 / np.sqrt(loud.size)
    assert abs(loud.std() - 1.0) <= 5 / np.sqrt(2 * loud.size)


def test_jitter_set_during_the_run():
    """An edit like any other: felt from its step on, sought across bit for bit."""
    trainer, seen = trainer_of(regularization={"jitter": 0.0}), {}
    trainer.step(10)
    still = trainer_of(regularization={"jitter": 0.0})
    still.step(13)
    trainer.edit({"kind": "set", "path": "regularization.jitter", "value": 0.4})
    for step in range(11, 31):
        trainer.step(1)
        seen[step] = state(trainer)
    for step in (12, 30, 5, 11, 10, 22):
        trainer.seek(step)
        assert step not in seen or state(trainer) == seen[step]
    trainer.seek(9)
    still.seek(9)
    assert state(trainer) == state(still)
    trainer.seek(13)
    still.seek(13)
    nudge = last_results(trainer.trace())["h0"] - last_results(still.trace())["h0"]
    assert nudge == pytest.approx(reference_chance.jitter(12, 13, 0.4, *nudge.shape), rel=1e-9, abs=1e-12)


def test_pictures_are_shifted():
    trainer = trainer_of("pictures", shuffle=False, regularization={"shift": 2}, seed=77)
    height, width = trainer.dataset.image_shape
    pictures = trainer.dataset.splits["train"].x
    before = trainer.loss("train")
    assert before == trainer_of("pictures", regularization={}, seed=77).loss("train")
    seen = set()
    for update in range(4):
        told = last_results(trainer.trace())["h0"]
        for column, (dx, dy) in enumerate(reference_chance.offsets(77, update, 2, 32)):
            picture = pictures[update * 32 + column].reshape(height, width)
            assert np.array_equal(told[:, column], reference_chance.shifted(picture, dx, dy).ravel()), (update, column)
            seen.add((dx, dy))
        trainer.step(1)
    assert {dx for dx, _ in seen} == {dy for _, dy in seen} == {-2, -1, 0, 1, 2}
    assert np.array_equal(pictures, trainer_of("pictures").dataset.splits["train"].x)


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
