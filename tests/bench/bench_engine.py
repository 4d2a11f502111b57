"""How fast the engine is: updates a second, also against eager PyTorch where torch is installed; looking; seeking.

    python tests/bench/bench_engine.py [--seconds 1.0] [--rounds 5]

Float64, one thread, Adam, random data, batches shuffled and gathered anew every epoch, as in any run. With torch the
measurements take turns (ours, default Adam, fused Adam, ours, …) and medians are compared, so that a busy machine is unfair to
nobody. Ratios are of training alone; "recorded" is a run as it comes, which measures the whole training set after every epoch.
Nothing is asserted: a benchmark prints.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import RunSpec, Trainer, fingerprint, warm_up

try:
    import torch
except ImportError:
    torch = None

LR = 1e-3
NEVER = 1_000_000_000


@dataclass(frozen=True)
class Shape:
    sizes: tuple[int, ...]
    activation: str
    batch_size: int
    samples: int

    @property
    def title(self) -> str:
        return f"[{','.join(map(str, self.sizes))}] {self.activation}, batch {self.batch_size}"

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Random samples; a class label where there are several outputs, else a class 0/1."""
        random = np.random.default_rng(0)
        x = random.normal(size=(self.samples, self.sizes[0]))
        classes = max(self.sizes[-1], 2)
        return x, random.permutation(np.arange(self.samples) % classes)


SHAPES = (
    Shape((2, 4, 2, 1), "tanh", 10, 500),
    Shape((7, 8, 8, 8, 1), "tanh", 10, 500),
    Shape((64, 64, 32, 10), "relu", 32, 1797),
    Shape((784, 256, 128, 10), "relu", 128, 4096),
)


def trainer_of(shape: Shape, eval_every: int | str = "epoch") -> Trainer:
    x, y = shape.data()
    spec = {
        "data": {"name": "inline", "task": "classification", "train_x": x.tolist(), "train_y": y.tolist()},
        "network": {"layers": [{"units": units, "activation": shape.activation} for units in shape.sizes[1:-1]]},
        "optimizer": {"name": "adam", "lr": LR},
        "batch_size": shape.batch_size,
        "eval_every": eval_every,
        "stop": {"max_steps": 1_000_000_000},
    }
    return Trainer(RunSpec.model_validate(spec))


def torch_steps(shape: Shape, fused: bool) -> Callable[[int], None]:
    """The same training in eager PyTorch: a function that makes n updates."""
    x, y = (torch.from_numpy(array) for array in shape.data())
    modules: list = []
    for inputs, outputs in zip(shape.sizes, shape.sizes[1:], strict=False):
        modules += [
            torch.nn.Linear(inputs, outputs, dtype=torch.float64),
            torch.nn.Tanh() if shape.activation == "tanh" else torch.nn.ReLU(),
        ]
    model = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=fused)
    one = shape.sizes[-1] == 1
    loss_of = torch.nn.BCEWithLogitsLoss() if one else torch.nn.CrossEntropyLoss()
    target = y[:, None].double() if one else y
    batches = iter(())

    def steps(count: int) -> None:
        nonlocal batches
        for _ in range(count):
            chosen = next(batches, None)
            if chosen is None:
                batches = iter(torch.randperm(len(x)).split(shape.batch_size))
                chosen = next(batches)
            optimizer.zero_grad()
            loss_of(model(x[chosen]), target[chosen]).backward()
            optimizer.step()

    return steps


def rate(steps: Callable[[int], object], seconds: float) -> float:
    """Updates a second over about `seconds`, in calls of about a tenth of that."""
    count, taken = 1, 0.0
    while taken < seconds / 20:
        count *= 2
        begin = time.perf_counter()
        steps(count)
        taken = time.perf_counter() - begin
    done, begin = 0, time.perf_counter()
    while (taken := time.perf_counter() - begin) < seconds:
        steps(count)
        done += count
    return done / taken


def milliseconds(action: Callable[[], object], repeat: int = 20) -> tuple[float, float]:
    """Median and worst of some calls."""
    taken = []
    for _ in range(repeat):
        begin = time.perf_counter()
        action()
        taken.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(taken), max(taken)


def updates(seconds: float, rounds: int) -> None:
    versus = f"times torch {torch.__version__}: eager Adam, fused Adam" if torch else "(torch is not installed: no ratios)"
    print(f"{f'updates, medians of {rounds} rounds':<40}{'per second':>12}{'µs':>10}{'recorded, µs':>14}    {versus}")
    for shape in SHAPES:
        lanes: dict[str, Callable[[int], object]] = {"ours": trainer_of(shape, NEVER).step, "recorded": trainer_of(shape).step}
        if torch:
            lanes |= {"eager": torch_steps(shape, fused=False), "fused": torch_steps(shape, fused=True)}
        rates: dict[str, list[float]] = {name: [] for name in lanes}
        for _ in range(rounds):
            for name, steps in lanes.items():
                rates[name].append(rate(steps, seconds / rounds))
        each = {name: 1e6 / statistics.median(found) for name, found in rates.items()}
        line = f"{shape.title:<40}{1e6 / each['ours']:>12,.0f}{each['ours']:>10.2f}{each['recorded']:>14.2f}"
        for name in ("eager", "fused"):
            if name in each:
                line += f"    {each[name] / each['ours']:>6.1f} ({each[name]:,.0f} µs)"
        print(line, flush=True)


def looking() -> None:
    """One exact evaluation of the training set, and starting a run."""
    print(f"\n{'looking and starting, ms':<60}{'median':>10}{'worst':>10}")
    for shape in SHAPES:
        trainer = trainer_of(shape)
        trainer.step(10)
        median, worst = milliseconds(lambda trainer=trainer: trainer.evaluate("train"))
        print(f"{f'evaluate {shape.samples} samples, {shape.title}':<60}{median:>10.3f}{worst:>10.3f}", flush=True)
    median, worst = milliseconds(lambda: Trainer(RunSpec.model_validate({})))
    print(f"{'a new trainer, default spec':<60}{median:>10.3f}{worst:>10.3f}")
    trainer = Trainer(RunSpec.model_validate({"data": {"samples": 1000}, "network": {"layers": [{"units": 8}, {"units": 8}]}}))
    trainer.step(500)
    for what, look in (("findings", trainer.findings), ("rate finder", trainer.find_rate)):
        median, worst = milliseconds(look)
        print(f"{f'{what}, [2,8,8,1] on 500 samples':<60}{median:>10.3f}{worst:>10.3f}")


def seeking(reach: int = 1_000_000) -> None:
    """Seek to random steps of a run of a million updates of a small network."""
    layers = [{"units": 8, "activation": "tanh"}] * 2
    trainer = Trainer(RunSpec.model_validate({"network": {"layers": layers}}))
    begin = time.perf_counter()
    trainer.step(reach)
    taken = time.perf_counter() - begin
    print(f"\n[2,8,8,1] on the spiral, Adam: {reach:,} updates with their recorded series took {taken:.1f} s")
    random = np.random.default_rng(0)
    for title, within in (("anywhere in it", reach), ("in its first 10,000", 10_000)):
        targets = iter(random.integers(0, within, size=40).tolist())
        median, worst = milliseconds(lambda targets=targets: trainer.seek(next(targets)), 40)
        print(f"{f'seek, {title}, ms':<60}{median:>10.2f}{worst:>10.2f}", flush=True)
    trainer.seek(reach // 2)
    median, worst = milliseconds(lambda: trainer.seek(trainer.steps_done - 1), 40)
    print(f"{'one step back, ms':<60}{median:>10.2f}{worst:>10.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="for each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if torch:
        torch.set_num_threads(1)
    begin = time.perf_counter()
    warm_up()
    print(f"engine {fingerprint()}; kernels ready after {time.perf_counter() - begin:.1f} s\n")
    updates(given.seconds, given.rounds)
    looking()
    seeking()
