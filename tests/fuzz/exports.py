"""A run that goes on in the text of its PyTorch export, beside the engine: losses and parameters of its next updates.

The measure of losses is max |engine − torch| over the largest of them, of a tensor `comparison.distance`; nudges as there."""

from __future__ import annotations

import contextlib
import io

import numpy as np
from comparison import RIGHT, TINY, distance, unexcused, without_effect

from engine import RunSpec, Trainer
from engine.export import files

START = "for p in parameters:\n    p.requires_grad_(True)\n"
NUDGED = """torch.manual_seed({number})
for p in parameters:
    p += 1e-15 * (2 * torch.rand_like(p) - 1) * p.abs().where(p != 0, 1)
"""
BACKWARD = "    loss.backward()\n"
WITHOUT_TINY = f"    for p in parameters:\n        p.grad[p.grad.abs() <= {TINY}] = 0\n"


def numbers_of(text: str, names: list[str]) -> dict:
    """Runs the script: its losses, and the parameters that it ends with."""
    assert text.count(START) == 1
    said, script = io.StringIO(), {"__name__": "__main__"}
    with contextlib.redirect_stdout(said):
        exec(compile(text, "exported.py", "exec"), script)
    lines = [line.replace(",", "").split() for line in said.getvalue().splitlines() if line.startswith("update ")]
    ends = {name: tensor.detach().numpy() for name, tensor in zip(names, script["parameters"], strict=True)}
    return {"losses": np.array([float(words[3]) for words in lines])} | ends


def compare_export(raw: dict, before: int) -> tuple[str, dict, float]:
    """As `comparison.compare`, for the script taken along after `before` updates; "none" where the run ends before."""
    trainer = Trainer(RunSpec.model_validate(raw))
    with np.errstate(all="ignore"):
        trainer.step(before)
        try:
            text = files.torch(trainer)
        except files.ExportError:
            trainer.step(1)
            assert trainer.stopped is not None, "an update could be made"
            return "none", {}, 0.0
        expected = numbers_of(text, list(trainer.named_parameters))
        losses = []
        for _ in expected["losses"]:
            losses.append(trainer.step(1))
        found = {"losses": np.array(losses)} | {name: np.array(value) for name, value in trainer.named_parameters.items()}
        for name in without_effect(raw):
            del found[name]
        distances = {name: distance(value, expected[name]) for name, value in found.items()}
        wrong = {name: off for name, off in distances.items() if not off <= RIGHT}

        def again(number: int | None) -> dict:
            line, new = (BACKWARD, BACKWARD + WITHOUT_TINY) if number is None else (START, NUDGED.format(number=number) + START)
            return numbers_of(text.replace(line, new), list(trainer.named_parameters))

        left = unexcused(wrong, expected, again)
    kind = "wrong" if left else "conditioned" if wrong else "right"
    return kind, left, max(distances.values())
