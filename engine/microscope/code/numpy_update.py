"""The rate, what is done to the gradient, and the optimizer's update, in NumPy: by the very equations that Step shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.kernels.ops.norms import MOMENTUM
from engine.microscope.code.formulas import in_numpy, names_of
from engine.microscope.code.numpy_forward import Written
from engine.microscope.code.statements import Statement
from engine.microscope.code.subject import Subject
from engine.microscope.steps import Step
from engine.microscope.update_equations import own_parameters
from engine.optimizers.equations import UpdateEquations
from engine.optimizers.numpy_form import InNumPy
from engine.optimizers.row import SAVED

if TYPE_CHECKING:
    from engine.machine.layout import TensorSlot

WORD = re.compile(r"\b[A-Za-z]\w*\b")
CLIP_EPS = 1e-6
"""What PyTorch adds to the norm that it divides by."""


def rate_of(s: Subject) -> str:
    """The rate of this update as an expression, and in words where it moves."""
    schedule = s.spec.schedule
    still = schedule.name == "constant" and not schedule.warmup
    return f"{s.spec.optimizer.lr!r}" if still else f"schedule(k)  # {schedule.row.title}, after k updates"


# What comes before the network ------------------------------------------------------------------------------------------


def rate(s: Subject, step: Step) -> Written:
    optimizer = s.spec.optimizer
    counted = [pair for code in _codes(s) for pair in code.counted]
    counted = list(dict.fromkeys(counted))
    read = _read(s) | {name for _, text in counted for name in names_of(text)}
    called = _called(s)
    numbers = {_name(s, name): value for name, (_, value) in own_parameters(optimizer).items()}
    own = {called[name]: value for name, value in numbers.items() if name in read}
    own |= {"lr": optimizer.lr} if "lr" in read else {}
    lines: Written = [f"eta = {rate_of(s)}"]
    if own:
        lines.append(f"{', '.join(own)} = {', '.join(repr(value) for value in own.values())}")
    counts = [name for name in ("c1", "c2") if name in read]
    corrected = optimizer.row.correction is None or bool(optimizer.parameters.get(optimizer.row.correction))
    unknown = sorted(name for name in read & {"f1", "f2", "f3"} if name not in dict(counted))
    if "t" in read or unknown or (counts and corrected):
        lines.append("t = t + 1  # the number of this update")
    for name in counts:
        decay = called[optimizer.row.decays[int(name[1]) - 1]]
        lines.append(f"{name} = 1 - {decay}**t" if corrected else f"{name} = 1  # no bias correction")
    if unknown:
        lines.append(f"{', '.join(unknown)} = {optimizer.name}(t)  # what the update's number decides")
    return [*lines, *(f"{name} = {WORD.sub(lambda word: called.get(word[0], word[0]), text)}" for name, text in counted)]


def _called(s: Subject) -> dict[str, str]:
    """What the optimizer's parameters are called, by their names in equations: beta_1, since beta1 is the shift of a norm."""
    names = (_name(s, own) for own in own_parameters(s.spec.optimizer))
    return {name: re.sub(r"(\d)$", r"_\1", name) for name in names}


def _forms(s: Subject) -> Iterator[tuple[UpdateEquations | str, InNumPy]]:
    """Of matrices and of the rest, as far as the network has either."""
    for matrix in sorted({slot.matrix for slot in s.trained}, reverse=True):
        form = s.spec.optimizer.form.of(matrix)
        yield form.equations, form.numpy or InNumPy()


def _codes(s: Subject) -> list[InNumPy]:
    return [code for _, code in _forms(s)]


def _read(s: Subject) -> set[str]:
    """What the equations read."""
    return {
        name
        for equations, _ in _forms(s)
        if not isinstance(equations, str)
        for quantity in equations.quantities
        for name in names_of(quantity.textbook or quantity.formula)
    }


def _name(s: Subject, own: str) -> str:
    """What equations call a part of a parameter."""
    equations = next((each for each, _ in _forms(s) if not isinstance(each, str)), None)
    return own if equations is None else equations.in_formulas(own)


def look_ahead(s: Subject, step: Step) -> Written:
    found: Written = []
    for slot in s.tape.slots:
        ahead = f"{slot.name} - eta * beta * v_{slot.name}"
        held = f"np.where(frozen_{slot.name}, {slot.name}, {ahead})" if s.frozen(slot) else ahead
        reads = {f"v_{slot.name}": f"v.{slot.name}"}
        found.append(Statement(f"{SAVED}_{slot.name}, {slot.name} = {slot.name}, {held}", reads))
    return found


# What comes after the gradient ------------------------------------------------------------------------------------------


def clip(s: Subject, step: Step) -> Written:
    names = ", ".join(value.name for value in step.operands)
    most, limit = s.spec.clip.value, s.spec.clip.norm
    size = f"norm + {CLIP_EPS!r}" if s.spec.optimizer.dialect == "pytorch" else "norm"
    scaled = "g" if limit is None else f"g * min(1, {limit!r} / {f'({size})' if '+' in size else size})"
    bounded = scaled if most is None else f"np.clip({scaled}, {-most!r}, {most!r})"
    comma = "," if len(step.operands) == 1 else ""
    return [
        f"norm = np.sqrt(sum((g**2).sum() for g in ({names}{comma})))",
        f"{names}{comma} = ({bounded} for g in ({names}{comma}))",
    ]


def hold(s: Subject, step: Step) -> Written:
    name = step.results[0].name
    slot = next(slot for slot in s.tape.slots if f"d{slot.name}" == name)
    if slot.kind == "bias" and not s.spec.network.train_bias:
        return [f"{name} = np.zeros_like({name})  # held: its gradient is not followed"]
    return [f"{name} = np.where(frozen_{slot.name}, 0, {name})  # frozen entries: their gradient is not followed"]


def running_statistics(s: Subject, step: Step) -> Written:
    run_mean, run_var, mean, var = (value.name for value in step.operands)
    return [
        f"{run_mean} = {run_mean} + {MOMENTUM!r} * ({mean} - {run_mean})",
        f"{run_var} = {run_var} + {MOMENTUM!r} * (B / (B - 1) * {var} - {run_var})",
    ]


def update(s: Subject, step: Step) -> Written:
    """A parameter's update: each quantity a line, and state under one name before and after."""
    name = step.results[0].name
    slot = next(slot for slot in s.tape.slots if slot.name == name)
    form = s.spec.optimizer.form.of(slot.matrix)
    if isinstance(form.equations, str):
        return [f"{name} = {s.spec.optimizer.name}({name}, d{name})  # {form.equations}"]
    return list(_quantities(s, slot, form.equations, form.numpy or InNumPy(), form.state))


def _quantities(
    s: Subject, slot: TensorSlot, equations: UpdateEquations, code: InNumPy, state: tuple[str, ...]
) -> Iterator[Statement]:
    name = slot.name
    ahead = f"{SAVED}_{name}" if SAVED in state else name
    names = _called(s) | {"theta": ahead, "g": f"d{name}", "rows": f"{name}.shape[0]", "cols": f"{name}.shape[1]"}
    arrays = {ahead: name}
    for tensor in state:
        own = equations.in_formulas(tensor)
        if own != "theta":
            names[own] = f"{own}_{name}"
            arrays[names[own]] = f"{tensor}.{name}"
    names |= {own: in_numpy(text, names, {}) for own, text in code.made}
    texts = {each.name: each.textbook or each.formula for each in equations.quantities}
    late: list[Statement] = []
    written: dict[str, str] = {}
    for index, quantity in enumerate(equations.quantities):
        expression = in_numpy(texts[quantity.name], names, written)
        written[quantity.name] = texts[quantity.name]
        array = f"{quantity.name}.{name}"
        target = quantity.name
        if quantity.becomes == "theta":
            target, array = name, name
            expression = f"np.where(frozen_{name}, {ahead}, {expression})" if s.frozen(slot) else expression
        elif quantity.becomes:
            target = names[quantity.becomes]
            later = (texts[each.name] for each in equations.quantities[index + 1 :])
            if any(quantity.becomes in names_of(text) for text in later):
                late.append(Statement(f"{target} = {quantity.name}"))
                target = quantity.name
        yield Statement(f"{target} = {expression}", dict(arrays), {target: array})
        names[quantity.name] = target
        arrays[target] = array
    yield from late
