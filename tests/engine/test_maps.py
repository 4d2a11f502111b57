"""Pictures of what units respond to: the bytes say the activations that the reference computes at the same points."""

import numpy as np
import pytest
import reference

from engine import RunSpec, Trainer

GRID = 12
CENTRES = -6 + (np.arange(GRID) + 0.5) * 12 / GRID


def trainer_of(name, **data):
    layers = [{"units": 5, "activation": "tanh"}, {"units": 3, "activation": "relu"}]
    trainer = Trainer(RunSpec.model_validate({"data": {"name": name} | data, "network": {"layers": layers}}))
    trainer.step(40)
    return trainer


@pytest.mark.parametrize("name", ["spiral", "blobs"])
def test_unit_maps(name):
    trainer = trainer_of(name, features=["x", "y2", "sin_y"])
    maps = trainer.unit_maps(GRID)
    sizes = trainer.tape.sizes
    assert maps.maps.shape == (sum(sizes), GRID, GRID)
    assert maps.maps.dtype == np.uint8
    assert [(unit["layer"], unit["unit"]) for unit in maps.units] == [
        (layer, unit) for layer, size in enumerate(sizes) for unit in range(1, size + 1)
    ]
    for row, y in enumerate(CENTRES):
        for column, x in enumerate(CENTRES):
            _, hs = reference.forward(trainer.parameters, trainer.tape.activations, [x, y**2, np.sin(y)])
            for picture, unit in zip(maps.maps, maps.units, strict=True):
                value = hs[unit["layer"]][unit["unit"] - 1]
                cell = (unit["high"] - unit["low"]) / 255
                assert abs(unit["low"] + picture[row, column] * cell - value) <= 0.51 * cell
            if name == "blobs":
                assert maps.classes[row, column] == np.argmax(hs[-1])
    assert (maps.classes is None) == (name == "spiral")


@pytest.mark.parametrize("optimizer", ["sgd", "lion"])
@pytest.mark.parametrize("name", ["spiral", "blobs"])
def test_bytes_are_of_the_activations_chunk_after_chunk(name, optimizer):
    """Bounded units are shaded while they are computed, others after their reach is known; by either compilation of the run."""
    layers = [{"units": 5, "activation": activation} for activation in ("tanh", "relu", "sigmoid", "gelu")]
    fields = {"data": {"name": name}, "network": {"layers": layers}, "optimizer": {"name": optimizer}}
    trainer = Trainer(RunSpec.model_validate(fields))
    trainer.step(20)
    assert trainer.tape.core == (optimizer == "sgd") and 3 * trainer.evaluator.tape.layout.capacity < 60 * 60
    maps = trainer.unit_maps(60)
    values = np.vstack(trainer.evaluator.activations(trainer.evaluator.plane(trainer.dataset, 60)))
    low, high = (np.array([[unit[end]] for unit in maps.units]) for end in ("low", "high"))
    reach = np.abs(values).max(axis=1)
    for unit, top in zip(maps.units, reach, strict=True):
        kind = trainer.tape.activations[unit["layer"] - 1] if unit["layer"] else None
        if kind in (None, "relu", "gelu"):
            assert (unit["low"], unit["high"]) == (-top, top)
    expected = np.rint(np.clip((values - low) * (255.0 / (high - low)), 0.0, 255.0)).astype(np.uint8)
    assert np.array_equal(maps.maps.reshape(len(values), -1), expected)
    first = 0
    for layer, size in enumerate(trainer.tape.sizes):
        part = trainer.unit_maps(60, slice(layer, layer + 1))
        assert np.array_equal(part.maps, maps.maps[first : first + size])
        assert part.units == maps.units[first : first + size]
        first += size


def test_a_unit_that_is_not_a_number_lies_in_the_middle():
    trainer = trainer_of("spiral")
    trainer.machine.theta[trainer.tape.slots[0].offset] = np.nan  # of the first unit, and so of all behind it
    maps = trainer.unit_maps(GRID)
    assert (maps.maps[2] == 128).all() and not (maps.maps[3] == 128).all()
    relu = maps.units[2 + 5]
    assert (relu["layer"], relu["low"], relu["high"]) == (2, -1.0, 1.0) and (maps.maps[2 + 5] == 128).all()


def test_unit_maps_see_standardized_inputs():
    trainer = trainer_of("circle", standardize=True)
    maps = trainer.unit_maps(GRID)
    points = np.array([[x, y] for y in CENTRES for x in CENTRES])
    output, unit = maps.maps[-1].ravel(), maps.units[-1]
    cell = (unit["high"] - unit["low"]) / 255
    assert np.max(np.abs(unit["low"] + output * cell - trainer.predict(points)[:, 0])) <= 0.51 * cell


def test_response_of_a_line():
    trainer = trainer_of("sine", features=["x", "sin_x"])
    x, y = trainer.response(50)
    assert (x.shape, y.shape) == ((50,), (50, 1))
    assert (x.min(), x.max()) == (-6.0, 6.0)
    expected = reference.predict(trainer.parameters, trainer.tape.activations, np.column_stack([x, np.sin(x)]))
    assert y == pytest.approx(expected, rel=1e-11, abs=1e-13)


def test_tables_and_lines_have_no_maps():
    assert trainer_of("iris").unit_maps(GRID) is None
    assert trainer_of("sine").unit_maps(GRID) is None


def test_predict_takes_samples_as_they_came():
    """Features and scaling are the engine's matter, not the caller's."""
    trainer = trainer_of("moons", standardize=True, features=["x", "xy"])
    for split in trainer.dataset.splits.values():
        if len(split.raw):
            expected = reference.predict(trainer.parameters, trainer.tape.activations, split.x)
            assert trainer.predict(split.raw) == pytest.approx(expected, rel=1e-11)
    with pytest.raises(ValueError, match="x"):
        trainer.predict([[1.0, 2.0, 3.0]])
