"""Own data inside a spec: their kind and their names; what does not fit is refused by field, with what is allowed."""

import numpy as np
import pytest
from pydantic import ValidationError

from engine import RunSpec, Trainer
from engine.spec import rows

X = [[1.0, 2.0], [3.0, -4.0], [0.5, 0.0], [-2.0, 1.0]]
Y = [0, 1, 1, 0]


@pytest.fixture(autouse=True, params=[False, True], ids=["whole", "in pieces"])
def pieces(request, monkeypatch):
    """However few samples are looked at together."""
    if request.param:
        monkeypatch.setattr(rows, "NUMBERS", 2)


def spec(**given):
    data = {"name": "inline", "task": "classification", "train_x": X, "train_y": Y, "test_x": [[5.0, -6.0]], "test_y": [1]}
    return RunSpec.model_validate({"data": data | given, "batch_size": 2})


def test_names_are_shown_and_change_no_number():
    plain = Trainer(spec())
    named = Trainer(spec(columns=["age", "weight"], classes=["ill", "well"], target="state", title="clinic"))
    assert plain.dataset.columns == plain.dataset.inputs == ("x1", "x2") and plain.dataset.classes == ("0", "1")
    assert named.dataset.columns == named.dataset.inputs == ("age", "weight")
    assert named.dataset.classes == ("ill", "well") and named.dataset.outputs == ("P(well)",)
    assert plain.dataset.kind == named.dataset.kind == "table" and plain.dataset.domain == ()
    plain.step(50), named.step(50)
    for (w, b), (v, c) in zip(plain.parameters, named.parameters, strict=True):
        assert np.array_equal(w, v) and np.array_equal(b, c)


def test_a_target_gives_its_name_to_the_outputs():
    one = Trainer(spec(task="regression", target="price")).dataset
    two = Trainer(spec(task="regression", target="price", train_y=X, test_y=[[0.0, 1.0]])).dataset
    assert one.outputs == ("price",) and two.outputs == ("price1", "price2")


def test_named_classes_may_have_no_sample():
    made = Trainer(spec(classes=["a", "b", "c", "d"]))
    assert made.tape.sizes[-1] == 4 and made.dataset.splits["train"].y.shape == (4, 4)
    assert made.evaluate("test").confusion.shape == (4, 4)


def test_a_plane_has_domain_features_and_unit_maps():
    made = Trainer(spec(kind="plane", features=["x", "y²", "sin_x"], columns=["across", "up"]))
    data = made.dataset
    assert data.kind == "plane" and data.domain == ((-6.0, 6.0), (-6.0, 6.0))
    assert data.columns == ("across", "up") and data.inputs == ("x", "y²", "sin x")
    x, y = np.array(X).T
    assert np.array_equal(data.splits["train"].x, np.column_stack([x, y * y, np.sin(x)]))
    maps = made.unit_maps(8)
    assert maps is not None and maps.maps.shape == (sum(made.tape.sizes), 8, 8)
    assert Trainer(spec(kind="plane")).dataset.inputs == ("x", "y")
    assert Trainer(spec()).unit_maps(8) is None


def test_a_plane_of_own_points_trains_as_a_built_in_one_does():
    """The same points, given as the row gives them: the same bits."""
    row = RunSpec.model_validate({"data": {"name": "moons", "samples": 60, "features": ["x", "y", "xy"]}})
    built_in = Trainer(row)
    parts = {
        f"{name}_{key}": values
        for name in ("train", "test")
        for key, values in (("x", built_in.dataset.splits[name].raw), ("y", built_in.dataset.splits[name].labels))
    }
    data = {"name": "inline", "task": "classification", "kind": "plane", "features": ["x", "y", "xy"], **parts}
    own = Trainer(RunSpec.model_validate({"data": data}))
    built_in.step(200), own.step(200)
    assert all(np.array_equal(a, b) for a, b in zip(built_in.parameters[0], own.parameters[0], strict=True))
    assert np.array_equal(built_in.unit_maps(20).maps, own.unit_maps(20).maps)


@pytest.mark.parametrize("kind", ["table", "plane"])
def test_a_spec_survives_being_written_and_read(kind):
    made = spec(kind=kind, columns=["a", "b"], classes=["no", "yes"], title="t")
    assert RunSpec.model_validate(made.model_dump(mode="json")) == made
    assert RunSpec.model_validate_json(made.model_dump_json()) == made
    plain = made.as_plain()
    assert plain == made.model_dump(mode="json") and list(plain["data"]) == list(made.model_dump()["data"])


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"train_x": [*X[:3], [1.0, "a"]]}, ("train_x", 3, 1)),
        ({"train_x": [*X[:3], 1.0]}, ("train_x", 3)),
        ({"train_y": [0, 1, 1, None]}, ("train_y", "tuple[float, ...]", 3)),
        ({"train_y": [0, 1, [1], [0]]}, ("train_y", "tuple[float, ...]", 2)),
        ({"test_y": 1}, ("test_y", "tuple[float, ...]")),
    ],
)
def test_what_is_no_number_is_told_with_its_place(given, place):
    with pytest.raises(ValidationError) as refusal:
        spec(**given)
    assert ("data", "inline", *place) in [tuple(error["loc"])[: 2 + len(place)] for error in refusal.value.errors()]


@pytest.mark.parametrize(
    ("given", "field", "allowed"),
    [
        ({"kind": "line"}, "kind", "'table' or 'plane'"),
        ({"kind": "plane", "test_x": [[0.0, 6.5]]}, "test_x", "[-6, 6]"),
        ({"kind": "plane", "train_x": [[1.0]] * 4, "test_x": [[1.0]]}, "kind", "two columns"),
        ({"kind": "image"}, "kind", "1, 4, 9, 16, … columns"),
        ({"kind": "plane", "features": ["z"]}, "features", "x, y, x2, y2, xy, sin_x, sin_y"),
        ({"kind": "plane", "features": []}, "features", "x, y"),
        ({"kind": "plane", "features": ["x2", "x²"]}, "features", "x, y"),
        ({"features": ["x"]}, "features", "none"),
        ({"columns": ["a"]}, "columns", "2 names"),
        ({"columns": ["a", "a"]}, "columns", "different names"),
        ({"columns": ["a", ""]}, "columns", "1 to 80 characters"),
        ({"classes": ["a"]}, "classes", "2 to 64 names"),
        ({"classes": [str(i) for i in range(65)]}, "classes", "2 to 64 names"),
        ({"classes": ["a", "b"], "task": "regression"}, "classes", "none"),
        ({"target": "n" * 81}, "target", "1 to 80 characters"),
        ({"title": ""}, "title", "1 to 80 characters"),
    ],
)
def test_what_does_not_fit_is_refused(given, field, allowed):
    with pytest.raises(ValidationError) as refusal:
        spec(**given)
    said = str(refusal.value)
    assert field in said and allowed in said
