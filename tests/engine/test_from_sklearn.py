"""MLPClassifier and MLPRegressor as runs: gradients and next updates against scikit-learn's own backpropagation and solver."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from engine import Trainer
from engine.importing.imported import UnsupportedError

TOLERANCE = 1e-9
NAMES = np.array(["ant", "bee", "cat"])

CASES: dict[str, tuple[Any, str]] = {
    "two classes, adam": (MLPClassifier((6, 4), random_state=0), "two"),
    "two classes, logistic, nesterov": (
        MLPClassifier(5, activation="logistic", solver="sgd", alpha=0.5, random_state=1),
        "two",
    ),
    "three classes, tanh, adam": (MLPClassifier((5, 3), activation="tanh", alpha=0.1, random_state=2), "three"),
    "three classes, momentum": (
        MLPClassifier(4, solver="sgd", nesterovs_momentum=False, momentum=0.7, random_state=3),
        "three",
    ),
    "several labels": (MLPClassifier(6, activation="tanh", random_state=4), "labels"),
    "no hidden layer": (MLPClassifier((), solver="sgd", learning_rate_init=0.1, random_state=5), "three"),
    "regression, adam": (MLPRegressor(hidden_layer_sizes=(7,), beta_1=0.8, beta_2=0.9, epsilon=1e-6, random_state=6), "value"),
    "regression of two, identity": (
        MLPRegressor(hidden_layer_sizes=(4, 4), activation="identity", solver="sgd", random_state=7),
        "values",
    ),
    "regression, plain descent": (
        MLPRegressor(hidden_layer_sizes=(6,), solver="sgd", momentum=0.0, activation="tanh", random_state=8),
        "value",
    ),
    "regression, falling rate": (
        MLPRegressor(hidden_layer_sizes=(6,), solver="sgd", learning_rate="invscaling", alpha=1.0, random_state=9),
        "values",
    ),
}


def data(kind: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    x = random.normal(size=(40, 3))
    side = (x[:, 0] > 0.2).astype(int) + (x[:, 1] > 0.5)
    targets = {
        "two": NAMES[(side > 0).astype(int)],
        "three": NAMES[side],
        "labels": (x[:, :2] > 0).astype(int),
        "value": np.sin(x[:, 0]),
        "values": np.column_stack([x[:, 0] * x[:, 1], x[:, 2]]),
    }
    return x, targets[kind]


def fitted(estimator: Any, x: np.ndarray, y: np.ndarray, epochs: int) -> Any:
    found = copy.deepcopy(estimator).set_params(max_iter=epochs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it has not converged
        return found.fit(x, y)


def own_update(estimator: Any, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """One of scikit-learn's on the whole set; its gradients, of weights and then of biases."""
    _, targets = estimator._validate_input(x, y, True, False)
    targets = targets.reshape(len(x), -1)
    sizes = [(each.shape, each.shape[1]) for each in estimator.coefs_]
    activations = [x] + [None] * len(sizes)
    weights, biases = [np.empty(shape) for shape, _ in sizes], [np.empty(width) for _, width in sizes]
    _, weights, biases = estimator._backprop(x, targets, None, activations, [None] * len(sizes), weights, biases)
    estimator._optimizer.update_params(estimator.coefs_ + estimator.intercepts_, [*weights, *biases])
    return [*weights, *biases]


def ours_as_theirs(named: dict[str, np.ndarray]) -> list[np.ndarray]:
    return [*(each.T for name, each in named.items() if name[0] == "W"), *(named[name] for name in named if name[0] == "b")]


@pytest.mark.parametrize("name", CASES)
def test_gradients_and_updates_are_scikit_learns(name: str) -> None:
    estimator, kind = CASES[name]
    x, y = data(kind)
    for epochs in (1, 7):
        own = fitted(estimator, x, y, epochs)
        trainer = Trainer.from_sklearn(own, x, y)
        predicted = trainer.predict(x)
        wanted = own.predict(x) if isinstance(own, MLPRegressor) else own.predict_proba(x)
        if predicted.shape[1] == 1:  # of two classes the second one's probability
            predicted, wanted = predicted[:, 0], wanted if wanted.ndim == 1 else wanted[:, 1]
        assert np.abs(predicted - wanted).max() < 1e-12
        gradients = own_update(own, x, y)
        trainer.step(1)
        for ours, theirs in zip(ours_as_theirs(trainer.last_gradient or {}), gradients, strict=True):
            assert np.abs(ours - theirs).max() <= TOLERANCE
        for ours, theirs in zip(ours_as_theirs(trainer.named_parameters), own.coefs_ + own.intercepts_, strict=True):
            assert np.abs(ours - theirs).max() <= TOLERANCE


def test_one_that_is_not_fitted_begins_as_fit_would() -> None:
    x, y = data("three")
    estimator = MLPClassifier((5, 3), solver="sgd", random_state=11, learning_rate_init=0.3)
    trainer = Trainer.from_sklearn(estimator, x, y)
    assert not hasattr(estimator, "coefs_"), "it is left as it is"
    trainer.step(1)
    own = fitted(estimator, x, y, 1)  # one epoch is one batch here
    for ours, theirs in zip(ours_as_theirs(trainer.named_parameters), own.coefs_ + own.intercepts_, strict=True):
        assert np.abs(ours - theirs).max() <= TOLERANCE
    assert trainer.dataset.classes == ("ant", "bee", "cat") and trainer.spec.batch_size == "full"


def test_the_penalty_is_alpha_by_the_batch() -> None:
    x, y = data("three")
    trainer = Trainer.from_sklearn(MLPClassifier(4, alpha=0.3, batch_size=12, early_stopping=True), x, y)
    assert trainer.spec.regularization.l2 == 0.3 / 12 and trainer.spec.batch_size == 12 and trainer.spec.shuffle
    assert any("the last one of an epoch has 4" in note for note in trainer.notes)
    assert any("early_stopping" in note for note in trainer.notes)


REFUSED = {
    "lbfgs": (MLPClassifier(4, solver="lbfgs"), "estimator.solver: 'lbfgs'; allowed: sgd, adam"),
    "another": (StandardScaler(), "estimator: StandardScaler; allowed: MLPClassifier, MLPRegressor"),
    "pipeline": (make_pipeline(StandardScaler(), MLPClassifier()), "estimator: Pipeline .of a Pipeline give its last step"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_engine_has_not_is_refused_by_name(name: str) -> None:
    estimator, words = REFUSED[name]
    with pytest.raises(UnsupportedError, match=words):
        Trainer.from_sklearn(estimator, *data("three"))


def test_lbfgs_opens_with_an_optimizer_of_ones_own_and_strange_labels_are_named() -> None:
    x, y = data("three")
    own = fitted(MLPClassifier(4, solver="lbfgs", random_state=0), x, y, 20)
    assert Trainer.from_sklearn(own, x, y, optimizer="adam").spec.optimizer.name == "adam"
    with pytest.raises(UnsupportedError, match=r"y: 'dog' is no class of the estimator; allowed: 'ant', 'bee', 'cat'"):
        Trainer.from_sklearn(own, x, np.where(y == "ant", "dog", y), optimizer="adam")
    with pytest.raises(UnsupportedError, match=r"x: shape \(40, 2\); allowed: \(n, 3\)"):
        Trainer.from_sklearn(own, x[:, :2], y, optimizer="adam")
