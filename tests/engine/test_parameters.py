"""A row's parameters take what they say, and nothing that merely equals it."""

from __future__ import annotations

import pytest

from engine.rows.row import Parameter

COUNT = Parameter("count", "count", "n", 1, "choice", choices=(0, 1, 2))
SWITCH = Parameter("switch", "switch", "s", "auto", "choice", choices=("auto", True, False))


@pytest.mark.parametrize(("parameter", "value"), [(COUNT, 1), (COUNT, 1.0), (COUNT, 0), (SWITCH, True), (SWITCH, "auto")])
def test_a_choice_is_taken(parameter: Parameter, value: object) -> None:
    assert parameter.problem(value) is None


@pytest.mark.parametrize(("parameter", "value"), [(COUNT, True), (COUNT, False), (COUNT, 3), (SWITCH, 1), (SWITCH, 0.0)])
def test_what_only_equals_a_choice_is_none(parameter: Parameter, value: object) -> None:
    assert parameter.problem(value) == f"must be one of: {parameter.allowed}"
