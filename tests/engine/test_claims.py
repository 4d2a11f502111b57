"""Every sentence that states a fact is measured: a walk over presets, notes and findings, and the sentences beside them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import test_findings as findings
import test_race_presets as race_presets
from claims import CLAIMS, claim

from engine import RunSpec, Trainer
from engine.diagnostics.findings import NAMES, TITLES
from engine.landscape.curvature import of_matrix
from engine.landscape.degeneracy import along_newton_step
from engine.landscape.planes import principal
from engine.landscape.stability import bound
from engine.optimizers import OPTIMIZERS
from engine.optimizers.standalone import StandaloneOptimizer
from engine.race.on_network import NetworkRace
from engine.race.on_surface import Race
from engine.race.presets import PRESETS
from engine.race.seeds import SeedRace
from engine.rows.initializers import INITIALIZERS
from engine.spec import OptimizerSpec
from engine.surfaces.function import SurfaceFunction, SurfaceSpec
from engine.surfaces.rows import SURFACES
from server.http.documents import with_mathml


def test_every_preset_and_note_has_a_test_that_measures_it() -> None:
    assert race_presets  # whose tests are claims, too
    wanted = {f"preset {name}" for name in PRESETS} | {f"note of {name}" for name, row in SURFACES.items() if row.note}
    missing = wanted - set(CLAIMS)
    assert not missing, f"claimed and not measured: {', '.join(sorted(missing))}"


def test_every_finding_has_a_sick_run_and_a_title() -> None:
    missing = set(NAMES) - set(findings.SICK)
    assert not missing, f"findings without a run that has them: {', '.join(sorted(missing))}"
    assert set(TITLES) == set(NAMES)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens_from_the_served_catalog(name: str) -> None:
    """As the page gets it, formulas with their MathML beside them, and back through JSON."""
    from engine import catalog

    (row,) = (row for row in json.loads(json.dumps(with_mathml(catalog()["races"]))) if row["name"] == name)
    script = row["script"]
    assert script == json.loads(json.dumps(PRESETS[name].script))
    if row["kind"] == "seeds":
        assert SeedRace(script["run"], script["lanes"], 2, 10)
    else:
        race = {"surface": Race, "network": NetworkRace}[row["kind"]](script)
        race.advance(2)
        assert race.step == 2


# Surfaces -----------------------------------------------------------------------------------------------------------------


def surface(name: str, **own: object) -> SurfaceFunction:
    return SurfaceFunction(SurfaceSpec.model_validate({"name": name} | own))


def kind_at(on: SurfaceFunction, place: tuple[float, float]) -> str:
    found, here = on.at([place]), np.array(place)
    point = of_matrix(found.gradient[0], found.hessian[0])
    return along_newton_step(point, found.gradient[0], lambda offset: on.at([here + offset]).hessian[0]).kind


@claim("note of monkey_saddle")
def test_the_monkey_saddles_lanes() -> None:
    """No minimum; on the x axis plain descent converges to the origin, where f, ∇f and H are 0; off the axis it leaves."""
    on = surface("monkey_saddle")
    origin = on.at([[0.0, 0.0]])
    assert not origin.value.any() and not origin.gradient.any() and not origin.hessian.any()
    lanes = [{"optimizer": {"name": "sgd", "lr": 0.05}}]
    race = Race({"surface": {"name": "monkey_saddle"}, "lanes": lanes, "max_steps": 20_000})
    race.advance(20_000)
    x, y = race.trail(1)[-1]
    assert race.spec.start is None and 0 < x < 1e-3 and y == 0.0
    off = Race({"surface": {"name": "monkey_saddle"}, "start": [1.5, 1e-6], "lanes": lanes, "max_steps": 20_000})
    off.advance(20_000)
    assert off.diverged(1) is not None


@pytest.mark.parametrize(
    ("formula", "place", "kind"),
    [
        ("x**3 - 3*x*y**2", (3e-4, 0.0), "degenerate"),
        ("x**3 + y**3", (1e-4, 2e-4), "degenerate"),
        ("x**3 + y**2", (1e-4, 1e-4), "degenerate"),
        ("x**4 + y**4", (1e-3, 1e-3), "degenerate"),
        ("x**3 + y**3", (0.0, 0.0), "degenerate"),
        ("-x**4 - y**2", (5e-4, 1e-4), "degenerate"),
        ("x**2 + y**2 + x**3", (2e-4, 1e-4), "minimum"),
        ("x**2 - y**2 + x**3", (2e-4, 1e-4), "saddle"),
        ("-cos(x) - 2*cos(y)", (5e-4, 5e-4), "minimum"),
        ("cos(x) + cos(y)", (5e-4, 5e-4), "maximum"),
        ("100*(y - x**2)**2 + (1 - x)**2", (1.0, 1.0), "minimum"),
        ("x**3 + y**3", (0.5, 0.5), "not critical"),
    ],
)
def test_a_point_is_degenerate_where_its_curvature_vanishes_along_the_newton_step(formula, place, kind) -> None:
    assert kind_at(surface("formula", formula=formula), place) == kind


@claim("note of saddle")
def test_the_saddles_note() -> None:
    on = surface("saddle")
    assert kind_at(on, (0.0, 0.0)) == "saddle" and on.at([on.start]).gradient[0][1] == 0.0


@claim("note of ravine")
def test_the_ravines_note() -> None:
    """The formula ½(x² + κy²) is for φ = 0: turned by 90° the axes change places."""
    plain, turned = surface("ravine", kappa=100.0, angle=0.0), surface("ravine", kappa=100.0, angle=90.0)
    assert plain.at([[0.3, 0.2]]).value[0] == pytest.approx(0.5 * (0.09 + 100 * 0.04), rel=1e-12)
    assert turned.at([[0.2, 0.3]]).value[0] == pytest.approx(0.5 * (0.09 + 100 * 0.04), rel=1e-12)


@claim("note of gaussian_hills")
def test_the_hills_note() -> None:
    """The numbers of the note make the surface."""
    on, note = surface("gaussian_hills"), SURFACES["gaussian_hills"].note
    hills = [tuple(float(value) for value in part.strip("() ").split(", ")) for part in note.split(": ")[1].split("; ")]
    for x, y in ((0.0, 0.0), (1.0, -2.0)):
        own = sum(a * np.exp(-((x - p) ** 2 + (y - q) ** 2) / (2 * s * s)) for a, p, q, s in hills)
        assert on.at([[x, y]]).value[0] == pytest.approx(0.05 * (x * x + y * y) + own, rel=1e-12)


ONE_MARKED = {name for name, row in SURFACES.items() if "Only the global minimum is marked" in row.note}


@claim(*(f"note of {name}" for name in ONE_MARKED))
def test_only_the_global_minimum_is_marked() -> None:
    """And there are others: a fine grid has inner cells lower than all around them, and none below the marked one."""
    assert ONE_MARKED
    for name in ONE_MARKED:
        on = surface(name)
        (marked,) = on.minima
        f = on.grid(400, 400)[2]
        inner = f[1:-1, 1:-1]
        around = [f[1 + i : 399 + i, 1 + j : 399 + j] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
        assert (inner < np.min(around, axis=0)).sum() > 1 and marked.value <= f.min() + 1e-12
        if "tip of a cone" in SURFACES[name].note:
            here = on.at([[marked.x, marked.y], [marked.x + 1e-9, marked.y]])
            assert not here.gradient[0].any() and abs(here.gradient[1][0]) > 1.0


# Initializers and optimizers ------------------------------------------------------------------------------------------------


@claim("xavier")
def test_xavier_keeps_signals_for_tanh_and_under_the_sigmoid_delta_falls_four_fold() -> None:
    assert "4-fold" in INITIALIZERS["xavier_uniform"].summary
    ratios = {}
    for activation in ("tanh", "sigmoid"):
        found = []
        for seed in range(3):
            layers = [{"units": 64, "activation": activation}] * 8
            delta = Trainer(RunSpec.model_validate({"network": {"layers": layers}, "seed": seed})).flow().delta[:-1]
            found.append((delta[-1] / delta[0]) ** (1 / (len(delta) - 1)))
        ratios[activation] = np.mean(found)
    assert 0.8 < ratios["tanh"] < 1.25 and 3.5 < ratios["sigmoid"] < 4.7, ratios


@claim("amsgrad")
def test_amsgrads_rates_never_grow_without_bias_correction_and_do_with_it() -> None:
    assert "without bias correction" in OPTIMIZERS["amsgrad"].summary
    for corrected in (False, True):
        own = OptimizerSpec(name="amsgrad", lr=0.1, beta1=0.0, beta2=0.9, bias_correction=corrected)
        lane, steps, random = StandaloneOptimizer(own, [0.0]), [], np.random.default_rng(0)
        for _ in range(200):
            g, before = random.normal(), lane.point[0]
            lane.step([g])
            steps.append((before - lane.point[0]) / g)
        assert (np.diff(steps) > 1e-12).any() == corrected


CORRECTING = ("nadam", "radam")
"""Whose mean of squares is always corrected, and cannot be held still: `test_stability.py` freezes their rules instead."""


@claim("speed limits")
@pytest.mark.parametrize(
    "name",
    [name for name, row in OPTIMIZERS.items() if not isinstance(row.form("pytorch").stability, str) and name not in CORRECTING],
)
@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_a_bound_is_where_a_lane_on_a_quadratic_turns(name: str, dialect: str) -> None:
    """Below its bound it converges, above it grows: AdamW's with its decay, in both dialects. What it divides by is held still
    by running squares of 1e12 that forget nothing."""
    H, row = np.diag([1.0, 25.0]), OPTIMIZERS[name]
    parameters = {each.name for each in row.parameters_in(dialect)}
    whole = 1.0 - 1e-15
    still = {"beta2": whole, "gamma": whole, "rho": whole, "bias_correction": False, "weight_decay": 0.3}
    own = {"name": name, "dialect": dialect} | {key: value for key, value in still.items() if key in parameters}
    squares = [
        key
        for key in ("s", "G", "E", "X", "u", "vₘₐₓ", *(["v"] if "beta2" in parameters else []))
        if key in row.form(dialect).state
    ]
    state = {key: np.full(2, 1e6 if key == "u" else 1e12) for key in squares}  # u is no square
    limit = bound(OptimizerSpec.model_validate(own), lambda v: H @ v, 2, state, 1)
    assert limit is not None and np.isfinite(limit.rate)
    for share, grows in ((0.97, False), (1.03, True)):
        lane, size = StandaloneOptimizer(OptimizerSpec.model_validate(own | {"lr": share * limit.rate}), [1.0, 1.0]), 1.0
        for key in squares:
            lane.tensors[key][...] = state[key]
        for _ in range(1500):
            lane.step(H @ lane.ahead())
            size = np.abs(lane.point).max()
            if size > 1e3:
                break
        assert (size > 1e3) == grows and (grows or size < 1e-2), (share, size)


# Studies ------------------------------------------------------------------------------------------------------------------


@claim("rate finder")
def test_divergence_shows_at_five_to_eight_times_the_bound() -> None:
    """Linear regressions of several condition numbers, plain descent over the full batch: 2/λ_max is known."""
    times = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        x = random.normal(size=(40, 3)) * np.array([3.0, 1.0 + 0.3 * seed, 0.5])
        y = x @ np.array([1.0, -2.0, 0.5]) + 0.1
        spec = {
            "data": {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": y.tolist()},
            "network": {"layers": []},
            "optimizer": {"name": "sgd", "lr": 0.01},
            "batch_size": "full",
        }
        found = Trainer(RunSpec.model_validate(spec)).find_rate()
        ones = np.column_stack([x, np.ones(len(x))])
        limit = 2.0 / np.linalg.eigvalsh(ones.T @ ones / len(x))[-1]
        assert len(found.rates) <= 200 and found.diverged is not None
        times.append(found.diverged / limit)
    assert min(times) >= 5.0 and max(times) <= 8.0, times


@claim("principal plane")
def test_a_random_walk_puts_three_quarters_into_its_principal_plane() -> None:
    """6/π²(1 + 1/4) = .76 of the variance in the limit (Antognini and Sohl-Dickstein 2018)."""
    walk = np.cumsum(np.random.default_rng(0).normal(size=(300, 2000)), axis=0)
    assert sum(principal(walk).explained) == pytest.approx(7.5 / np.pi**2, abs=0.03)
