"""RunSpec: all that determines a run, as frozen pydantic models: data, network, training, and the whole.

What is out of range is refused by name, with the allowed range."""

from engine.spec.data import DataSpec, FormulaData
from engine.spec.fields import MAX_LAYERS, MAX_SEED, MAX_STEPS, MAX_UNITS
from engine.spec.frozen import FrozenTensor
from engine.spec.inline import InlineData
from engine.spec.network import InitializerSpec, LayerSpec, NetworkSpec
from engine.spec.run import NO_VALIDATION, RunSpec
from engine.spec.training import ClipSpec, OptimizerSpec, RegularizationSpec, ScheduleSpec, StopSpec

__all__ = [
    "MAX_LAYERS",
    "MAX_SEED",
    "MAX_STEPS",
    "MAX_UNITS",
    "NO_VALIDATION",
    "ClipSpec",
    "DataSpec",
    "FormulaData",
    "FrozenTensor",
    "InitializerSpec",
    "InlineData",
    "LayerSpec",
    "NetworkSpec",
    "OptimizerSpec",
    "RegularizationSpec",
    "RunSpec",
    "ScheduleSpec",
    "StopSpec",
]
