"""``/api/output-curves``: ŷ, δ and loss of one output over a grid of z, by the kernels that train (TEACHING.md, moment 3)."""

from __future__ import annotations

from typing import Any

LAST = 8
PER_UNIT = 10
"""Grid points to one of z: they are tenths, as the page's slider has them."""
PAIRS = (("mse", "sigmoid"), ("bce", "sigmoid"))


def output_curves() -> dict[str, Any]:
    """``z``; and by target ``"0"``, ``"1"``: ``prediction`` ŷ, for each loss ``delta`` and ``loss``, and ``times``, the δ of
    cross-entropy over that of squared error."""
    from engine.evaluation.curves import output_delta

    z = [step / PER_UNIT for step in range(-LAST * PER_UNIT, LAST * PER_UNIT + 1)]
    targets: dict[str, Any] = {}
    for y in (0, 1):
        found = {loss: output_delta(loss, output, z, float(y)) for loss, output in PAIRS}
        targets[str(y)] = {
            "prediction": found["bce"].prediction.tolist(),
            "delta": {loss: one.delta.tolist() for loss, one in found.items()},
            "loss": {loss: one.loss.tolist() for loss, one in found.items()},
            "times": (found["bce"].delta / found["mse"].delta).tolist(),
        }
    return {"z": z, "output": "sigmoid", "targets": targets}
