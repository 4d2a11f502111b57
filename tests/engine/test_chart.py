"""Charts of a race on the network: where heads are, what their planes do not show; what a lane has under its feet."""

import numpy as np
import pytest

from engine.parts import at_once
from engine.race.chart import Chart, PlaneChoice, seeming_climbs, weight_name
from engine.race.local import local_in_parts
from engine.race.on_network import NetworkRace

RUN = {
    "data": {"name": "moons", "samples": 60, "test_fraction": 0.5},
    "network": {"layers": [{"units": 4}]},
    "regularization": {"l2": 0.001},
    "batch_size": 5,
}
LANES = [("sgd", 0.3), ("momentum", 0.1), ("adam", 0.05), ("rmsprop", 0.05)]


@pytest.fixture(scope="module")
def race():
    made = NetworkRace({"run": RUN, "lanes": [{"optimizer": {"name": name, "lr": lr}} for name, lr in LANES]})
    made.advance(300)
    return made


def test_a_chart_has_true_and_slice_losses_and_says_what_it_hides(race):
    chart = Chart.of(race, PlaneChoice("pca"))
    assert not chart.measure(race, 0.0)  # the heads alone
    points = np.concatenate([race.trajectory(lane.id)[1] for lane in race.lanes])
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    assert chart.explained(race) == pytest.approx(values[:2].sum() / values.sum(), rel=1e-10)
    for lane in race.lanes:
        way = chart.trajectory(race, lane.id)
        assert way.columns["true_loss"][-1] == pytest.approx(lane.trainer.objective("train"), rel=1e-14)
        assert np.isnan(way.columns["true_loss"][40])
    assert chart.measure(race, 60.0)
    for lane in race.lanes:
        whole, found = race.path(lane.id, chart.plane, chart.landscape), chart.trajectory(race, lane.id).columns
        assert np.array_equal(np.column_stack([found["a"], found["b"]]), whole.coordinates)
        for name in ("off", "residual", "true_loss", "slice_loss"):
            assert np.allclose(found[name], getattr(whole, name), rtol=1e-12, atol=1e-14)
    before = dict(chart.known)
    race.seek(200)
    assert (
        chart.trajectory(race, 1).steps[-1] == 200
        and chart.trajectory(race, 1).columns["true_loss"][0] == before[1, 0].true_loss
    )
    race.seek(300)
    chart.forget(1)
    assert np.isnan(chart.trajectory(race, 1).columns["true_loss"]).all() and (2, 0) in chart.known


def test_a_seeming_climb_is_one_of_the_slice_alone(race):
    found = []
    for seed in range(6):
        chart = Chart.of(race, PlaneChoice("random", 3, seed=seed))
        chart.measure(race, 60.0)
        for climb in seeming_climbs(race, chart):
            way = race.path(climb.lane, chart.plane, chart.landscape)
            first, last = (list(race.trajectory(climb.lane)[0]).index(step) for step in (climb.first, climb.last))
            assert way.slice_loss[first] < way.slice_loss[last] and way.true_loss[first] >= way.true_loss[last]
            assert climb.off == pytest.approx(way.off[last]) and climb.off > 0.0
            found.append(climb)
    assert found
    flat = Chart.of(race, PlaneChoice("weights", 1, (0, 9)))
    flat.measure(race, 60.0)
    assert all(climb.lane != 1 or climb.last == 300 for climb in seeming_climbs(race, flat))


def test_two_weights_with_their_gradient_and_the_minima_of_the_slice(race):
    assert [weight_name(race, place) for place in (0, 3, 8)] == ["W1[1,1]", "W1[2,2]", "b1[1]"]
    chart = Chart.of(race, PlaneChoice("weights", 2, (3, 9)))
    head = race.lane(2).trainer.machine.theta
    assert chart.plane.names == ("W1[2,2]", "b1[2]") and chart.offset == (head[3], head[9])
    h = 1e-5
    ends = chart.landscape.slice_at(chart.plane, [[h, 0], [-h, 0], [0, h], [0, -h]])
    assert chart.slope(race, 2) == pytest.approx([(ends[0] - ends[1]) / (2 * h), (ends[2] - ends[3]) / (2 * h)], abs=1e-7)
    assert chart.lowest(race, 2) is None
    chart.picture = chart.landscape.picture(chart.plane, chart.across, chart.up, 25)
    (a, b, least), (c, d, local) = chart.lowest(race, 2)
    values = chart.picture.values
    row, column = int(np.abs(chart.picture.b - d).argmin()), int(np.abs(chart.picture.a - c).argmin())
    assert least == values.min() and local == values[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].min()
    start = values[int(np.abs(chart.picture.b).argmin()), int(np.abs(chart.picture.a).argmin())]  # the head is the origin
    assert local <= start
    assert chart.landscape.slice_at(chart.plane, [[a, b], [c, d]]).tolist() == [least, local]
    wide = Chart.of(race, PlaneChoice("weights", 2, (3, 9), zoom=3.0))
    assert wide.across[1] - wide.across[0] == pytest.approx(3 * (chart.across[1] - chart.across[0]))


def test_three_corners_and_what_is_refused(race):
    chart = Chart.of(race, PlaneChoice("points", corners=(0, 2, 3)))
    for number, corner in ((2, (1, 0)), (3, (0, 1))):
        way = chart.trajectory(race, number).columns
        assert (way["a"][-1], way["b"][-1]) == pytest.approx(corner, abs=1e-12) and way["off"][-1] < 1e-12
    for choice, words in (
        (PlaneChoice("points", corners=(0, 0, 1)), "parallel or zero"),
        (PlaneChoice("points", corners=(0, 1, 9)), "no lane 9"),
        (PlaneChoice("weights", weights=(2, 2)), "two different places from 0 to 16"),
        (PlaneChoice("random", 7), "no lane 7"),
    ):
        with pytest.raises(ValueError, match=words):
            Chart.of(race, choice)
    with pytest.raises(ValueError, match="at least one"):
        Chart.of(NetworkRace({"run": RUN}), PlaneChoice())
    still = NetworkRace({"run": RUN, "lanes": [{}]})
    with pytest.raises(ValueError, match="3 finite ones"):
        Chart.of(still, PlaneChoice("pca"))


def test_under_a_lanes_feet(race):
    """λ_max by second differences of the loss along its eigenvector; each lane its own bound beside its rate."""
    for number in (1, 2, 3):
        found = at_once(local_in_parts(race, number))
        lane = race.lane(number)
        theta, landscape = lane.trainer.machine.theta, race.landscape()
        assert found.curvature.gradient_norm == pytest.approx(
            np.linalg.norm(lane.trainer.evaluator.gradient("train")), rel=1e-12
        )
        values, vectors = np.linalg.eigh(found.curvature.matrix)
        h = 1e-3
        f = landscape.at([theta - h * vectors[:, -1], theta, theta + h * vectors[:, -1]])
        assert found.curvature.largest == pytest.approx((f[0] - 2 * f[1] + f[2]) / h**2, rel=1e-4)
        assert found.negative == np.sum(values < -1e-6 * np.abs(values).max())
        assert found.rate == dict(enumerate((lr for _, lr in LANES), 1))[number] and found.step == 300
        if number == 1:
            assert found.bound.rate == pytest.approx(2 / found.curvature.largest) and found.momentum == 0.0
            away = [abs(1 - found.rate * value) for value in values if value > 1e-3 * values[-1]]
            assert found.growth == pytest.approx(max(away))
        elif number == 2:
            assert found.bound.rate == pytest.approx(3.8 / found.curvature.largest) and found.momentum == 0.9
            assert found.phase.rule == "momentum" and found.phase.rates[-1] > found.bound.rate
        else:
            assert found.bound.frozen and found.phase is None and found.growth is None


def test_a_replaced_lane_begins_anew_and_keeps_its_id():
    made = NetworkRace({"run": RUN, "lanes": [{}, {}]})
    made.advance(20)
    made.replace(2, {"seed": 9})
    made.seek(20)
    assert [lane.id for lane in made.lanes] == [1, 2] and made.badges(2) == ("own start", "own batches")
    lone = NetworkRace({"run": RUN | {"seed": 9}, "lanes": [{}]})
    lone.advance(20)
    assert np.array_equal(made.lane(2).trainer.machine.theta, lone.lane(1).trainer.machine.theta)


def test_a_plane_outlives_its_last_lane():
    """It stays for the lanes that come; without one there is no share to tell, and nothing fails."""
    race = NetworkRace({"run": RUN, "lanes": [{"optimizer": {"name": "sgd", "lr": 0.1}}]})
    chart = Chart.of(race, PlaneChoice("random"))
    race.remove(race.lanes[0].id)
    assert np.isnan(chart.explained(race)) and chart.measure(race, 1.0) and seeming_climbs(race, chart) == []
