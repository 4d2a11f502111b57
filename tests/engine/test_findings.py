"""Ten sick runs and ten healthy ones: what is wrong is named, and only that; nothing is found where nothing is wrong."""

import json

import numpy as np
import problems
import pytest

from engine import RunSpec, Trainer
from engine.diagnostics.findings import NAMES
from engine.diagnostics.leakage import leak_of
from engine.diagnostics.symptoms import baseline
from engine.landscape.slices import Landscape
from engine.landscape.stability import bound


def run(data, layers, optimizer, lr, activation="tanh", batch_size=10, initializer="xavier_uniform", bias=0.0, **fields):
    return RunSpec.model_validate(
        {
            "data": data if isinstance(data, dict) else {"name": data},
            "network": {
                "layers": [{"units": units, "activation": activation} for units in layers],
                "initializer": initializer if isinstance(initializer, dict) else {"name": initializer},
                "bias": bias,
            },
            "optimizer": {"name": optimizer, "lr": lr},
            "batch_size": batch_size,
        }
        | fields
    )


def normal(scale):
    return {"name": "normal", "scale": scale}


def leaking(column, rows=60, names=("a", "b", "told")):
    """Two columns of chance, and one that tells the class."""
    random = np.random.default_rng(0)
    labels = np.arange(rows) // (rows // 3)
    order = random.permutation(rows)
    x = np.column_stack([random.normal(size=(rows, 2)), column(labels)])[order]
    y, cut = labels[order], 2 * rows // 3
    parts = {"train_x": x[:cut], "train_y": y[:cut], "test_x": x[cut:], "test_y": y[cut:], "columns": names}
    return {"name": "inline", "task": "classification", "standardize": True} | parts


def one_by_one(labels):
    return np.eye(3)[labels][:, :2]


NOISY = {"name": "spiral", "samples": 40, "noise": 1.0}
SICK = {  # name: (spec, updates after which it is looked at)
    "vanishing": (run("circle", [16] * 10, "sgd", 0.1, "sigmoid"), (0, 100, 2000)),
    "exploding": (run("circle", [16] * 8, "sgd", 1e-9, "relu", initializer=normal(1.0)), (0, 100, 2000)),
    "dead_units": (run("circle", [8], "sgd", 0.03, "relu", initializer="he_normal", bias=-10.0), (0, 100, 2000)),
    "saturated": (run("wine", [8], "sgd", 0.01), (0, 100, 2000)),  # not standardized: inputs of 1,000
    "diverging": (run("circle", [8], "sgd", 10.0), (5, 30, 300, 2000)),
    "plateau": (run("xor", [4], "sgd", 0.1, initializer="zeros"), (1000, 4000)),
    "overfitting": (run(NOISY, [32, 32], "adam", 0.01, "relu", initializer="he_normal"), (300, 1000, 4000)),
    "underfitting": (run("circle", [], "sgd", 0.1), (1000, 4000)),
    "vanished_rate": (
        run("circle", [8], "sgd", 0.03, schedule={"name": "plateau", "factor": 0.1, "patience": 0, "threshold": 0.9}),
        (1000, 4000),
    ),
    "slow": (run("circle", [8], "sgd", 1e-5), (300, 1000, 4000)),
    "non_finite": (run("plane", [8], "sgd", 100.0, "relu"), (50,)),
    "leak": (run(leaking(lambda labels: 7.5 - 2 * labels), [8], "adam", 0.03), (600, 2000)),
}
CERTAIN_AND_WRONG = run("gaussians", [], "sgd", 0.03, initializer=normal(5.0), loss="mse")
MORE_SICK = [
    ("vanishing", run("circle", [8, 8], "sgd", 0.03, initializer=normal(0.01)), (0, 300, 2000)),
    ("dead_units", run("spiral", [8, 8], "adam", 1.0, "relu", initializer="he_normal"), (300, 2000)),
    ("saturated", run("circle", [8, 8], "sgd", 0.03, initializer=normal(10.0)), (0, 300, 2000)),
    ("saturated", CERTAIN_AND_WRONG, (0, 300, 2000)),
    ("diverging", run("spiral", [8, 8], "adam", 3.0), (30, 300)),
    ("plateau", run("circle", [8], "sgd", 0.03, initializer=normal(0.01)), (1000, 4000)),
    ("overfitting", run({"name": "spiral", "samples": 60, "noise": 0.8}, [16, 16], "adam", 0.02), (300, 2000)),
    ("underfitting", run("spiral", [8, 8], "adam", 0.01, "identity"), (1000, 4000)),
    ("underfitting", run("circle", [8], "adam", 0.01, regularization={"l1": 0.1}), (1000, 4000)),
    ("slow", run("digits", [32], "sgd", 1e-4, "relu", 32, "he_normal"), (300, 1000)),
    ("non_finite", run("plane", [8], "sgd", 1.5, "identity", "full"), (50,)),
    ("leak", run(leaking(lambda labels: np.arange(len(labels))), [8], "adam", 0.03), (1000, 2000)),
    ("leak", run(leaking(one_by_one, names=("a", "b", "is x", "is y")), [8], "adam", 0.03), (600, 2000)),
]
HEALTHY = {
    "circle, tanh, gradient descent": run("circle", [4, 2], "sgd", 0.03),
    "two Gaussians, one unit": run("gaussians", [], "sgd", 0.1),
    "spiral, tanh, Adam": run("spiral", [8, 8], "adam", 0.01),
    "spiral, leaky ReLU, RMSProp": run("spiral", [16, 16], "rmsprop", 0.005, "leaky_relu", initializer="he_normal"),
    "moons, Nesterov": run("moons", [8], "nesterov", 0.02),
    "blobs, AdaGrad": run("blobs", [6], "adagrad", 0.1),
    "hills, regression": run("multi_gaussian", [12, 8], "adam", 0.01),
    "breast cancer, sigmoid, momentum": run({"name": "breast_cancer", "standardize": True}, [8], "momentum", 0.01, "sigmoid"),
    "digits, ReLU": run("digits", [32, 16], "adam", 0.003, "relu", 32, "he_normal"),
    "circle, full batch": run("circle", [8], "sgd", 0.3, batch_size="full"),
    "moons, eight ReLU layers": run("moons", [12] * 8, "adam", 0.002, "relu", initializer="he_normal"),
    "circle, three sigmoid layers": run("circle", [8] * 3, "adam", 0.01, "sigmoid"),
}
MOMENTS = (0, 1, 5, 30, 100, 300, 1000, 3000)


def names(trainer):
    return [finding.name for finding in trainer.findings()]


def check_sick(name, spec, moments):
    trainer = Trainer(spec)
    for step in moments:
        trainer.step(step - trainer.steps_done)
        assert names(trainer) == [name], f"at update {trainer.steps_done}"
    return trainer


@pytest.mark.parametrize("name", SICK)
def test_sick_runs_are_named_rightly(name):
    """And by that name alone: what follows from it is no finding of its own."""
    check_sick(name, *SICK[name])


@pytest.mark.parametrize(("name", "spec", "moments"), MORE_SICK)
def test_other_runs_with_the_same_illness(name, spec, moments):
    check_sick(name, spec, moments)


def test_what_tells_most_of_the_classes_is_no_leak():
    """100 % are right, and that was learned: one value of the column has two classes; a number that repeats counts nothing."""
    for column in (lambda labels: np.minimum(labels, 1), lambda labels: 100 * labels + np.arange(len(labels)) % 7):
        trainer = Trainer(run(leaking(column), [16], "adam", 0.03))
        assert trainer.symptoms().leak is None
        assert leak_of(trainer.dataset) is None
    for name in ("iris", "digits", "xor"):
        assert leak_of(Trainer(run(name, [4], "adam", 0.01)).dataset) is None


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_runs_have_no_finding(name):
    trainer = Trainer(HEALTHY[name])
    for step in MOMENTS:
        trainer.step(step - trainer.steps_done)
        assert names(trainer) == [], f"at update {step}"
    assert trainer.loss("train") < 0.3 * trainer.symptoms().baseline, "it learned, so it was healthy"


def taken(spec, remedy):
    """The spec with a remedy's field set."""
    changed = spec.model_dump()
    *way, last = remedy.path.split(".")
    part = changed
    for key in way:
        part = part[key]
    if last == "name":
        changed[way[0]] = {"name": remedy.value}
    else:
        part[last] = remedy.value
    return RunSpec.model_validate(changed)


@pytest.mark.parametrize("name", SICK)
def test_evidence_is_beyond_its_threshold_and_remedies_are_specs(name):
    spec, moments = SICK[name]
    trainer = Trainer(spec)
    trainer.step(moments[-1])
    (finding,) = trainer.findings()
    assert finding.name in NAMES and finding.title and finding.summary
    for evidence in finding.evidence:
        assert evidence.value > evidence.threshold if evidence.side == "above" else evidence.value < evidence.threshold
        assert evidence.words
    assert finding.remedies or name == "leak", "what leaks is left out where the table is chosen"
    assert all(taken(spec, remedy) != spec for remedy in finding.remedies)
    assert json.loads(json.dumps(finding.as_json()))["name"] == name


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        (SICK["saturated"][0], ["data.standardize"]),
        (SICK["diverging"][0], ["optimizer.lr", "optimizer.lr"]),
        (SICK["vanishing"][0], ["network.layers", "network.initializer"]),
        (SICK["plateau"][0], ["network.initializer"]),
        (SICK["dead_units"][0], ["network.bias"]),
        (CERTAIN_AND_WRONG, ["loss"]),
        (SICK["vanished_rate"][0], ["schedule.name"]),
    ],
)
def test_remedies_help(spec, paths):
    """Taken where the finding offers them, the run ends below half of what it got; a second one where one is not enough."""
    trainer = Trainer(spec)
    trainer.step(2000)
    before = trainer.loss("train") / trainer.symptoms().baseline
    for path in paths:
        found = [remedy for finding in trainer.findings() for remedy in finding.remedies if remedy.path == path]
        if found:
            trainer = Trainer(taken(trainer.spec, found[0]))
            trainer.step(2000)
    assert trainer.loss("train") / trainer.symptoms().baseline < 0.5 * before


def xor(signs, optimizer, lr, seed):
    x = [[a, b] for a in (-1.0 if signs else 0.0, 1.0) for b in (-1.0 if signs else 0.0, 1.0)]
    data = {"name": "inline", "task": "classification", "train_x": x, "train_y": [0, 1, 1, 0]}
    return run(data, [2], optimizer, lr, "sigmoid", "full", seed=seed)


@pytest.mark.parametrize(("signs", "optimizer", "lr"), [(False, "sgd", 0.5), (True, "sgd", 0.5), (False, "adam", 0.05)])
def test_xor_that_stands_still_is_named_and_its_remedies_solve_it(signs, optimizer, lr):
    """Two sigmoid units on XOR: some starts stand still with half of the samples fitted, at half the baseline. It is found
    while it happens and later on, and alone; what is offered is measured by a run of its own: more units solve nearly all,
    another start about half."""
    stuck, solved = 0, {"network.layers": 0, "seed": 0}
    for seed in range(8):
        trainer, found = Trainer(xor(signs, optimizer, lr, seed)), []
        for step in (5000, 20_000):
            trainer.step(step - trainer.steps_done)
            found.append([(finding.name, finding.evidence[0].name) for finding in trainer.findings()])
        if trainer.symptoms().level < 0.1:
            assert found[-1] == []
            continue
        stuck += 1
        assert found == [[("plateau", "left_share")]] * 2, seed
        (finding,) = trainer.findings()
        assert [remedy.path for remedy in finding.remedies] == list(solved)
        for remedy in finding.remedies:
            tried = Trainer(taken(trainer.spec, remedy))
            tried.step(20_000)
            solved[remedy.path] += tried.symptoms().level < 0.1
    assert stuck >= 3 and solved["network.layers"] >= stuck - 1 and solved["seed"] >= 1, (stuck, solved)


def of_its_bound(trainer):
    """The rate in shares of the optimizer's own bound."""
    landscape, theta = Landscape(trainer.machine), trainer.machine.theta.copy()
    optimizer, updates = trainer.effective_spec.optimizer, trainer.steps_done
    return optimizer.lr / bound(optimizer, landscape.hessian(theta), theta.size, trainer.machine.state_tensors, updates).rate


def test_a_standstill_that_adam_may_be_thrown_out_of_says_so():
    """Adam at .5 on XOR: while a start stands still its rate comes to its own bound, since what it divides by shrinks; from
    then on it is shaken. Some starts land where they learn, the others where they stand still again, which no number tells
    beforehand. Gradient descent stays where it is, and says nothing of this."""
    solved, stuck = 0, 0
    for seed in range(8):
        trainer = Trainer(xor(False, "adam", 0.5, seed))
        trainer.step(600)
        for finding in trainer.findings():
            assert finding.name == "plateau" and "Adam divides by shrinks" in finding.summary
            shares = [of_its_bound(trainer)]
            for step in range(1500, 6001, 750):
                trainer.step(step - trainer.steps_done)
                shares.append(of_its_bound(trainer))
            assert shares[0] < 0.5 and max(shares) > 0.8
            trainer.step(30_000 - trainer.steps_done)
            solved, stuck = solved + (trainer.symptoms().level < 0.1), stuck + (trainer.symptoms().level > 0.4)
    assert solved >= 1 and stuck >= 1
    descent = [Trainer(xor(False, "sgd", 0.5, seed)) for seed in range(8)]
    for trainer in descent:
        trainer.step(5000)
    told = [finding.summary for trainer in descent for finding in trainer.findings()]
    assert told and not any("throw" in summary for summary in told)


@pytest.mark.parametrize(
    ("layers", "apart"),
    [([{}], False), ([{}, {"skip": 1}], False), ([{"dropout": 0.5}], True), ([{"skip": 1}], True)],
)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_units_stay_identical_unless_dropout_or_an_identity_skip_tells_them_apart(layers, apart, activation):
    """All weights equal: after 600 updates the units still are, and where the loss stands still it is the finding; or dropout,
    or what a skip adds of inputs that differ, has told them apart: then it is none."""
    network = {
        "layers": [{"units": 2, "activation": activation} | layer for layer in layers],
        "initializer": {"name": "constant", "value": 0.3},
    }
    trainer = Trainer(run("xor", [], "sgd", 0.1, network=network))
    trainer.step(600)
    weights = np.vstack([trainer.named_parameters["W1"].T, trainer.named_parameters["W2"]])
    assert (np.ptp(weights, axis=1) > 0).any() == apart
    assert (trainer.symptoms().identical_units == (0, 0)) == apart
    found = [evidence for finding in trainer.findings() for evidence in finding.evidence if evidence.name == "twins"]
    assert not (apart and found) and all("ever" not in f" {evidence.words} ".replace("every", "") for evidence in found)


def test_the_evidence_is_the_run_s_own_number():
    trainer = Trainer(SICK["vanishing"][0])
    (finding,) = trainer.findings()
    delta = trainer.flow().delta
    assert finding.evidence[0].value == delta[0] / delta[-1]
    trainer = Trainer(SICK["slow"][0])
    trainer.step(300)
    moved = np.linalg.norm(np.concatenate([value.ravel() for value in trainer.last_update.values()]))
    size = np.linalg.norm(np.concatenate([value.ravel() for value in trainer.named_parameters.values()]))
    assert trainer.findings()[0].evidence[0].value == pytest.approx(moved / size, rel=1e-12)


def test_the_baseline_is_the_best_constant_answer():
    random = np.random.default_rng(0)
    constants = np.linspace(0.001, 0.999, 4000)
    y = (random.uniform(size=(50, 1)) < 0.3).astype(float)
    surprise = [-np.mean(y * np.log(c) + (1 - y) * np.log(1 - c)) for c in constants]
    assert baseline(y, "bce") == pytest.approx(min(surprise), rel=1e-5)
    assert baseline(y, "mse") == pytest.approx(min(0.5 * np.mean((y - c) ** 2) for c in constants), rel=1e-5)
    assert baseline(np.eye(4), "cross_entropy") == pytest.approx(np.log(4))


def test_an_edit_begins_the_evidence_anew():
    """A run that diverged and whose rate is then lowered is judged from there."""
    trainer = Trainer(SICK["diverging"][0])
    trainer.step(30)
    assert names(trainer) == ["diverging"]
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.1})
    assert "diverging" not in names(trainer)
    trainer.seek(20)
    assert names(trainer) == ["diverging"], "sought back to before the edit, what was recorded later does not count"


def test_it_changes_nothing():
    trainer = Trainer(run({"name": "spiral", "samples": 1000}, [8, 8], "adam", 0.01))
    trainer.step(500)
    kept = trainer.machine.copy_buffers()
    before = trainer.series.points.copy()
    trainer.findings()
    after = trainer.machine.copy_buffers()
    assert all(np.array_equal(kept[name], after[name], equal_nan=name == "rules") for name in kept)
    assert np.array_equal(before, trainer.series.points, equal_nan=True)
    other = Trainer(trainer.spec)
    other.step(600), trainer.step(100)
    assert problems.bits(other) == problems.bits(trainer)


ALIKE = {
    "one class of two": ("classification", [0] * 24, {}),
    "the other class of two": ("classification", [1] * 24, {"classes": ["no", "yes"]}),
    "one class of three": ("classification", [1] * 24, {"classes": ["a", "b", "c"]}),
    "zeros": ("regression", [0.0] * 24, {}),
    "0.1": ("regression", [0.1] * 24, {}),
    "1e6": ("regression", [1e6] * 24, {"standardize": True}),
    "two constants": ("regression", [[0.3, -2.0]] * 24, {}),
}


@pytest.mark.parametrize("name", ALIKE)
@pytest.mark.parametrize("loss", ["auto", "mse"])
def test_a_perfect_run_on_targets_that_are_all_alike_is_healthy(name, loss):
    """The best constant answer makes no loss at all there, and any loss is high beside nothing."""
    task, targets, more = ALIKE[name]
    x = 6.0 * np.random.default_rng(2).normal(size=(24, 2))
    data = {"name": "inline", "task": task, "train_x": x.tolist(), "train_y": targets} | more
    for activation in ("tanh", "relu"):
        spec = run(data, [6], "adam", 0.03, activation, loss=loss)
        trainer = Trainer(spec)
        if task == "regression":  # the answer that is wanted, at once: the rate knows nothing of 1e6
            W, b = trainer.machine.tape.slots[-2:]
            W.view(trainer.machine.theta)[...] *= 1e-9
            b.view(trainer.machine.theta)[...] = targets[0]
        for updates in (600, 600):
            trainer.step(updates)
            assert [finding.name for finding in trainer.findings()] == [], (activation, trainer.loss("train"))
