"""Planes: on a quadratic with a known plane coordinates, distances and slice losses are known; PCA against NumPy's SVD."""

import numpy as np
import pytest

from engine import RunSpec, Trainer
from engine.landscape import planes
from engine.landscape.planes import Plane, frame, principal, random_directions, through_points, through_weights
from engine.landscape.slices import Landscape, path

SIZE = 12


def quadratic():
    """A symmetric matrix with eigenvalues 1 … 12 and its minimum at 0."""
    rotation, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(SIZE, SIZE)))
    return rotation @ np.diag(np.arange(1.0, SIZE + 1)) @ rotation.T


def spanning(cosine):
    """Two directions of lengths 2 and 3 with a known angle, and a unit vector across both."""
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(SIZE, SIZE)))
    u, v, across = rotation[:3]
    return np.stack([2.0 * u, 3.0 * (cosine * u + np.sqrt(1 - cosine**2) * v)]), across


@pytest.mark.parametrize("cosine", [0.0, 0.8, -0.97])
def test_coordinates_distance_and_slice_loss_of_a_known_plane(cosine):
    directions, across = spanning(cosine)
    origin = np.random.default_rng(2).normal(size=SIZE)
    plane = Plane("points", origin, directions)
    assert plane.cosine == pytest.approx(cosine, abs=1e-12)
    known = np.random.default_rng(3).normal(size=(7, 2))
    heights = np.linspace(0.0, 2.0, 7)
    points = origin + known @ directions + heights[:, None] * across
    assert np.abs(plane.coordinates(points) - known).max() < 1e-10
    assert np.abs(plane.off(points) - heights).max() < 1e-10
    ways = np.linalg.norm(points - origin, axis=1)
    assert np.abs(plane.residual(points, origin) - heights / ways).max() < 1e-10
    H = quadratic()
    on_plane = origin + known @ directions
    truth = 0.5 * np.einsum("np,pq,nq->n", on_plane, H, on_plane)
    found = plane.at(plane.coordinates(points))
    assert np.abs(0.5 * np.einsum("np,pq,nq->n", found, H, found) - truth).max() < 1e-10
    if cosine:  # what plain dot products would say is wrong
        lengths = np.sum(directions**2, axis=1)
        assert np.abs((points - origin) @ directions.T / lengths - known).max() > 0.1


def linear_regression(l2=0.0):
    """A network without hidden layers: its loss is a quadratic of its parameters."""
    random = np.random.default_rng(4)
    x = random.normal(size=(40, SIZE - 1))
    y = x @ random.normal(size=(SIZE - 1, 1)) + 0.3
    spec = {
        "data": {"name": "inline", "task": "regression", "train_x": x.tolist(), "train_y": y.tolist()},
        "network": {"layers": []},
        "regularization": {"l2": l2},
    }
    trainer = Trainer(RunSpec.model_validate(spec))
    inputs, targets = trainer.evaluator.rows("train")
    padded = np.column_stack([inputs, np.ones(len(inputs))])

    def loss(theta):
        off = padded @ theta - targets[:, 0]
        return 0.5 * np.mean(off**2) + 0.5 * l2 * np.sum(theta[:-1] ** 2)

    return trainer, loss


@pytest.mark.parametrize("cosine", [0.0, 0.8])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_slice_and_true_losses_of_a_network_that_is_a_quadratic(cosine, l2):
    trainer, loss = linear_regression(l2)
    directions, across = spanning(cosine)
    plane = Plane("points", np.zeros(SIZE), directions)
    known = np.random.default_rng(5).normal(size=(5, 2))
    points = known @ directions + 0.7 * across
    found = path(Landscape(trainer.machine), plane, points, reference=np.zeros(SIZE))
    assert np.abs(found.coordinates - known).max() < 1e-10
    assert np.abs(found.off - 0.7).max() < 1e-10
    assert np.abs(found.true_loss - [loss(point) for point in points]).max() < 1e-10
    assert np.abs(found.slice_loss - [loss(point) for point in known @ directions]).max() < 1e-10


def test_pca_agrees_with_the_singular_value_decomposition():
    points = np.cumsum(np.random.default_rng(6).normal(size=(30, 200)), axis=0)
    plane = principal(points)
    centred = points - points.mean(axis=0)
    _, sizes, rows = np.linalg.svd(centred, full_matrices=False)
    shares = sizes**2 / np.sum(sizes**2)
    assert np.allclose(plane.explained, shares[:2], rtol=1e-10)
    for direction, row in zip(plane.directions, rows, strict=False):
        assert abs(abs(direction @ row) - 1.0) < 1e-10
    assert np.allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    assert (plane.coordinates(points[-1])[0] >= 0).all()
    assert np.allclose(plane.off(points), np.linalg.norm(centred - (centred @ rows[:2].T) @ rows[:2], axis=1), atol=1e-9)


def test_a_trajectory_within_a_plane_is_explained_wholly():
    directions, _ = spanning(0.5)
    points = np.random.default_rng(7).normal(size=(9, 2)) @ directions + 1.0
    plane = principal(points)
    assert sum(plane.explained) == pytest.approx(1.0, abs=1e-12) and plane.off(points).max() < 1e-12


def test_three_points_have_the_coordinates_of_the_corners():
    first, second, third = np.random.default_rng(8).normal(size=(3, SIZE))
    plane = through_points(first, second, third)
    assert np.allclose(plane.coordinates([first, second, third]), [[0, 0], [1, 0], [0, 1]], atol=1e-12)
    assert plane.off([first, second, third]).max() < 1e-12


def network():
    layers = [{"units": 5, "norm": "layer"}, {"units": 4, "activation": "prelu"}]
    return Trainer(RunSpec.model_validate({"network": {"layers": layers, "bias": 0.2}}))


@pytest.mark.parametrize("others", ["zero", "normal"])
def test_random_directions_are_as_long_as_each_units_weights(others):
    trainer = network()
    theta, slots = trainer.machine.theta, trainer.tape.slots
    plane = random_directions(theta, slots, 3, others)
    for direction in plane.directions:
        for slot in slots:
            own, into = slot.view(theta), slot.view(direction)
            if slot.matrix:
                assert np.allclose(np.linalg.norm(into, axis=1), np.linalg.norm(own, axis=1))
            else:
                assert np.linalg.norm(into) == pytest.approx(np.linalg.norm(own) if others == "normal" else 0.0)
    again, other = random_directions(theta, slots, 3, others), random_directions(theta, slots, 4, others)
    assert np.array_equal(plane.directions, again.directions) and not np.array_equal(plane.directions, other.directions)


def test_pictures_come_coarse_to_fine_and_agree_point_by_point():
    trainer = network()
    trainer.step(30)
    before = trainer.machine.theta.copy()
    landscape = Landscape(trainer.machine)
    plane = through_weights(before, 3, 20, ("W1", "b2"))
    found = list(landscape.pictures(plane, (-2.0, 1.0), (-1.0, 1.5), 13))
    assert [picture.values.shape for picture in found] == [(4, 4), (7, 7), (13, 13)]
    coarse, _, fine = found
    assert np.array_equal(coarse.values, fine.values[::4, ::4]) and np.array_equal(coarse.a, fine.a[::4])
    for i, j in ((0, 0), (5, 11), (12, 12)):
        moved = before.copy()
        moved[3] += fine.a[j]
        moved[20] += fine.b[i]
        trainer.machine.theta[...] = moved
        assert fine.values[i, j] == trainer.objective("train")
    trainer.machine.theta[...] = before
    assert landscape.at(before)[0] == trainer.objective("train")


def test_more_rows_than_columns_and_batch_norm():
    for layer in ({"units": 4}, {"units": 4, "norm": "batch"}):
        spec = {"data": {"name": "circle", "samples": 900, "test_fraction": 0.0}, "network": {"layers": [layer]}}
        trainer = Trainer(RunSpec.model_validate(spec))
        landscape = Landscape(trainer.machine)
        plane = random_directions(trainer.machine.theta, trainer.tape.slots, 0)
        values = landscape.slice_at(plane, [[0.0, 0.0], [0.5, 0.5], [0.0, 0.0]])
        assert values[0] == values[2] == pytest.approx(trainer.objective("train"), rel=1e-14)


def test_a_point_beyond_the_numbers_is_no_crash():
    trainer = network()
    plane = through_weights(trainer.machine.theta, 0, 1, ("a", "b"))
    assert not np.isfinite(Landscape(trainer.machine).slice_at(plane, [[np.nan, 0.0]])).any()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Plane("points", np.zeros(3), np.ones((2, 3))),
        lambda: Plane("points", np.zeros(3), np.zeros((2, 3))),
        lambda: through_weights(np.zeros(3), 1, 1, ("a", "b")),
        lambda: through_weights(np.zeros(3), 1, 3, ("a", "b")),
        lambda: principal(np.outer(np.arange(5.0), np.ones(3))),
        lambda: principal(np.zeros((2, 3))),
        lambda: list(Landscape(network().machine).pictures(random_directions(np.ones(99), (), 0), (0, 1), (0, 1), 12)),
    ],
)
def test_what_spans_no_plane_is_refused(make):
    with pytest.raises(ValueError, match=r"allowed|needed"):
        make()


def test_frame_holds_every_point():
    points = np.array([[0.0, 0.0], [10.0, 0.1]])
    (a0, a1), (b0, b1) = frame(points)
    assert a0 < 0 < 10 < a1 and b0 < 0 < 0.1 < b1 and (b1 - b0) >= 0.05 * 10


def test_how_a_picture_is_cut_changes_no_number():
    trainer = network()
    landscape = Landscape(trainer.machine)
    plane = random_directions(trainer.machine.theta, trainer.tape.slots, 1)
    whole = list(landscape.pictures(plane, (-1.0, 1.0), (-1.0, 1.0), 25))
    parts = list(landscape.pictures_in_parts(plane, (-1.0, 1.0), (-1.0, 1.0), 25, seconds=1e-9))
    levels = [part for part in parts if part is not None]
    assert len(parts) > 25 * 25 / 8 and [level.stride for level in levels] == [4, 2, 1]
    assert all(np.array_equal(one.values, other.values) for one, other in zip(whole, levels, strict=True))


def test_points_of_very_many_numbers_lie_where_they_would_with_all_of_them_at_once(monkeypatch):
    """One by one, and not by the same sums: within rounding, even on a plane whose directions are all but parallel."""
    draw = np.random.default_rng(3)
    u = draw.normal(size=40)
    for nearness in (1.0, 1e-4):
        plane = Plane("points", draw.normal(size=40), np.stack([u, u + nearness * draw.normal(size=40)]))
        points, start = plane.at(draw.normal(size=(7, 2))) + 0.1 * draw.normal(size=(7, 40)), draw.normal(size=40)

        def numbers(points=points, start=start, plane=plane):
            found = plane.coordinates(points), plane.off(points), plane.residual(points, start), plane.share_of(points)
            return [*found, np.abs(principal(points).directions)]

        whole = numbers()
        with monkeypatch.context() as patch:
            patch.setattr(planes, "MANY", 10)
            patch.setattr(planes, "HEAVY", 10)
            for found, expected in zip(numbers(), whole, strict=True):
                assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
