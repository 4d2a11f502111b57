"""What a lane's next update is made of: for every optimizer, against the step it then makes and its own formulas by hand."""

import numpy as np
import pytest

from engine.optimizers import OPTIMIZERS
from engine.race import Race
from engine.race.path.arrows import update_arrows

REMEMBERS = {"momentum", "nesterov", "adam", "amsgrad", "adamw", "nadam", "radam", "adamax", "lion", "muon"}
DIVIDES = {"adagrad", "rmsprop", "adam", "amsgrad", "adamw", "nadam", "radam", "muon"}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_step_is_the_one_that_follows(name):
    race = Race({"surface": "bowl", "lanes": [{"optimizer": {"name": name, "lr": 0.05, **plain(name)}}], "max_steps": 30})
    race.seek(7)
    arrows = {arrow.role: arrow for arrow in update_arrows(race, 1)}
    step = race.next_step(1)
    assert step is not None and arrows["step"].vector == pytest.approx(-step, rel=1e-12, abs=1e-15)
    if name != "nesterov":  # which looks ahead
        assert np.array_equal(arrows["gradient"].vector, race.surface.at([race.trail(1)[-1]]).gradient[0])
    assert ("memory" in arrows) == (name in REMEMBERS) and ("scale" in arrows) == (name in DIVIDES)


def plain(name):
    """Without a decay, which moves θ besides the step."""
    return {"weight_decay": 0.0} if any(parameter.name == "weight_decay" for parameter in OPTIMIZERS[name].parameters) else {}


def test_adams_by_hand():
    race = Race({"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "adam", "lr": 0.02}}], "max_steps": 60})
    race.seek(40)
    m, v = np.zeros(2), np.zeros(2)
    for point in race.trail(1):  # 41 points, the present one last: the update that comes reads its gradient
        g = race.surface.at([point]).gradient[0]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    corrected, root = m / (1 - 0.9**41), np.sqrt(v / (1 - 0.999**41)) + 1e-8
    gradient, memory, scale, step = update_arrows(race, 1)
    assert [arrow.role for arrow in (gradient, memory, scale, step)] == ["gradient", "memory", "scale", "step"]
    assert memory.vector == pytest.approx(corrected, rel=1e-10) and scale.vector == pytest.approx(root, rel=1e-10)
    assert step.vector == pytest.approx(0.02 * corrected / root, rel=1e-10)


def test_where_there_is_none():
    race = Race({"surface": "rosenbrock", "lanes": [{"optimizer": {"name": "sgd", "lr": 1.0}}], "max_steps": 20})
    race.seek(20)
    with pytest.raises(ValueError, match="left the surface"):
        update_arrows(race, 1)
    race.add({"optimizer": {"name": "newton"}})
    race.add({"optimizer": {"name": "adam"}})
    race.seek(3)
    with pytest.raises(ValueError, match="no update equations"):
        update_arrows(race, 2)
    race.seek(20)
    with pytest.raises(ValueError, match="at its end"):
        update_arrows(race, 3)
