"""What `chainrule open` serves: the address opens in Step with the file's own weights."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.neural_network import MLPRegressor
from step_page import Step

from engine.importing.files import Opened
from engine.importing.sklearn_import import from_sklearn
from engine.script.edits import LoadEdit
from server.commands import open as opening
from server.settings import Settings


@pytest.fixture
def network() -> Opened:
    """One that was fitted: no draw of this engine has these weights."""
    x = np.linspace(-1.0, 1.0, 12).reshape(6, 2)
    estimator = MLPRegressor(hidden_layer_sizes=(2,), activation="tanh", solver="sgd", max_iter=3, tol=1e9, random_state=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        return Opened(from_sklearn(estimator.fit(x, x[:, 0]), x, x[:, 0]).script)


def test_a_network_from_elsewhere_opens_in_step_with_its_own_weights(page: Page, server_url: str, network: Opened) -> None:
    load = network.script.edits[0]
    assert isinstance(load, LoadEdit)
    page.goto(f"{server_url}/#view=step&{opening._link(network, Settings())}")
    step = Step(page)
    step.at(0)
    for micro in (1, 2):  # the rate, and the first layer's z
        page.keyboard.press("ArrowRight")
        step.at(micro)
    weight = f"{abs(load.parameters['W1'][0]):.3f}"
    expect(step.room).to_contain_text(weight)
