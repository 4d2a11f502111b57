"""Every row of the optimizers, found by walking: complete, its kernel held against a witness, Step and PyTorch against the run.

A row that lacks something fails here by its name; a wrong formula in the kernel, the witness, Step's equations or the PyTorch
form fails in the test whose name says which.
"""

import dataclasses

import numpy as np
import problems
import pytest
import test_export
import witness_equations
from network_problems import network_problem
from optimizer_settings import EVERY, PLAIN, own_parameters, with_options_slow
from reference_network import Layer, Network
from reference_quantities import Past
from witness_cases import Case
from witnessed import near
from witnesses.optimizers import OPTIMIZERS as WITNESSES

import engine.optimizers
from engine.export import files as export
from engine.kernels import codes
from engine.microscope import dissect, next_update
from engine.microscope.expressions.expression import Number
from engine.microscope.update_equations import equations_for
from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.optimizers.equations import UpdateEquations
from engine.optimizers.row import BETA_1, BETA_2, CORRECTED, SAVED, same
from engine.optimizers.standalone import StandaloneOptimizer
from engine.race import Race
from engine.rows.row import Parameter
from engine.spec import OptimizerSpec

START = [-1.5, 2.0]
CORRECTIONS = slice(codes.CORRECTION_1, codes.CORRECTION_2 + 1)


def slope_of_rosenbrock(theta):
    """∇ of (1 − x)² + 100 (y − x²)²."""
    x, y = theta
    return np.array([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])


def identity(setting):
    return "-".join(f"{key}={value}" for key, value in setting.items()) if isinstance(setting, dict) else setting


walk_every = pytest.mark.parametrize(("name", "dialect", "options"), EVERY, ids=identity)


# What a row has ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_row_is_complete(name):
    row = OPTIMIZERS[name]
    assert name in WITNESSES, f"{name}: no witness in tests/engine/witnesses/optimizers*.py"
    for dialect in DIALECTS:
        *special, plain = row.forms[dialect]
        assert not plain.options and all(form.options for form in special), f"{name}: its last form is the one without options"
        for form in (*row.forms[dialect], *(form.rest for form in row.forms[dialect] if form.rest)):
            assert form.equations, f"{name}, {dialect}: neither Step's equations nor the reason why there are none"
            assert form.torch, f"{name}, {dialect}: neither a PyTorch form nor the reason why there is none"
            assert set(form.options) <= {parameter.name for parameter in row.parameters}
        assert row.formulas[dialect], f"{name}, {dialect}: no formula"
    assert row.difference, f'{name}: `difference` says how PyTorch\'s dialect differs, or "none"'
    known = {parameter.name for parameter in row.parameters}
    assert set(row.decays) <= known and len(row.decays) <= 2 and row.correction in {None, *known}, f"{name}: decays"


def test_no_witness_is_of_a_row_that_is_not():
    assert set(WITNESSES) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_witness_names_the_row_s_own_parameters(name):
    """Lively values for each, none a default, and all that only PyTorch has."""
    row, witness = OPTIMIZERS[name], WITNESSES[name]
    assert set(witness.own) <= {parameter.name for parameter in row.parameters_in("textbook")}
    assert all(value != row.defaults("textbook")[key] for key, value in witness.own.items() if key != "lr")
    assert set(witness.torch_only) == {key for key, dialect in row.parameters_of.items() if dialect == "pytorch"}
    switches = {parameter.name for parameter in row.parameters if parameter.kind == "bool"}
    tried = {key for own in witness.options for key in own}
    assert switches <= tried, f"{name}: `options` of its witness try what can be switched"


# The kernel against its witness -----------------------------------------------------------------------------------------


@walk_every
def test_the_kernel_is_the_witness_on_rosenbrock(name, dialect, options):
    witness = WITNESSES[name]
    fields = {"name": name, "dialect": dialect} | witness.own | witness.on_rosenbrock | options
    own = own_parameters(**fields) | {"lr": fields["lr"]}
    lane, theta, state = StandaloneOptimizer(OptimizerSpec.model_validate(fields), START), [np.array(START)], {}
    for _ in range(200):
        theta = witness.rule(theta, state, lambda at: [slope_of_rosenbrock(at[0])], torch=dialect == "pytorch", **own)
        lane.step(slope_of_rosenbrock(lane.ahead()))
    assert np.max(np.abs(lane.point - theta[0]) / (1.0 + np.abs(theta[0]))) <= 1e-11
    assert np.max(np.abs(lane.point - START)) > 1e-3, "the run went nowhere"


@walk_every
def test_the_kernel_is_the_witness_in_a_network(name, dialect, options):
    """60 updates of mini-batches, the last of an epoch a smaller one."""
    made, own = problems.golden_problem("binary"), WITNESSES[name].own | options
    trainer = made.trainer(optimizer={"name": name, "dialect": dialect} | own, batch_size=10)
    hyper = own_parameters(name=name, dialect=dialect, **own) | {"lr": own["lr"]}
    run = made.reference_run(name, hyper, 10, dialect=dialect)
    for update in range(1, 61):
        assert trainer.step(1) == pytest.approx(run.step(), rel=1e-9, abs=1e-12), f"loss of update {update}"
    assert problems.trajectory_distance(trainer.parameters, run.parameters) <= 1e-11
    assert problems.trajectory_distance(run.parameters, made.parameters) > 1e-3, "the run went nowhere"


# Step's equations against the run ---------------------------------------------------------------------------------------


def without_equations(name, dialect, options):
    if isinstance(OPTIMIZERS[name].form(dialect, options).equations, str):
        pytest.skip("its row says why it has no equations")


@walk_every
def test_steps_last_quantity_is_the_update(name, dialect, options):
    """θ after it and all that the rule keeps, bit for bit, for a weight and for a bias, at the first update and later ones."""
    without_equations(name, dialect, options)
    optimizer = {"name": name, "dialect": dialect, "lr": 0.02} | options
    trainer = problems.golden_problem("classes").trainer(
        optimizer=optimizer, batch_size=5, regularization={"l1": 0.0, "l2": 0.1}
    )
    for _ in range(4):
        for tensor, index in (("W1", (2, 0)), ("W2", (1, 2)), ("b1", (0,))):
            found = dissect(trainer, tensor, index, last=3)
            assert found.parts[-1].becomes == "theta"
            before = float(trainer.named_parameters[tensor][index])
            assert next(part for part in found.inputs if part.name == "theta").value == before
            kept = trainer.machine.copy_buffers()
            trainer.machine.updates(1)
            assert found.parts[-1].value == trainer.named_parameters[tensor][index]
            equations = equations_for(trainer.effective_spec.optimizer, matrix=tensor.startswith("W"))
            state = {equations.in_formulas(key): named for key, named in trainer.optimizer_state.items() if key != SAVED}
            said = {part.becomes: part.value for part in found.parts if part.becomes not in (None, "theta")}
            for key, value in said.items():
                assert value == state[key][tensor][index], key
            for key in state.keys() - said.keys():
                assert not np.any(state[key][tensor]), f"{key} changes, and no quantity says so"
            trainer.machine.restore_buffers(kept)
        trainer.step(3)


def names_of(expression):
    return {expression.name} if isinstance(expression, Number) else set().union(*map(names_of, expression.parts))


@walk_every
def test_the_update_is_written_out_with_the_step_s_own_formula(name, dialect, options):
    """θ − η m̂ / (√v̂ + ε) and not θ − Δ; what it comes to is the run's number but for rounding."""
    without_equations(name, dialect, options)
    trainer = problems.golden_problem("classes").trainer(
        optimizer={"name": name, "dialect": dialect, "lr": 0.02} | options, batch_size=5
    )
    trainer.step(3)
    for step in next_update(trainer).steps:
        for tensor in step.results:
            if step.kind != "update" or tensor.name not in ("W1", "b2"):
                continue
            equation = step.equation(1, 0, name=tensor.name)
            assert equation.computed == pytest.approx(equation.result.value, rel=1e-13, abs=1e-15)
            names = names_of(equation.expression)
            assert names & {"theta", "shrunk"} and "step" not in names and len(names - {""}) > 1, names


@walk_every
def test_each_of_steps_quantities_is_the_witness(name, dialect, options):
    """Of a weight and a bias, every quantity and every input of 20 updates back, from all gradients since the start."""
    without_equations(name, dialect, options)
    network = Network(2, (Layer(3, "tanh"),), 2, "sigmoid")
    made = network_problem(network, task="regression", samples=7, seed=3)
    schedule = {"name": "cosine", "length": 80, "eta_min": 0.001, "rises": False, "warmup": 5}
    case = Case(name, dialect, options, made, schedule, {"l2": 0.01}, False)
    trainer = case.trainer()
    hyper = own_parameters(**trainer.spec.optimizer.model_dump())
    thetas, gradients, rates = [], [], []
    for _ in range(26):
        thetas.append({key: np.array(value) for key, value in trainer.named_parameters.items()})
        rates.append(WITNESSES[name].rate(float(trainer.rate), len(rates) + 1, hyper))
        trainer.step(1)
        gradients.append({key: np.array(value) for key, value in trainer.last_gradient.items()})
    trainer.seek(25)
    for tensor, index in (("W1", (2, 1)), ("b2", (1,))):
        found = dissect(trainer, tensor, index, last=20)
        assert found.updates == tuple(range(6, 27))
        assert (found.rule, found.dialect, found.name, found.index, found.step) == (name, dialect, tensor, index, 25)
        whole = trainer.spec.optimizer.form.rest is not None and tensor == "W1"
        at = ... if whole else index
        expected = []
        for update in found.updates:
            own = [np.asarray(each[tensor][at]) for each in gradients[:update]]
            past = Past(name, dialect, hyper, case.lr, np.asarray(thetas[update - 1][tensor][at]), own, rates[:update])
            expected.append(witness_equations.rule_inputs(past))
        for part in (*found.inputs, *found.parts):
            each = [np.asarray(one[part.name], dtype=float) for one in expected]
            wanted = np.array([float(one[index] if one.ndim else one) for one in each])
            history = np.array(part.history)
            assert np.all(near(history, wanted, np.max(np.abs(wanted)))), (part.name, tensor)
            assert history[-1] == part.value


# The PyTorch form against the run ---------------------------------------------------------------------------------------


def goes_on(spec, steps):
    trainer = test_export.trained(spec, steps)
    if isinstance(trainer.spec.optimizer.form.torch, str):
        pytest.skip("its row says why it has no PyTorch form")
    assert test_export.agrees(trainer)


@pytest.mark.parametrize(("name", "dialect", "options"), PLAIN, ids=identity)
def test_it_goes_on_in_torch(name, dialect, options):
    goes_on({"optimizer": {"name": name, "dialect": dialect, "lr": 0.02}}, 137)


@pytest.mark.sampled(2, seconds=2)
@pytest.mark.parametrize(("name", "dialect", "options"), with_options_slow(2), ids=identity)
def test_it_goes_on_in_torch_with_lively_values_and_clipping(name, dialect, options):
    own = WITNESSES[name].own | {"lr": 0.02} | options
    goes_on({"optimizer": {"name": name, "dialect": dialect} | own, "clip": {"norm": 0.5, "value": 0.1}}, 40)


IN_PYTORCH = [
    setting if setting[1] == "pytorch" else pytest.param(*setting, marks=pytest.mark.slow(seconds=2)) for setting in PLAIN
]


@pytest.mark.sampled(3, seconds=2)
@pytest.mark.parametrize(("name", "dialect", "options"), IN_PYTORCH, ids=identity)
def test_it_begins_in_torch_with_penalties(name, dialect, options):
    spec = {"optimizer": {"name": name, "dialect": dialect, "lr": 0.05}, "clip": {"norm": 0.2}}
    goes_on(spec | {"regularization": {"l1": 0.001, "l2": 0.01}}, 0)


# Bias corrections -------------------------------------------------------------------------------------------------------


def corrected_row(kernel, decays, switch):
    """A row of a rule that there is, with decays that it has not, wherever its code stands."""
    row = OPTIMIZERS[kernel]
    known = {parameter.name for parameter in row.parameters}
    own = tuple(p for p in (BETA_1, BETA_2) if p.name in decays and p.name not in known)
    parts = (dataclasses.replace(BETA_1, name="low"), dataclasses.replace(BETA_1, name="high"))
    pair = Parameter("pair", "two numbers before them", "", (0.1, 0.5), kind="pair", parts=parts)
    more = (pair, *own, *((CORRECTED,) if switch else ()))
    return dataclasses.replace(
        row,
        name="corrected",
        parameters=(*row.parameters, *more),
        decays=decays,
        correction=CORRECTED.name if switch else None,
    )


@pytest.mark.parametrize("wanted", [True, False, None], ids=["on", "off", "always"])
@pytest.mark.parametrize("decays", [("beta1", "beta2"), ("beta2", "beta1"), ("beta1",)], ids="-".join)
@pytest.mark.parametrize("kernel", ["sgd", "momentum", "adagrad", "lion", "muon"])
def test_a_rule_is_corrected_by_its_row_whatever_its_code(kernel, decays, wanted, monkeypatch):
    """c₁ and c₂ of updates 1 … 20, by one call and one by one: in a network, alone and on a surface."""
    monkeypatch.setitem(engine.optimizers.OPTIMIZERS, "corrected", corrected_row(kernel, decays, wanted is not None))
    shares = {"beta1": 0.7, "beta2": 0.95}
    optimizer = {"name": "corrected", "lr": 1e-3} | {name: shares[name] for name in decays}
    optimizer |= {} if wanted is None else {"bias_correction": wanted}

    def expected(t):
        return [1.0 if wanted is False else 1.0 - shares[name] ** t for name in decays]

    trainer = problems.golden_problem("binary").trainer(optimizer=optimizer, batch_size=10)
    lane = StandaloneOptimizer(OptimizerSpec.model_validate(optimizer), START)
    race = Race({"surface": "rosenbrock", "lanes": [{"optimizer": optimizer}], "max_steps": 30})
    alone = race.alone(1, 0)
    for t in range(1, 21):
        step = next(step for step in trainer.trace() if step.op == "rate")
        lane.step(slope_of_rosenbrock(lane.ahead()))
        on_surface = alone.one_update().float_state
        count = len(decays)
        for found in (step.results["corrections"], lane._float_state[CORRECTIONS], on_surface[CORRECTIONS]):
            assert found[:count] == pytest.approx(expected(t), rel=1e-14), f"update {t}"
        trainer.step(1)
    assert trainer.machine.clock[codes.POWER_1] == pytest.approx(shares[decays[0]] ** 20, rel=1e-14)


# A reason in place of a form --------------------------------------------------------------------------------------------


def test_a_row_may_say_why_it_has_no_equations_and_no_torch_form(monkeypatch):
    """Step shows its update whole; taking it apart and the PyTorch script are refused with the reason."""
    row = OPTIMIZERS["momentum"]
    form = dataclasses.replace(row.form("textbook"), equations="it is a secret", torch="torch has no secrets")
    monkeypatch.setitem(engine.optimizers.OPTIMIZERS, "secret", dataclasses.replace(row, name="secret", forms=same(form)))
    trainer = problems.golden_problem("binary").trainer(optimizer={"name": "secret"}, batch_size=10)
    trainer.step(3)
    shown = next_update(trainer).find("update", layer=1)
    assert "it is a secret" in shown.why and shown.results[0].name == "W1"
    with pytest.raises(ValueError, match="'secret' has no equations to show: it is a secret"):
        dissect(trainer, "W1", (0, 0))
    with pytest.raises(export.ExportError, match="torch has no secrets"):
        export.torch(trainer)


def test_equations_are_of_what_the_rule_keeps():
    """Each quantity that becomes something becomes θ or a tensor of the form's state."""
    for name, row in OPTIMIZERS.items():
        for form in (form for forms in row.forms.values() for form in forms):
            if isinstance(form.equations, UpdateEquations):
                kept = {form.equations.in_formulas(tensor) for tensor in form.state} | {"theta"}
                assert {quantity.becomes for quantity in form.equations.quantities} - {None} <= kept, name
