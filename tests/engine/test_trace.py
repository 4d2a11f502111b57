"""`trace()`: what the next update will do, op by op, in the very numbers of the run, and without touching it."""

import numpy as np
import problems
import pytest
import reference


def trainer_of(rule, **fields):
    made = problems.golden_problem("classes")
    options = {"optimizer": {"name": rule} | problems.TEXTBOOK[rule], "batch_size": 5}
    return made, made.trainer(**options | {"regularization": {"l1": 0.01, "l2": 0.1}, "clip": {"norm": 0.2}} | fields)


def last_results(steps):
    """The last value that an update gives each name."""
    found = {}
    for step in steps:
        found |= step.results
    return found


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
@pytest.mark.parametrize("shuffle", [True, False])
def test_it_tells_the_next_update(rule, shuffle):
    _, trainer = trainer_of(rule, shuffle=shuffle)
    for _ in range(12):  # past the end of an epoch, partial batches included
        told = last_results(trainer.trace())
        assert trainer.step(1) == told["loss"][0]
        for name, value in trainer.named_parameters.items():
            assert np.array_equal(told[name], value)
        for name, value in trainer.last_gradient.items():
            assert np.array_equal(told[f"d{name}"], value)
        for tensor, by_name in trainer.optimizer_state.items():
            for name, value in by_name.items():
                assert np.array_equal(told[f"{tensor}.{name}"], value)


@pytest.mark.parametrize("rule", problems.TEXTBOOK)
def test_it_changes_nothing(rule):
    _, looked = trainer_of(rule)
    _, plain = trainer_of(rule)
    for _ in range(12):
        first, second = looked.trace(), looked.trace()
        assert [step.op for step in first] == [step.op for step in second]
        for one, other in zip(first, second, strict=True):
            assert {k: v.tobytes() for k, v in one.results.items()} == {k: v.tobytes() for k, v in other.results.items()}
        assert looked.step(1) == plain.step(1)
        assert problems.bits(looked) == problems.bits(plain)


def test_the_ops_are_those_that_run():
    _, trainer = trainer_of("nesterov")
    names = [step.op for step in trainer.trace()]
    assert names == [trainer.advance_op() for _ in names]
    assert trainer.steps_done == 1
    assert [step.index for step in trainer.trace()] == list(range(len(names)))


def test_in_the_middle_of_an_update_it_tells_it_whole():
    _, trainer = trainer_of("nesterov")
    _, plain = trainer_of("nesterov")
    trainer.step(3)
    plain.step(3)
    told = last_results(trainer.trace())
    for _ in range(9):
        trainer.advance_op()
    again = last_results(trainer.trace())
    assert all(np.array_equal(told[name], again[name]) for name in told)
    assert trainer.step(1) == plain.step(1)
    assert problems.bits(trainer) == problems.bits(plain)


def test_its_intermediate_values_are_the_references():
    """z, h and δ of every layer, one column a sample; δ is B · ∂𝓛/∂z."""
    made, trainer = trainer_of("sgd", shuffle=False)
    trainer.step(1)
    before = [(w.copy(), b.copy()) for w, b in trainer.parameters]
    told = last_results(trainer.trace())
    for column, sample in enumerate(range(5, 10)):
        zs, hs = reference.forward(before, made.activations, made.x[sample])
        blame = reference.deltas(before, made.activations, made.loss, made.x[sample], made.targets[sample])
        for layer in range(1, 4):
            assert told[f"z{layer}"][:, column] == pytest.approx(zs[layer - 1], rel=1e-12)
            assert told[f"h{layer}"][:, column] == pytest.approx(hs[layer], rel=1e-12)
            assert told[f"delta{layer}"][:, column] == pytest.approx(blame[layer - 1], rel=1e-11, abs=1e-15)
        loss = reference.sample_loss(made.loss, made.activations[-1], zs[-1], made.targets[sample])
        assert told["losses"][0, column] == pytest.approx(loss, rel=1e-12)


def test_what_it_hands_out_is_safe_to_keep():
    _, trainer = trainer_of("adam")
    steps = trainer.trace()
    kept = {name: value.copy() for name, value in last_results(steps).items()}
    trainer.step(10)
    assert all(np.array_equal(value, kept[name]) for name, value in last_results(steps).items())
    for step in steps:
        for value in (*step.operands.values(), *step.results.values()):
            assert not np.shares_memory(value, trainer.parameters[0][0])
