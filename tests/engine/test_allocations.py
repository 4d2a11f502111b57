"""Nothing is allocated inside the compiled loop: a thousand updates ask Numba's run-time library for as much as one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

COUNT = """
import json
import numba
import numpy as np
from numba.core.runtime import rtsys
from engine import RunSpec, Trainer

LAYERS = {
    "small": [{"units": 4}, {"units": 2}],
    "large": [{"units": 64}, {"units": 64, "activation": "relu"}],
    "everything": [
        {"units": 64, "norm": "batch", "dropout": 0.2},
        {"units": 64, "norm": "layer", "activation": "prelu", "skip": 1},
        {"units": 20, "activation": "gelu", "skip": 3},
    ],
}

def made(action, count):
    before = rtsys.get_allocation_stats().alloc
    action(count)
    return rtsys.get_allocation_stats().alloc - before

@numba.njit
def allocating(count):
    for i in range(count):
        np.zeros(10)[0] = i

allocating(1)
found = {"control": [made(allocating, 1), made(allocating, 1000)]}
for name, layers in LAYERS.items():
    trainer = Trainer(RunSpec.model_validate({
        "data": {"name": "digits" if name == "large" else "spiral"}, "network": {"layers": layers}, "batch_size": 32,
        "eval_every": 100, "clip": {"norm": 1.0}, "regularization": {"l2": 0.01},
    }))
    trainer.step(5000)  # where checkpoints lie far apart
    found[name] = [made(trainer.step, 1), made(trainer.step, 1000)]
print(json.dumps(found))
"""


@pytest.mark.slow(seconds=8)
def test_a_thousand_updates_allocate_as_much_as_one() -> None:
    environment = os.environ | {"NUMBA_NRT_STATS": "1"}
    run = subprocess.run([sys.executable, "-c", COUNT], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    one, thousand = found.pop("control")
    assert thousand > one, "the count notices a loop that allocates"
    for name, (one, thousand) in found.items():
        assert one == thousand, f"{name}: {one} allocations in one update, {thousand} in a thousand"
