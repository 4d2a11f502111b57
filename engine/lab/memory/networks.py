"""The network that is measured: the present run's, or a deep one."""

from __future__ import annotations

from engine.dataset import prepare
from engine.lab.experiment import ChoiceError
from engine.lab.subject import PRESENT, Subject
from engine.machine.machine import Machine
from engine.spec import RunSpec

DEEP, DEEP_NORM = "24 layers", "24 layers + norm"
NETWORKS = (DEEP, DEEP_NORM, PRESENT)


def deep(normalized: bool) -> RunSpec:
    """24 hidden layers of 32 units, 256 samples a batch: what is cached outweighs the parameters."""
    layer = {"units": 32, "activation": "relu"} | ({"norm": "batch", "dropout": 0.1} if normalized else {})
    network = {"layers": [layer] * 24, "initializer": "he_normal"}
    return RunSpec.model_validate({"data": {"samples": 1024}, "network": network, "batch_size": 256})


def subject_of(subject: Subject | None, network: str) -> Subject:
    """The run to measure. Raises `ChoiceError` where the present one is asked for and there is none."""
    if network != PRESENT:
        spec = deep(network == DEEP_NORM)
        return Subject.of(Machine(spec, prepare(spec)))
    if subject is None:
        raise ChoiceError("network", "there is no run", f"{DEEP}, {DEEP_NORM}")
    return subject
