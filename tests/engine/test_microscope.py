"""The microscope against the run: what it tells is what `step(1)` does, and every equation's terms give the run's number."""

import network_problems
import numpy as np
import problems
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Trainer
from engine.microscope import dissect, in_notation, next_update
from engine.optimizers import DIALECTS, OPTIMIZERS


@st.composite
def runs(draw) -> Trainer:
    """Any network, rule, dialect, penalty, clip and batch, some updates in."""
    made = draw(network_problems.drawn_problems())
    rule = draw(st.sampled_from(sorted(OPTIMIZERS)))
    samples = len(made.x)
    coupled = any(layer.norm == "batch" for layer in made.network.layers)
    sizes = [size for size in range(1, samples + 1) if not coupled or (size > 1 and samples % size != 1)]
    fields = {
        "optimizer": {"name": rule, "dialect": draw(st.sampled_from(DIALECTS)), "lr": 0.01},
        "regularization": {"l1": draw(st.sampled_from([0.0, 0.02])), "l2": draw(st.sampled_from([0.0, 0.1]))},
        "clip": {"norm": draw(st.sampled_from([None, 0.05, 100.0])), "value": draw(st.sampled_from([None, None, 0.01]))},
        "batch_size": draw(st.sampled_from(sizes)),
        "shuffle": draw(st.booleans()),
        "numerics": draw(st.sampled_from(["stable", "stable", "naive"])),
    }
    described = made.spec(**fields)
    network = described.network.model_copy(update={"train_bias": draw(st.sampled_from([True, True, False]))})
    trainer = Trainer(described.model_copy(update={"network": network}), parameters=made.parameters)
    trainer.step(draw(st.sampled_from([0, 1, 3, 7])))
    return trainer


def everything(trainer) -> dict[str, bytes]:
    return {name: np.asarray(value).tobytes() for name, value in trainer.machine.copy_buffers().items()}


@pytest.mark.parametrize("examples", [25, pytest.param(2000, marks=pytest.mark.slow(seconds=30))])
def test_it_is_the_next_update(examples):
    """Parameters, optimizer state, running statistics and loss, bit for bit; and looking changes nothing."""
    bounds = settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    bounds(given(runs())(it_is_the_next_update))()


def it_is_the_next_update(trainer):
    before = everything(trainer)
    update = next_update(trainer)
    assert everything(trainer) == before
    told = {value.name: value.array for step in update.steps for value in step.results}
    raw = {name: value for step in update.trace.steps for name, value in step.results.items()}
    loss = trainer.step(1)
    assert (update.problem is None) == (trainer.stopped is None)
    if update.problem is not None:
        return
    assert update.mean_loss == loss
    held = () if trainer.spec.network.train_bias else [slot.name for slot in trainer.tape.slots if slot.kind == "bias"]
    for name, value in trainer.named_parameters.items():
        if name not in held:
            assert told[name].reshape(value.shape).tobytes() == value.tobytes(), name
    for tensor, named in trainer.optimizer_state.items():
        for name, value in named.items():
            if name not in held:
                assert raw[f"{tensor}.{name}"].tobytes() == value.tobytes(), (tensor, name)
    for name, value in trainer.running_statistics.items():
        assert told[f"run_{name}"].ravel().tobytes() == value.tobytes(), name


@pytest.mark.parametrize("examples", [10, pytest.param(60, marks=pytest.mark.slow(seconds=40))])
def test_every_equation_gives_its_number(examples):
    """The terms of every result, at a random entry of each: to the last bit, but for logarithms taken otherwise, and a step
    as books write it."""
    bounds = settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    bounds(given(runs(), st.integers(0, 2**16))(every_equation_gives_its_number))()


def every_equation_gives_its_number(trainer, seed):
    random = np.random.default_rng(seed)
    update = next_update(trainer)
    for step in update.steps:
        samples = len(update.samples)
        for value in step.results if step.of_sample is None else (step.results[0],):
            rows, columns = value.array.shape
            row, column, sample = (int(random.integers(n)) for n in (rows, columns, samples))
            equation = step.equation(row, column, name=value.name, sample=sample)
            if step.kind == "losses" or (step.kind == "output delta" and trainer.spec.numerics == "stable"):
                assert equation.computed == pytest.approx(equation.result.value, rel=1e-12, abs=1e-15, nan_ok=True), step.title
            elif step.kind == "update":
                assert equation.computed == pytest.approx(equation.result.value, rel=1e-13, abs=1e-14, nan_ok=True), step.title
            else:
                assert equation.exact, (step.kind, value.name, equation.computed, equation.result.value)
            whole = [
                step.equation(row, column, depth="edge", term=term, name=value.name, sample=sample)
                for term in range(equation.terms)
            ]
            assert [one.term for one in whole] == list(range(equation.terms))


def small(**fields):
    made = problems.golden_problem("classes")
    return made.trainer(batch_size=5, **fields)


def test_the_edges_of_a_sum_are_its_terms():
    """z_j is its bias and every w_jk h_k; a gradient is the mean of every sample's δ_j h_k."""
    trainer = small()
    update = next_update(trainer)
    affine = update.find("affine", 2)
    w, h, b = (value.array for value in affine.operands)
    unit = affine.equation(1, 2)
    edges = [affine.equation(1, 2, depth="edge", term=k) for k in range(unit.terms)]
    assert [edge.expression.value for edge in edges] == [b[1, 0], *(w[1] * h[:, 2])]
    gradient = update.find("mean gradient", 2, "dW2")
    edges = [gradient.equation(0, 1, depth="edge", term=n) for n in range(len(update.samples))]
    delta, source = (value.array for value in gradient.operands)
    assert [edge.expression.value for edge in edges] == list(delta[0] * source[1])
    assert gradient.results[0].array[0, 1] == pytest.approx(np.mean(delta[0] * source[1]), rel=1e-14)
    assert [gradient.result().array.shape, update.find("sample gradients", 2).result(sample=3).array.shape] == [w.shape] * 2


def test_leaves_point_into_the_operands():
    """What the pointer touches in an equation lights up in its matrices."""
    update = next_update(small(optimizer={"name": "adam", "lr": 0.01}, regularization={"l1": 0.1, "l2": 0.1}))
    seen = 0
    for step in update.steps:
        arrays = {value.name: value.array for value in (*step.results, *step.operands)}
        if step.terms is None or step.kind in ("update", "sample gradients"):
            continue

        def leaves(expression):
            if hasattr(expression, "parts"):
                for part in expression.parts:
                    yield from leaves(part)
            else:
                yield expression

        for leaf in leaves(step.equation(0, 0).expression):
            if leaf.position is not None and leaf.name in arrays:
                assert arrays[leaf.name][leaf.position] == leaf.value
                seen += 1
    assert seen > 100


def test_flow_is_what_runs_along_the_edges():
    update = next_update(small())
    forward, backward = update.find("affine", 2), update.find("back product", 3)
    w, h, _ = (value.array for value in forward.operands)
    assert np.array_equal(forward.flow.edges(1), w * h[:, 1])
    assert forward.flow.edges(None) == pytest.approx(np.mean([w * h[:, n] for n in range(5)], axis=0), rel=1e-14)
    v, delta = (value.array for value in backward.operands)
    assert np.array_equal(backward.flow.edges(4), v * delta[:, 4, None])
    assert backward.flow.edges(4).sum(axis=0) == pytest.approx(backward.results[0].array[:, 4], rel=1e-12)
    assert (forward.flow.name, backward.flow.name, backward.flow.backward) == ("W·h", "W·δ", True)


def test_samples_are_found_by_their_row():
    trainer = small(shuffle=True)
    trainer.step(1)
    update = next_update(trainer)
    for column, row in enumerate(update.samples):
        assert update.column_of(row) == column
        assert np.array_equal(update.steps[0].results[0].array[:, column], trainer.dataset.splits["train"].x[row])
    missing = next(row for row in range(100) if row not in update.samples)
    with pytest.raises(ValueError, match=rf"sample: {missing + 1} is not in this mini-batch; allowed: "):
        update.column_of(missing)


def test_another_notation_leaves_the_numbers():
    trainer = small()
    ours = next_update(trainer)
    theirs = in_notation(trainer, ours.trace, "lecture")
    assert [step.title for step in ours.steps] == [step.title for step in theirs.steps]
    assert ours.find("affine", 2).rule != theirs.find("affine", 2).rule
    for one, other in zip(ours.steps, theirs.steps, strict=True):
        assert [value.array.tobytes() for value in one.results] == [value.array.tobytes() for value in other.results]
    with pytest.raises(ValueError, match="notation: 'greek' is not known; allowed: theory, lecture"):
        next_update(trainer, "greek")


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda step: step.equation(99, 0), "row, column: 99, 0 given; allowed: 0 to"),
        (lambda step: step.equation(0, 0, depth="edge", term=99), "term: 99 given; allowed: 0 to"),
        (lambda step: step.equation(0, 0, name="W9"), "name: no result 'W9'; allowed: z1"),
    ],
)
def test_what_is_not_there_is_refused_by_name(ask, problem):
    with pytest.raises(ValueError, match=problem):
        ask(next_update(small()).find("affine", 1))


def test_an_update_that_cannot_be_made_is_told_up_to_there():
    trainer = small(optimizer={"name": "sgd", "lr": 1e9})
    while trainer.stopped is None:
        trainer.step(1)
    update = next_update(trainer)
    assert update.problem and "not finite" in update.problem
    update.as_json()
    with pytest.raises(ValueError, match="not finite"):
        dissect(trainer, "W1", (0, 0))
