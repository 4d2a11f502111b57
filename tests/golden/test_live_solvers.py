"""Where torch is installed: the recorded L-BFGS is what torch does today."""

import json

import numpy as np
import pytest
import record_solvers

pytest.importorskip("torch")


def test_recording_is_reproduced():
    written = json.loads(record_solvers.FILE.read_text())
    found = record_solvers.record()
    assert len(found["cases"]) == len(record_solvers.CASES) == len(written["cases"])
    for now, then in zip(found["cases"], written["cases"], strict=True):
        assert (now["surface"], list(now["start"]), now["history"]) == (then["surface"], then["start"], then["history"])
        assert np.max(np.abs(np.array(now["points"]) - then["points"])) <= 1e-10, then["surface"]
        assert now["evaluations"] == then["evaluations"], then["surface"]
