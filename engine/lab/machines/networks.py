"""The network whose batch is shared out: the present run's, or an example."""

from __future__ import annotations

from engine.dataset import prepare
from engine.lab.experiment import ChoiceError
from engine.lab.subject import PRESENT, Subject
from engine.machine.machine import Machine
from engine.spec import RunSpec

EXAMPLE = "8 layers of 16"
NETWORKS = (EXAMPLE, PRESENT)


def example() -> RunSpec:
    return RunSpec.model_validate({"network": {"layers": [{"units": 16}] * 7}})


def subject_of(subject: Subject | None, network: str) -> Subject:
    """The run to share out. Raises `ChoiceError` where the present one is asked for and there is none."""
    if network != PRESENT:
        spec = example()
        return Subject.of(Machine(spec, prepare(spec)))
    if subject is None:
        raise ChoiceError("network", "there is no run", EXAMPLE)
    return subject
