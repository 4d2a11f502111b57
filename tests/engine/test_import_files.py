"""Files as runs: a state dict, a model, a script; what else they need is said, and nothing that is in them is run."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

from engine import RunSpec, Trainer  # noqa: E402
from engine.export import files as export  # noqa: E402
from engine.importing.files import Options, opened  # noqa: E402
from engine.importing.imported import UnsupportedError  # noqa: E402


@pytest.fixture
def module() -> nn.Module:
    torch.manual_seed(0)
    parts = (nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 4), nn.PReLU(4), nn.Linear(4, 1))
    return nn.Sequential(*parts).double()


@pytest.fixture
def samples() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(30, 2))


def test_a_state_dict_opens_with_its_own_weights(tmp_path: Path, module: nn.Module, samples: np.ndarray) -> None:
    with torch.no_grad():
        module[1].running_mean.normal_()
    torch.save({"model_state_dict": module.state_dict(), "epoch": 3}, tmp_path / "net.pt")
    kinds = ["yes" if first > 0 else "no" for first in samples[:, 0]]
    lines = [f"{kind},{first},{second}" for kind, (first, second) in zip(kinds, samples.tolist(), strict=True)]
    (tmp_path / "points.csv").write_text("kind,a,b\n" + "\n".join(lines))
    options = Options(data=str(tmp_path / "points.csv"), target="kind", activations=("tanh",))
    found = opened(tmp_path / "net.pt", options)
    trainer = Trainer.from_script(found.script)
    wanted = torch.sigmoid(module.eval()(torch.from_numpy(samples))).detach().numpy()
    assert np.abs(trainer.predict(samples) - wanted).max() < 1e-12
    assert trainer.dataset.classes == ("no", "yes") and trainer.tape.loss == "bce"
    assert [layer.activation for layer in trainer.spec.network.layers] == ["tanh", "prelu"]
    assert any("only model_state_dict is taken; not epoch" in note for note in found.notes)


def test_arrays_and_data_sets_do_as_well(tmp_path: Path, module: nn.Module, samples: np.ndarray) -> None:
    torch.save(module.state_dict(), tmp_path / "net.pt")
    np.savez(tmp_path / "points.npz", x=samples, y=samples[:, :1] * 2.0)
    regression = opened(tmp_path / "net.pt", Options(data=str(tmp_path / "points.npz"), activations=("relu",), lr=0.5))
    assert regression.script.spec.task == "regression" and regression.script.spec.optimizer.lr == 0.5
    assert opened(tmp_path / "net.pt", Options(data="moons", activations=("relu",))).script.spec.batch_size == 10


@pytest.mark.parametrize("standardize", [False, True])
def test_a_model_that_was_taken_along_comes_back(tmp_path: Path, standardize: bool, samples: np.ndarray) -> None:
    layers = [{"units": 5, "activation": "prelu", "norm": "layer"}, {"units": 5, "skip": 1}, {"units": 3, "norm": "batch"}]
    spec = {"data": {"name": "moons", "standardize": standardize}, "network": {"layers": [*layers, {"units": 4, "skip": 2}]}}
    trainer = Trainer(RunSpec.model_validate(spec))
    trainer.step(30)
    (tmp_path / "model.json").write_text(export.model(trainer))
    rows = "\n".join(f"{a},{b},{int(a > 0)}" for a, b in samples.tolist())
    (tmp_path / "points.csv").write_text(rows)
    other = Trainer.from_script(opened(tmp_path / "model.json", Options(data=str(tmp_path / "points.csv"))).script)
    mean, scale = np.zeros(2), np.ones(2)
    if standardize:
        scaling = json.loads(export.model(trainer))["scaling"]
        mean, scale = np.array(scaling["mean"]), np.array(scaling["scale"])
    assert np.abs(other.predict((samples - mean) / scale) - trainer.predict(samples)).max() < 1e-12


def test_a_script_needs_nothing_else(tmp_path: Path) -> None:
    trainer = Trainer(RunSpec.model_validate({"data": {"name": "xor"}}))
    trainer.step(12)
    (tmp_path / "script.json").write_text(json.dumps(trainer.as_script()))
    script = opened(tmp_path / "script.json", Options()).script
    assert np.array_equal(Trainer.from_script(script).machine.theta, trainer.machine.theta)


class Hostile:
    """What a pickle may do when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    torch.save({"0.weight": Hostile(tmp_path / "run")}, tmp_path / "archive.pt")
    (tmp_path / "pickle.pt").write_bytes(pickle.dumps(Hostile(tmp_path / "run")))
    np.savez(tmp_path / "points.npz", x=np.array([Hostile(tmp_path / "run")], dtype=object), y=np.zeros(1))
    torch.save(nn.Linear(2, 1).state_dict(), tmp_path / "net.pt")
    for name, words in (("archive.pt", "it holds more than tensors, or is damaged"), ("pickle.pt", "no archive of PyTorch's")):
        with pytest.raises(UnsupportedError, match=words):
            opened(tmp_path / name, Options(data="moons"))
    with pytest.raises(UnsupportedError, match=r"points.npz: it cannot be read"):
        opened(tmp_path / "net.pt", Options(data=str(tmp_path / "points.npz")))
    assert not (tmp_path / "run").exists()
    torch.load(tmp_path / "archive.pt", weights_only=False)
    assert (tmp_path / "run").exists(), "they are hostile indeed"


def test_a_few_bytes_that_say_they_are_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"0.weight": torch.zeros(1).expand(100_000, 100_000)}, tmp_path / "wide.pt")
    with pytest.raises(UnsupportedError, match=r"0.weight: a tensor of 10,000,000,000 numbers; allowed: at most 1,048,576"):
        opened(tmp_path / "wide.pt", Options())
    torch.save(nn.Linear(2, 1).state_dict(), tmp_path / "net.pt")
    np.savez_compressed(tmp_path / "bomb.npz", x=np.zeros((20_000, 2)), y=np.zeros(20_000))
    monkeypatch.setattr("engine.importing.table.MOST_BYTES", 20_000)
    with pytest.raises(UnsupportedError, match=r"it unfolds to 48\d,\d+ bytes; allowed: at most 20,000"):
        opened(tmp_path / "net.pt", Options(data=str(tmp_path / "bomb.npz")))
    monkeypatch.setattr("engine.importing.table.MOST_BYTES", 500)
    with pytest.raises(UnsupportedError, match=r"net.pt: [\d,]+ bytes; allowed: at most 500"):
        opened(tmp_path / "net.pt", Options())


NEEDS: dict[str, tuple[Options, str]] = {
    "data": (Options(activations=("tanh",)), r"--data: the file holds weights and no data.*moons.*FILE.csv with 2 columns"),
    "activation": (Options(data="moons"), "--activation: a state dict does not say what stands between its 3 Linear layers"),
    "one each": (
        Options(data="moons", activations=("tanh",) * 3),
        "--activation: 3 for 2 hidden layers; allowed: one of all, or 2",
    ),
    "a known one": (Options(data="moons", activations=("mish",)), "--activation: 'mish'; allowed: tanh, relu"),
    "other inputs": (
        Options(data="iris", activations=("tanh",)),
        "--data: iris has 4 inputs and 3 outputs; allowed: 2 inputs and 1",
    ),
    "a file": (Options(data="nothing", activations=("tanh",)), "--data: 'nothing' is neither a data set nor a file of samples"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_what_a_state_dict_needs_besides_is_said(name: str, tmp_path: Path, module: nn.Module) -> None:
    torch.save(module.state_dict(), tmp_path / "net.pt")
    options, words = NEEDS[name]
    with pytest.raises(UnsupportedError, match=words):
        opened(tmp_path / "net.pt", options)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (nn.Conv2d(1, 2, 3), r"the file: a module with weight \(2, 1, 3, 3\), bias \(2,\); allowed: Linear, BatchNorm1d"),
        (nn.LSTM(2, 2), r"the file: a module with weight_ih_l0 \(8, 2\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 1)), "1: Linear takes 3 values, and 2 come from below"),
    ],
)
def test_a_state_dict_of_other_layers_is_refused_by_name(made: nn.Module, words: str, tmp_path: Path) -> None:
    torch.save(made.state_dict(), tmp_path / "net.pt")
    with pytest.raises(UnsupportedError, match=words):
        opened(tmp_path / "net.pt", Options(data="moons", activations=("tanh",)))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("net.py", "print(1)", "Python is not run from a file"),
        ("net.onnx", "", "a file that ends in '.onnx'; allowed: .pt"),
        ("net.json", "{", "no JSON"),
        ("net.json", "[]", "neither a model nor a script"),
        ("net.json", '{"model": "chainrule", "version": 2}', "version: Input should be less than or equal to 1"),
        ("net.json", "[" * 100_000, "no JSON"),
        ("net.pt", "PK", "it is no archive of PyTorch's"),
    ],
)
def test_what_is_no_network_is_said_to_be_none(name: str, text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnsupportedError, match=words):
        opened(tmp_path / name, Options())
    with pytest.raises(UnsupportedError, match="there is no such file"):
        opened(tmp_path / "nothing.pt", Options())
