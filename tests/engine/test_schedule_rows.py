"""Every schedule against its witness: the rate at many t, against PyTorch's scheduler too, and as it is felt in training."""

import itertools

import numpy as np
import problems
import pytest
from witnesses.schedules import WITNESSES, stated

from engine.rows.rates import preview, rates_at
from engine.rows.schedules import BAD, BEST, FACTOR, SCHEDULES
from engine.spec import ScheduleSpec

ROWS = [pytest.param(name, id=name) for name in SCHEDULES]
AHEAD = [pytest.param(name, id=name) for name, row in SCHEDULES.items() if not row.measured]
MEASURED = [pytest.param(name, id=name) for name, row in SCHEDULES.items() if row.measured]
T = np.unique([*range(200), *np.geomspace(200, 10**6, 150).astype(int)])


def witness(name):
    """A row's witness. A row without one fails by its name."""
    assert name in WITNESSES, f"the schedule {name} has no witness in witnesses/schedules.py"
    return WITNESSES[name]


def cases(name):
    """A schedule at its defaults and at the witness's values, each with and without warm-up."""
    defaults = {parameter.name: parameter.default for parameter in SCHEDULES[name].parameters}
    for own, warmup in itertools.product((defaults, witness(name).own), (0, 5)):
        yield {"name": name, "warmup": warmup} | own


def losses(count=120):
    """A loss that falls, rests, rises a little and falls again."""
    t = np.arange(count)
    noise = np.random.default_rng(8).normal(size=count)
    return (0.2 + np.exp(-t / 12) + 0.3 * np.exp(-np.maximum(0, t - 60) / 9)) * (1 + 0.004 * noise)


@pytest.mark.parametrize("name", ROWS)
def test_it_has_a_witness(name):
    stated_for, row = witness(name), SCHEDULES[name]
    defaults = {parameter.name: parameter.default for parameter in row.parameters}
    assert set(stated_for.own) == set(defaults)
    assert all(value != defaults[key] for key, value in stated_for.own.items()), f"{name}: values for tests, none a default"
    assert bool(stated_for.torch) != bool(stated_for.no_torch), f"{name}: PyTorch's scheduler, or why there is none"
    assert (stated_for.factor is not None) == row.measured


def test_no_witness_is_left_over():
    assert set(WITNESSES) == set(SCHEDULES)


@pytest.mark.parametrize("name", ROWS)
def test_value(name):
    for case in cases(name):
        found = preview(ScheduleSpec.model_validate(case), 0.3, T)
        assert found == pytest.approx([stated(0.3, int(t), case) for t in T], rel=1e-9, abs=1e-15), case
        epochs = preview(ScheduleSpec.model_validate(case | {"unit": "epoch"}), 0.3, T, steps_per_epoch=7)
        assert epochs == pytest.approx([stated(0.3, int(t) // 7, case) for t in T], rel=1e-9, abs=1e-15), case


@pytest.mark.parametrize("name", ROWS)
def test_value_against_torch(name):
    """PyTorch's scheduler of the same name gives the same rates, as long as it gives any."""
    chosen = witness(name)
    if chosen.torch is None:
        return
    torch = pytest.importorskip("torch")
    case = {"name": name} | chosen.own
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=0.3)
    scheduler = chosen.torch(torch.optim.lr_scheduler, optimizer, chosen.own)
    seen = losses() if SCHEDULES[name].measured else itertools.repeat(None, chosen.own.get("length", 60))
    memory, spec = np.array([1.0, np.inf, 0.0]), ScheduleSpec.model_validate(case)
    for t, loss in enumerate(seen):
        if loss is not None:
            SCHEDULES[name].observe(memory, spec.parameters, loss)
            scheduler.step(loss)
        found = rates_at(spec, 0.3, np.array([t]), memory[FACTOR])[0]
        assert found == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-10, abs=1e-15), t
        optimizer.step()
        if loss is None and t + 1 < chosen.own.get("length", 60):
            scheduler.step()


@pytest.mark.parametrize("name", MEASURED)
def test_what_it_does_with_losses(name):
    for case in cases(name):
        spec = ScheduleSpec.model_validate(case)
        memory, factors = np.array([1.0, np.inf, 0.0]), []
        for loss in losses():
            spec.row.observe(memory, spec.parameters, loss)
            factors.append(memory[FACTOR])
        expected = witness(name).factor(losses(), case)
        assert factors == pytest.approx(expected, rel=1e-14)
        assert memory[BAD] >= 0 and memory[BEST] >= losses().min()
        at = np.array([case["warmup"] + 1])
        rates = [rates_at(spec, 0.3, at, factor)[0] for factor in factors]
        assert rates == pytest.approx([witness(name).rate(0.3, 1, case, factor) for factor in expected], rel=1e-14)
    assert factors[-1] < 1.0, "the losses above make it fall"


@pytest.mark.parametrize("warmup", [0, 5])
@pytest.mark.parametrize("unit", ["step", "epoch"])
@pytest.mark.parametrize("name", AHEAD)
def test_the_rate_of_every_update_of_a_real_run(name, unit, warmup):
    """Traced, stepped op by op and trained in one call; the rate is seen in the parameters: gradient descent moves by η g."""
    case = {"name": name, "unit": unit, "warmup": warmup} | witness(name).own
    trainer = problems.golden_problem("regression").trainer(optimizer={"name": "sgd", "lr": 0.05}, schedule=case, batch_size=5)
    per_epoch = trainer.steps_per_epoch
    assert per_epoch == 5
    ahead = trainer.rates(np.arange(90))
    assert np.array_equal(ahead, preview(trainer.spec.schedule, 0.05, np.arange(90), per_epoch))
    for step in range(90):
        expected = stated(0.05, step // per_epoch if unit == "epoch" else step, case)
        assert ahead[step] == pytest.approx(expected, rel=1e-12)
        assert trainer.rate == ahead[step]
        if step % 10 == 0:
            (rate,) = (micro for micro in trainer.trace() if micro.op == "rate")
            assert rate.results["eta"] == ahead[step]
            assert np.array_equal(trainer.rates(np.arange(90)), ahead)
        trainer.step(1)
        for name_, change in trainer.last_update.items():
            assert change == pytest.approx(-expected * trainer.last_gradient[name_], rel=1e-9, abs=1e-15)
    at_once = problems.golden_problem("regression").trainer(optimizer={"name": "sgd", "lr": 0.05}, schedule=case, batch_size=5)
    at_once.step(61)
    while at_once.steps_done < 90:
        at_once.advance_op()
    assert problems.bits(at_once) == problems.bits(trainer)


def ends(parameter):
    """The least and the largest that a parameter may be, or nearly."""
    if parameter.kind == "bool":
        return False, True
    low = parameter.minimum + (1e-3 if parameter.exclusive_minimum else 0)
    high = parameter.maximum - (1e-3 if parameter.exclusive_maximum else 0)
    return low, high


@pytest.mark.parametrize("name", ROWS)
def test_the_extremes_of_every_parameter_are_finite(name):
    parameters = SCHEDULES[name].parameters
    for values in itertools.product(*(ends(parameter) for parameter in parameters)):
        own = dict(zip((parameter.name for parameter in parameters), values, strict=True))
        for warmup in (0, 1):
            spec = ScheduleSpec.model_validate({"name": name, "warmup": warmup} | own)
            found = preview(spec, 0.1, np.arange(0, 10**9, 10**8 - 1))
            assert np.all(np.isfinite(found)) and np.all(found >= 0) and np.all(found <= max(0.1, own.get("eta_min", 0.0))), own


@pytest.mark.parametrize("name", ROWS)
def test_its_course_is_a_length(name):
    for case in cases(name):
        spec = ScheduleSpec.model_validate(case)
        course = SCHEDULES[name].course(spec.parameters)
        assert course >= 0 and np.isfinite(course)
        if course:  # what it shows by then is more than nothing
            assert len(np.unique(preview(spec, 0.3, case["warmup"] + np.arange(int(course) + 1)))) > 1
