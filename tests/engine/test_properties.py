"""What must hold whatever the formula looks like: closed forms, equalities between rules, symmetries, bounds."""

import numpy as np
import problems
import pytest
from reference_quantities import Past
from witnesses.optimizers import OPTIMIZERS

LAMBDA = 0.25


def constant_gradient(rule, steps, dialect="textbook"):
    """One weight, from 100, whose gradient is λ for ever: its input is 0, an L1 penalty pulls. Its value after each update."""
    made = problems.Problem(
        "regression", ("identity",), "mse", np.array([[0.0]]), np.array([[0.0]]), [(np.array([[100.0]]), np.array([0.0]))]
    )
    trainer = made.trainer(
        optimizer={"name": rule, "dialect": dialect} | problems.TEXTBOOK[rule], regularization={"l1": LAMBDA, "l2": 0.0}
    )
    found = []
    for _ in range(steps):
        trainer.step(1)
        found.append(trainer.parameters[0][0][0, 0])
    return np.array(found)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
@pytest.mark.parametrize("rule", [name for name, witness in OPTIMIZERS.items() if witness.moves])
def test_constant_gradient_has_a_closed_form(rule, dialect):
    witness, t = OPTIMIZERS[rule], np.arange(1, 301)
    moves = witness.moves(LAMBDA, t, witness.own, dialect == "pytorch")
    if moves is None:
        pytest.skip("this dialect's has none")
    lost = Past(rule, dialect, witness.own, witness.own["lr"], 1.0, [LAMBDA], [witness.own["lr"]]).lost()
    expected, here = [], 100.0
    for move in moves:
        here = (1.0 - lost) * here - move
        expected.append(here)
    assert constant_gradient(rule, 300, dialect) == pytest.approx(np.array(expected), rel=1e-12)


@pytest.mark.parametrize(("dialect", "plain"), [("textbook", 4), ("pytorch", 5)])
def test_radam_begins_with_plain_steps_and_ends_as_adam(dialect, plain):
    """β₂ = .95: ρ_t = t less a little, so rectified steps begin with the 5th, in PyTorch the 6th; then they near η."""
    steps = -np.diff(np.concatenate([[100.0], constant_gradient("radam", 300, dialect)])) / 0.02
    assert steps[:plain] == pytest.approx(LAMBDA, rel=1e-9)
    assert steps[plain] < LAMBDA
    assert np.all(np.diff(steps[plain:]) > -1e-11)
    assert steps[-1] == pytest.approx(1.0, rel=1e-4)


def test_adadelta_begins_slowly_and_grows():
    """Its first step is √ε/√((1 − ρ)g² + ε)·g whatever there is to go, and every step is larger than the one before."""
    hyper = problems.TEXTBOOK["adadelta"]
    steps = -np.diff(np.concatenate([[100.0], constant_gradient("adadelta", 100)]))
    first = np.sqrt(hyper["eps"] / ((1 - hyper["rho"]) * LAMBDA**2 + hyper["eps"])) * LAMBDA
    assert steps[0] == pytest.approx(hyper["lr"] * first, rel=1e-10)
    assert np.all(np.diff(steps[20:]) > 0)


def first_moves(made, **optimizer):
    """|θ_1 − θ_0| and |g| of every parameter at the first update."""
    trainer = made.trainer(optimizer=optimizer)
    gradient = trainer.gradient("train")
    trainer.step(1)
    pairs = zip(trainer.parameters, made.parameters, strict=True)
    moves = [np.abs(p - q).ravel() for new, old in pairs for p, q in zip(new, old, strict=True)]
    return np.concatenate(moves), np.concatenate([np.abs(g).ravel() for pair in gradient for g in pair])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_adams_first_step_is_the_rate(scale, dialect):
    made = problems.problem((3, 4, 2), "tanh", "mse", "identity", task="regression", seed=51)
    made.y = made.y * scale
    moves, gradient = first_moves(made, name="adam", lr=0.001, dialect=dialect)
    assert gradient.min() > 1e-6
    assert moves == pytest.approx(0.001 * gradient / (gradient + 1e-8), rel=1e-9)
    assert moves == pytest.approx(0.001, rel=0.01)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_without_bias_correction_adams_first_step_is_larger(dialect):
    """(1 − β₁)/√(1 − β₂) η: 3.162 times the rate (MATHS.md). For AMSGrad that is the paper's own."""
    made = problems.problem((3, 4, 2), "tanh", "mse", "identity", task="regression", seed=51)
    for name in ("adam", "adamw", "amsgrad"):
        decay = {"weight_decay": 0.0} if name == "adamw" else {}
        moves, gradient = first_moves(made, name=name, lr=0.001, dialect=dialect, bias_correction=False, **decay)
        assert gradient.min() > 1e-4
        assert moves == pytest.approx(0.001 * 0.1 / np.sqrt(0.001), rel=1e-2), name
    moves, _ = first_moves(made, name="adamax", lr=0.001, dialect=dialect, bias_correction=False)
    assert moves == pytest.approx(0.001 * 0.1, rel=1e-3)


def test_adagrads_rate_decays_by_itself():
    """d = 1: the t-th rate is η/t."""
    made = problems.problem((3, 4, 2), "tanh", "mse", "identity", task="regression", seed=51)
    plain, decaying = (made.trainer(optimizer={"name": "adagrad", "lr": 0.1, "lr_decay": d}) for d in (0.0, 1.0))
    for t in range(1, 6):
        for trainer in (plain, decaying):
            trainer.seek(t)
        eta = [next(step.results["eta"][0] for step in trainer.trace() if step.op == "rate") for trainer in (plain, decaying)]
        assert eta == pytest.approx([0.1, 0.1 / (t + 1)], rel=1e-14)
    assert problems.bits(plain) != problems.bits(decaying)


@pytest.mark.parametrize(
    ("name", "dialect", "share"),
    [
        ("adamw", "textbook", 0.25),
        ("adamw", "pytorch", 0.025),
        ("lion", "textbook", 0.025),
        ("lion", "pytorch", 0.025),
        ("muon", "textbook", 0.025),
        ("muon", "pytorch", 0.025),
    ],
)
def test_decoupled_decay_takes_a_share_of_every_parameter(name, dialect, share):
    """Biases too, and beside the gradient: where there is none, λ (the paper's AdamW) or ηλ of each parameter goes."""
    start = [(np.array([[2.0, -4.0]]), np.array([8.0]))]
    made = problems.Problem("regression", ("relu",), "mse", np.array([[1.0, 4.0]]), np.array([[0.0]]), start)
    trainer = made.trainer(optimizer={"name": name, "lr": 0.1, "dialect": dialect, "weight_decay": 0.25})
    trainer.step(1)  # the unit is off: its gradient is 0
    assert trainer.parameters[0][0] == pytest.approx((1 - share) * start[0][0], rel=1e-14)
    assert trainer.parameters[0][1] == pytest.approx((1 - share) * start[0][1], rel=1e-14)


def test_muon_steps_alike_along_every_direction():
    """The first step of a matrix is nearly orthogonal: its singular values are about η√max(1, rows/cols)."""
    made = problems.problem((6, 12, 5), "tanh", "mse", "identity", task="regression", samples=60, seed=56)
    trainer = made.trainer(optimizer={"name": "muon", "lr": 1.0})
    trainer.step(1)
    for (after, _), (before, _) in zip(trainer.parameters, made.parameters, strict=True):
        scale = np.sqrt(max(1.0, after.shape[0] / after.shape[1]))
        values = np.linalg.svd(after - before, compute_uv=False) / scale
        assert np.all((values > 0.5) & (values < 1.3)), values


def test_rmsprops_first_step_is_larger_than_the_rate():
    """It starts its mean of squares at 0 and does not correct that: η/√(1 − γ)."""
    made = problems.problem((3, 4, 2), "tanh", "mse", "identity", task="regression", seed=51)
    moves, _ = first_moves(made, name="rmsprop", lr=0.001, gamma=0.99, eps=1e-30)
    assert moves == pytest.approx(0.01, rel=1e-9)


def test_epsilon_inside_or_outside_the_root():
    """AdaGrad, g = 1e-6, ε = 1e-8: the first step is .99 η outside, .01 η inside (ANCHORS.md)."""
    made = problems.Problem(
        "regression", ("identity",), "mse", np.array([[0.0]]), np.array([[0.0]]), [(np.ones((1, 1)), np.zeros(1))]
    )
    moves = []
    for dialect in ("textbook", "pytorch"):
        trainer = made.trainer(
            optimizer={"name": "adagrad", "lr": 0.1, "eps": 1e-8, "dialect": dialect}, regularization={"l1": 1e-6, "l2": 0.0}
        )
        trainer.step(1)
        moves.append((1.0 - trainer.parameters[0][0][0, 0]) / 0.1)
    assert moves[0] == pytest.approx(0.01, rel=1e-3)
    assert moves[1] == pytest.approx(0.99, rel=1e-3)


@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_without_memory_momentum_is_gradient_descent(rule, dialect):
    made = problems.golden_problem("classes")
    plain = made.trainer(optimizer={"name": "sgd", "lr": 0.1, "dialect": dialect}, batch_size=5)
    other = made.trainer(optimizer={"name": rule, "lr": 0.1, "beta": 0.0, "dialect": dialect}, batch_size=5)
    plain.step(100)
    other.step(100)
    assert problems.bits(plain) == problems.bits(other)


@pytest.mark.parametrize("rule", ["sgd", "momentum", "adam", "adadelta", "rprop", "lion", "muon"])
def test_dialects_that_say_the_same(rule):
    made = problems.golden_problem("binary")
    one, other = (
        made.trainer(optimizer={"name": rule, "dialect": dialect} | problems.TEXTBOOK[rule], batch_size=5)
        for dialect in ("textbook", "pytorch")
    )
    one.step(100)
    other.step(100)
    assert problems.trajectory_distance(one.parameters, other.parameters) <= 1e-12


def test_rate_zero_changes_nothing():
    made = problems.golden_problem("regression")
    for rule in problems.TEXTBOOK:
        still = {"lr": 0.0} | OPTIMIZERS[rule].still
        trainer = made.trainer(optimizer={"name": rule} | problems.TEXTBOOK[rule] | still, batch_size=5)
        before = problems.bits(trainer)
        trainer.step(20)
        assert problems.bits(trainer) == before, rule


def test_the_gradient_is_a_mean_over_samples():
    made = problems.problem((3, 4, 3), "tanh", "cross_entropy", "softmax", seed=52)
    single = made.trainer().gradient("train")
    made.x, made.y = np.concatenate([made.x] * 3), np.concatenate([made.y] * 3)
    assert problems.gradient_distance(made.trainer().gradient("train"), single) <= 1e-14


def test_a_partial_batch_weighs_its_samples_more():
    """Five samples in batches of 4: the last one makes an update of its own."""
    made = problems.problem((2, 3, 2), "tanh", "cross_entropy", "softmax", samples=5, seed=53)
    trainer = made.trainer(batch_size=4)
    assert trainer.steps_per_epoch == 2
    trainer.step(1)
    before = [(w.copy(), b.copy()) for w, b in trainer.parameters]
    alone = problems.Problem(made.task, made.activations, made.loss, made.x[4:], made.y[4:], before)
    expected = alone.reference_run("sgd", {"lr": 0.1}, 1)
    assert trainer.step(1) == pytest.approx(expected.step(), rel=1e-12)
    assert problems.trajectory_distance(trainer.parameters, expected.parameters) <= 1e-14


def test_permuting_hidden_units_permutes_the_run():
    made = problems.problem((3, 6, 2), "tanh", "cross_entropy", "softmax", seed=54)
    order = np.random.default_rng(0).permutation(6)
    (w1, b1), (w2, b2) = made.parameters
    plain, permuted = (
        made.trainer(parameters, optimizer={"name": "adam", "lr": 0.01}, batch_size=5)
        for parameters in (None, [(w1[order], b1[order]), (w2[:, order], b2)])
    )
    plain.step(100)
    permuted.step(100)
    (v1, c1), (v2, c2) = plain.parameters
    assert problems.trajectory_distance(permuted.parameters, [(v1[order], c1[order]), (v2[:, order], c2)]) <= 1e-11


def test_linear_regression_finds_least_squares():
    random = np.random.default_rng(55)
    x, noise = random.normal(size=(40, 3)), random.normal(size=(40, 2))
    y = x @ random.normal(size=(3, 2)) + 0.7 + 0.3 * noise
    made = problems.Problem("regression", ("identity",), "mse", x, y, [(np.zeros((2, 3)), np.zeros(2))])
    trainer = made.trainer(optimizer={"name": "momentum", "lr": 0.1, "beta": 0.8})
    trainer.step(3000)
    best, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(40)]), y, rcond=None)
    assert trainer.parameters[0][0] == pytest.approx(best[:3].T, abs=1e-10)
    assert trainer.parameters[0][1] == pytest.approx(best[3], abs=1e-10)


def ravine(**optimizer):
    """Curvatures 100 and 1: ½(100 w² + b²), from (1, 1)."""
    made = problems.Problem(
        "regression", ("identity",), "mse", np.array([[10.0], [-10.0]]), np.zeros((2, 1)), [(np.ones((1, 1)), np.ones(1))]
    )
    return made.trainer(optimizer=optimizer)


def test_the_speed_limit():
    """2/λ_max = 0.02: 0.0199 needs 687 steps to cut the loss by 1e-6, 0.0201 diverges (TEACHING.md)."""
    trainer = ravine(name="sgd", lr=0.0199)
    start = trainer.loss("train")
    assert start == pytest.approx(50.5, rel=1e-12)
    trainer.step(686)
    assert trainer.loss("train") > 1e-6 * start
    trainer.step(1)
    assert trainer.loss("train") <= 1e-6 * start
    runaway = ravine(name="sgd", lr=0.0201)
    runaway.step(500)
    assert runaway.loss("train") > 10 * start


@pytest.mark.parametrize(
    ("rule", "bound"),
    [
        ("sgd", lambda beta: 2 / 100),
        ("momentum", lambda beta: 2 * (1 + beta) / 100),
        ("nesterov", lambda beta: 2 * (1 + beta) / ((1 + 2 * beta) * 100)),
    ],
)
def test_stability_bounds(rule, bound):
    """Each rule's own bound on a quadratic (MATHS.md): it converges just below, diverges just above."""
    memory = {} if rule == "sgd" else {"beta": 0.8}
    for factor, converges in ((0.97, True), (1.03, False)):
        trainer = ravine(name=rule, lr=factor * bound(0.8), **memory)
        trainer.step(3000)
        final = trainer.loss("train")
        assert (final < 1e-6) if converges else (not final < 1e6), (rule, factor, final)


def test_momentum_in_the_ravine():
    """η = .01: 458 steps plain, 103 with momentum .9, to cut the loss by 1e-6 (TEACHING.md)."""
    for rule, expected in ({"name": "sgd"}, 458), ({"name": "momentum", "beta": 0.9}, 103):
        trainer = ravine(lr=0.01, **rule)
        start = trainer.loss("train")
        steps = 0
        while trainer.loss("train") > 1e-6 * start and steps < 1000:
            trainer.step(1)
            steps += 1
        assert steps == expected
