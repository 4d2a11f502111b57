"""Without derivatives: an update by evolution strategies is what plain NumPy makes of the same perturbations, the cosine of its
direction follows √(n/(n+P)), and both methods are tuned and counted alike."""

from __future__ import annotations

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.dataset import prepare
from engine.lab import EXPERIMENTS, ChoiceError, Subject, carried_out
from engine.lab.evolution import estimator, race
from engine.lab.evolution.alignment import Alignment, aligned, populations
from engine.lab.evolution.population import Population
from engine.lab.evolution.row import EXAMPLE, setting_of
from engine.lab.evolution.telling import COLUMNS
from engine.lab.experiment import begun, chosen
from engine.machine.machine import Machine
from engine.machine.trace import batch_rows

ROW = EXPERIMENTS["evolution"]
SMALL = RunSpec.model_validate(
    {
        "data": {"name": "moons", "samples": 60},
        "network": {"layers": [{"units": 4}]},
        "optimizer": {"name": "sgd", "lr": 0.5},
        "batch_size": 8,
        "regularization": {"l2": 0.01},
    }
)
FIELDS = [column.name for column in COLUMNS]
CHECKED = {"network": "present run", "pairs": 4, "budget": 120, "seeds": 2, "draws": 2}


def machine_of(spec: RunSpec) -> Machine:
    made = Machine(spec, prepare(spec))
    made.record_nothing()
    return made


def centered(values):
    """Ranks counted one by one: how many are smaller, and half of the others that are equal."""
    flat = np.ravel(values)
    below = np.array([np.sum(flat < value) + 0.5 * (np.sum(flat == value) - 1) for value in flat])
    return (below / (len(flat) - 1) - 0.5).reshape(np.shape(values))


def moons_loss(theta, x, y):
    """Of 2-4-1, tanh and sigmoid, the mean cross-entropy, written out."""
    w1, b1, w2, b2 = theta[:8].reshape(4, 2), theta[8:12], theta[12:16], theta[16]
    answer = 1.0 / (1.0 + np.exp(-(np.tanh(x @ w1.T + b1) @ w2 + b2)))
    return -np.mean(y * np.log(answer) + (1.0 - y) * np.log(1.0 - answer))


# The update ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ranked", [True, False])
def test_updates_are_those_of_plain_numpy_with_the_same_perturbations(ranked: bool) -> None:
    pairs, sigma, rate = 6, 0.1, 0.5
    machine = machine_of(SMALL)
    population = Population(machine, pairs, sigma, ranked, seed=7)
    theta = machine.theta.copy()
    for update in range(5):
        population.gather()
        rows = batch_rows(machine)
        x, y = machine.x[rows], machine.y[rows, 0]
        noise = population.noise(update)
        losses = np.array([[moons_loss(theta + s * sigma * e, x, y) for s in (1, -1)] for e in noise])
        shaped = centered(losses) if ranked else losses
        gradient = sum((up - down) * e for (up, down), e in zip(shaped, noise, strict=True)) / (2 * pairs * sigma)
        weights = np.ones(17)
        weights[8:12] = weights[16] = 0.0
        theta = theta - rate * (gradient + 0.01 * weights * theta)
        assert population.update()
        assert np.max(np.abs(machine.theta - theta)) < 1e-12
    assert machine.step == 5 and population.evaluations == 5 * 2 * pairs


def test_all_members_share_the_mini_batch_and_its_dropout_mask() -> None:
    """With perturbations of nothing all losses are one: the loss that the update itself has, mask and mini-batch included."""
    given = SMALL.model_dump() | {"network": {"layers": [{"units": 6, "dropout": 0.5}, {"units": 5, "norm": "batch"}]}}
    spec = RunSpec.model_validate(given)
    machine, lone = machine_of(spec), Trainer(spec)
    population = Population(machine, 3, 0.1, True, seed=0)
    for _ in range(4):
        population.gather()
        losses = population.losses(np.zeros((3, machine.theta.size)))
        own = lone.step()
        assert np.all(losses == own)
        machine.restore(lone.machine.snapshot())
        machine.next_op = 0


def test_batch_norms_running_statistics_are_those_of_the_middle_not_of_a_member() -> None:
    """Ranks of equal losses are all 0, so nothing moves: what is left of the update are the statistics of θ's own pass."""
    spec = RunSpec.model_validate(SMALL.model_dump() | {"network": {"layers": [{"units": 4, "norm": "batch"}]}, "loss": "mse"})
    spec = spec.model_copy(update={"regularization": RunSpec().regularization})
    machine, lone = (
        machine_of(spec),
        Trainer(RunSpec.model_validate(spec.model_dump() | {"optimizer": {"name": "sgd", "lr": 0.0}})),
    )
    population = Population(machine, 2, 0.3, True, seed=0)
    population.update()
    lone.step()
    for name, values in lone.running_statistics.items():
        slot = next(each for each in machine.tape.running if each.name == name)
        assert np.array_equal(slot.view(machine.state), values)
    assert population.evaluations == 2 * 2 + 1, "the pass of θ is counted"


def test_ranks_share_ties_and_put_what_is_not_finite_last() -> None:
    losses = np.array([[0.3, 0.1], [0.3, np.nan], [np.inf, 0.2]])
    assert estimator.centered_ranks(losses) == pytest.approx(centered(np.where(np.isnan(losses), np.inf, losses)))
    assert estimator.centered_ranks(np.array([[1.0, 1.0]])).tolist() == [[0.0, 0.0]]
    rng = np.random.default_rng(3)
    many = rng.random((20, 2))
    assert np.array_equal(estimator.centered_ranks(many), estimator.centered_ranks(np.exp(9.0 * many))), "only the order counts"


def test_perturbations_are_a_function_of_seed_and_draw() -> None:
    first, second = (Population(machine_of(SMALL), 3, 0.1, True, seed=5) for _ in range(2))
    assert np.array_equal(first.noise(4), second.noise(4)) and np.array_equal(first.noise(4, 2), first.noise(4)[:2])
    assert not np.array_equal(first.noise(4), first.noise(5))
    assert not np.array_equal(first.noise(4), Population(machine_of(SMALL), 3, 0.1, True, seed=6).noise(4))


# The direction -------------------------------------------------------------------------------------------------------


def test_on_a_plane_the_estimate_is_the_gradient_seen_through_the_perturbations() -> None:
    rng = np.random.default_rng(0)
    slope, noise = rng.standard_normal(7), rng.standard_normal((9, 7))
    losses = np.stack([noise @ slope, -noise @ slope], axis=1) * 0.01
    assert estimator.estimate(noise, losses, 0.01, False) == pytest.approx(noise.T @ noise @ slope / 9)


def test_the_true_gradient_is_the_mini_batchs() -> None:
    spec = SMALL.model_copy(update={"regularization": RunSpec().regularization})
    population, lone = Population(machine_of(spec), 2, 0.01, False, seed=0), Trainer(spec)
    population.gather()
    lone.step()
    assert np.array_equal(population.gradient(), lone.machine.grad)


def alignment_after(updates: int, sigma: float, draws: int = 40) -> Alignment:
    trainer = Trainer(EXAMPLE)
    trainer.step(updates)
    machine = machine_of(EXAMPLE)
    machine.restore(trainer.machine.snapshot())
    *_, found = aligned(Population(machine, 1, sigma, False, seed=1), draws=draws)
    return found


@pytest.mark.parametrize(("updates", "sigma"), [(0, 0.05), (300, 0.005)])
def test_the_cosine_follows_the_law_and_ranks_hardly_change_it(updates: int, sigma: float) -> None:
    """Mean squares of 40 draws: within 6 % from 8 pairs on; for 1 pair the square's mean is 1/P exactly."""
    found = alignment_after(updates, sigma)
    assert found.parameters == 105
    plain, ranked = found.root_mean_square
    expected = np.sqrt(found.pairs / (found.pairs + 105))
    assert found.law == pytest.approx(expected)
    enough = found.pairs >= 8
    assert plain[enough] == pytest.approx(expected[enough], rel=0.06)
    assert ranked[enough] == pytest.approx(plain[enough], rel=0.06)
    assert plain[0] == pytest.approx(np.sqrt(1 / 105), rel=0.35)


@pytest.mark.parametrize(("updates", "sigma"), [(0, 1.0), (300, 0.05)])
def test_where_the_loss_is_not_straight_over_the_perturbations_the_cosine_is_smaller(updates: int, sigma: float) -> None:
    """Antithetic pairs cancel curvature; third derivatives they see, and near a minimum these are large beside the slope."""
    found = alignment_after(updates, sigma, draws=10)
    assert found.root_mean_square[0, -1] < 0.95 * found.law[-1]


def test_populations_are_bounded_by_what_their_perturbations_hold() -> None:
    assert populations(105)[-1] == 512 and populations(235_146) == [1, 2, 4, 8, 16] and populations(10**8) == [1]


def test_no_gradient_is_no_direction() -> None:
    assert estimator.cosine(np.zeros(3), np.ones(3)) == 0.0 and estimator.cosine(np.ones(3), np.full(3, np.inf)) == 0.0
    still = Alignment(np.array([1.0, 8.0]), 3, 0.0, np.zeros((2, 4, 2)))
    assert still.root_mean_square.tolist() == [[0.0, 0.0], [0.0, 0.0]]


# The race ------------------------------------------------------------------------------------------------------------


def race_of(**choices) -> race.Race:
    setting = setting_of(Subject.of(Trainer(SMALL).machine), chosen(ROW, CHECKED | choices))
    found = race.Race(setting, 2)
    for _ in found.going():
        pass
    return found


def test_both_have_the_same_grid_budget_seeds_and_data_and_backpropagation_counts_as_three() -> None:
    found = race_of(optimizer="sgd")
    back, evolved = found.found["backpropagation"], found.found["evolution"]
    assert tuple(back.tried) == tuple(evolved.tried) == race.RATES
    assert (back.evaluations[-1], evolved.evaluations[-1]) == (120, 120) and (back.points[-1], evolved.points[-1]) == (40, 15)
    assert found.tuned_on not in found.seeds and len(back.losses) == len(evolved.losses) == 2
    for contest in (back, evolved):
        assert contest.rate == min(contest.tried, key=lambda rate: contest.tried[rate])


def test_backpropagations_lane_is_a_lone_run_bit_for_bit() -> None:
    found = race_of(optimizer="sgd")
    contest = found.found["backpropagation"]
    for seed, losses in zip(found.seeds, contest.losses, strict=True):
        lone = Trainer(found.setting.at(contest.rate, seed))
        for step, loss in zip(contest.points, losses, strict=True):
            lone.seek(int(step))
            assert lone.loss("train") == loss


def test_a_run_that_diverges_is_infinite_from_there_on_and_never_chosen() -> None:
    line = {"data": {"name": "sine"}, "network": {"layers": [{"activation": "identity"}]}, "optimizer": {"name": "sgd"}}
    spec = RunSpec.model_validate(line | {"batch_size": 8})
    for ranked, method in ((False, "evolution"), (True, "backpropagation")):
        entry = race.Entry(race.Setting(spec, prepare(spec), 3, 0.05, ranked, 6000), method, 1e6, 0)
        for _ in entry.going():
            pass
        assert np.isfinite(entry.losses[0]) and np.isinf(entry.losses[-1])
        assert entry.machine.step < entry.points[-1], "it is not gone on with"


@pytest.mark.parametrize("ranked", [True, False])
def test_an_update_that_comes_to_no_finite_value_is_none(ranked: bool) -> None:
    line = {"data": {"name": "sine"}, "network": {"layers": [{"activation": "identity"}]}, "optimizer": {"name": "sgd"}}
    machine = machine_of(RunSpec.model_validate(line))
    machine.theta[...] = 1e200
    assert not Population(machine, 2, 0.1, ranked, seed=0).update() and machine.step == 0


def test_bands_are_nearest_measured_quartiles_and_a_gap_where_they_diverged() -> None:
    contest = race.Contest(np.array([0, 1]), 3, losses=[np.array([1.0, 5.0]), np.array([2.0, np.inf]), np.array([3.0, np.inf])])
    median, low, high = contest.band()
    assert (median[0], low[0], high[0]) == (2.0, 1.0, 3.0)
    assert np.isnan(median[1]) and low[1] == 5.0 and np.isnan(high[1])


# The experiment ------------------------------------------------------------------------------------------------------


def test_carried_out_on_the_present_run_it_leaves_it_alone_and_tells_all_that_it_draws() -> None:
    trainer = Trainer(SMALL)
    trainer.step(20)
    before, subject = trainer.machine.theta.copy(), Subject.of(trainer.machine)
    making, so_far = begun(ROW, subject, CHECKED), []
    while True:
        try:
            progress = next(making)
        except StopIteration as end:
            found = end.value
            break
        so_far += [] if progress.so_far is None else [progress.so_far]
    assert len(so_far) > 20 and [figure.name for figure in so_far[0].figures] == ["cosine"]
    assert np.array_equal(before, trainer.machine.theta) and np.array_equal(before, subject.snapshot.theta)
    assert [figure.name for figure in found.figures] == ["evaluations", "time", "cosine", "tuning"]
    assert "step 20 of the present run" in found.said and "$P = 17$" in found.said
    rows = [dict(zip(FIELDS, row, strict=True)) for row in found.table.rows]
    assert [row["evaluations"] for row in rows[:2]] == [120, 120]
    assert rows[-1]["law"] == pytest.approx(np.sqrt(512 / (512 + 17)))
    by_passes, cosine = found.figures[0], found.figures[2]
    assert by_passes.series[1].y[-1] == rows[1]["loss"] and by_passes.series[1].x[0] == 8.0
    assert cosine.series[0].y.tolist() == [row["cosine"] for row in rows[2:]]


def test_unless_it_is_to_be_about_the_run_it_is_about_the_example() -> None:
    found = carried_out(ROW, Subject.of(Trainer(SMALL).machine), pairs=2, budget=100, seeds=1, draws=1)
    assert "the example's start" in found.said and found.values["parameters"] == 105


def test_choices_that_do_not_fit_are_refused_by_name() -> None:
    wide = {"data": {"name": "digits"}, "network": {"layers": [{"units": 256}, {"units": 256}]}}
    subject = Subject.of(Trainer(RunSpec.model_validate(wide)).machine)
    for given, choices, field, allowed in (
        (subject, {"network": "present run", "pairs": 500}, "pairs", "1 to 94"),
        (None, {"network": "present run"}, "network", "example"),
        (None, {"pairs": 200, "budget": 100}, "budget", "400 or more"),
        (None, {"sigma": 0.0}, "sigma", "a number in [0.0001, 1]"),
        (None, {"fitness": "luck"}, "fitness", "ranks, losses"),
        (None, {"draws": 0}, "draws", "a whole number in [1, 200]"),
    ):
        with pytest.raises(ChoiceError) as refused:
            carried_out(ROW, given, **choices)
        assert (refused.value.field, refused.value.allowed) == (field, allowed)


def test_updates_and_bytes_are_told_before() -> None:
    choices = chosen(ROW, {"network": "example"})
    assert ROW.updates(None, choices) == (6666 + 200) * (9 + 5)
    assert ROW.size(None, choices) > 8 * 512 * 105
