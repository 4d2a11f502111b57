"""Where torch is installed: the recorded schedules are what torch says today."""

import json

import numpy as np
import pytest
import record_schedules

pytest.importorskip("torch")


@pytest.mark.filterwarnings("ignore")  # SequentialLR warns of how torch itself calls its parts
def test_recording_is_reproduced():
    written = json.loads(record_schedules.FILE.read_text())
    found = record_schedules.record(written["losses"])
    assert [(base, case) for base, case in record_schedules.CASES] == [
        (case["base"], case["schedule"]) for case in written["cases"]
    ]
    for now, then in zip(found["cases"], written["cases"], strict=True):
        assert np.max(np.abs(np.array(now["rates"]) - then["rates"])) <= 1e-13, then["schedule"]
