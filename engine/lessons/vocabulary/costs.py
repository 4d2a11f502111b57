"""What a pass costs: multiplications, counted on the very ops of a run's tape."""

from __future__ import annotations

import numpy as np

from engine.kernels import codes
from engine.lessons.building import Built
from engine.lessons.scripts import UnmeasurableError
from engine.lessons.vocabulary.row import Word, measure
from engine.machine.tape import Tape

PRODUCTS = (codes.AFFINE, codes.BACK_PRODUCT, codes.GRADIENT)
"""Ops that multiply once by each entry of a layer's weights …"""
SKIPS = (codes.SKIP, codes.BACK_SKIP, codes.SKIP_GRADIENT)
"""… and by each of a learned skip's, for every sample."""
PHASES = {"forward": ("forward",), "backward": ("backward",)}


def _of_phase(tape: Tape, phases: tuple[str, ...]) -> int:
    total = 0
    for op, word in zip(tape.ops, tape.words, strict=True):
        code = int(op[codes.CODE])
        learned = code == codes.SKIP_GRADIENT or (code in SKIPS and bool(op[codes.KIND]))
        if word.phase in phases and (code in PRODUCTS or learned):
            total += int(np.prod(op[[codes.ROWS, codes.COLS]]))
    return total


@measure()
def multiplications(built: Built, phase: Word) -> float:
    """Multiplications by weights that a pass makes for one sample: forward, or backward, which makes the gradients, too.

    >>> run = {"data": {"name": "xor"}, "network": {"layers": [{"units": 3}]}}
    >>> measured("multiplications(forward)", run=run), measured("multiplications(backward)", run=run)
    (9.0, 12.0)
    """
    if phase not in PHASES:
        raise UnmeasurableError(f"there is no pass {phase}", ", ".join(PHASES))
    return float(_of_phase(built.trainer.tape, PHASES[phase]))


@measure()
def price(built: Built) -> float:
    """What all of a sample's gradient costs, in forward passes: the multiplications forward and backward over those forward.

    >>> round(measured("price()", run={"data": {"name": "xor"}, "network": {"layers": [{"units": 3}]}}), 3)
    2.333
    """
    tape = built.trainer.tape
    forward = _of_phase(tape, PHASES["forward"])
    return (forward + _of_phase(tape, PHASES["backward"])) / forward
