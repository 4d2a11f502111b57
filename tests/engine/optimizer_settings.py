"""Every row of the optimizers in its dialects, as it is and with what else its witness wants tried: what tests walk."""

from __future__ import annotations

import pytest
from witnesses.optimizers import OPTIMIZERS as WITNESSES

from engine.optimizers import DIALECTS, OPTIMIZERS
from engine.optimizers.torch_form import InTorch
from engine.spec import OptimizerSpec


def options_of(name, dialect):
    """What its witness wants tried in a dialect besides the defaults."""
    known = {parameter.name for parameter in OPTIMIZERS[name].parameters_in(dialect)}
    return [own for own in (WITNESSES[name].options if name in WITNESSES else ()) if own.keys() <= known]


PLAIN = [(name, dialect, {}) for name in OPTIMIZERS for dialect in DIALECTS]
OPTIONS = [(name, dialect, own) for name in OPTIMIZERS for dialect in DIALECTS for own in options_of(name, dialect)]
EVERY = [*PLAIN, *OPTIONS]


def with_options_slow(seconds):
    """`EVERY` as a test's parameters, its options in the slow set."""
    return [*PLAIN, *(pytest.param(*setting, marks=pytest.mark.slow(seconds=seconds)) for setting in OPTIONS)]


def own_parameters(**fields):
    """All of an optimizer's own parameters but the rate, the defaults written out."""
    parameters = OptimizerSpec.model_validate(fields).parameters
    return {key: value for key, value in parameters.items() if key != "lr"}


def in_torch(name):
    """Whether torch.optim has the rule, so that its runs are recorded (`tests/golden/record.py`)."""
    spec = OptimizerSpec.model_validate({"name": name, "dialect": "pytorch"})
    form = spec.form.torch
    return isinstance(form({"lr": spec.lr, **spec.parameters}) if callable(form) else form, InTorch)
