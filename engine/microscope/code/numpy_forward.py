"""From the samples to their mean loss, in NumPy. A sample is a column, and so is what there is one of for each unit."""

from __future__ import annotations

from engine.kernels.ops.norms import EPS
from engine.microscope.code.statements import Statement
from engine.microscope.code.subject import Subject
from engine.microscope.steps import Step

Written = list[Statement | str]


def mini_batch(s: Subject, step: Step) -> Written:
    drawn = "in the order drawn for this epoch" if s.spec.shuffle else "in the order of the data"
    return [f"h0, y = X[:, batch], Y[:, batch]  # batch: the samples of this update, {drawn}", "B = h0.shape[1]"]


def augmentation(s: Subject, step: Step) -> Written:
    if s.spec.regularization.jitter:
        return [f"h0 = h0 + noise  # noise: drawn anew, normal with standard deviation {s.spec.regularization.jitter!r}"]
    return [f"h0 = moved  # moved: each picture of h0, drawn anew up to {s.spec.regularization.shift} pixels aside"]


def affine(s: Subject, step: Step) -> Written:
    w, h, b = (value.name for value in step.operands)
    return [f"{step.results[0].name} = {w} @ {h} + {b}"]


def _over(s: Subject, layer: int) -> str:
    """What the norm's mean and variance are taken over, as arguments of NumPy."""
    return f"axis={1 if s.tape.norms[layer - 1] == 'batch' else 0}, keepdims=True"


def norm_statistics(s: Subject, step: Step) -> Written:
    mean, var = (value.name for value in step.results)
    z, over = step.operands[0].name, _over(s, step.layer)
    return [f"{mean} = {z}.mean({over})", f"{var} = {z}.var({over})"]


def norm(s: Subject, step: Step) -> Written:
    z, mean, var = (value.name for value in step.operands)
    return [f"{step.results[0].name} = ({z} - {mean}) / np.sqrt({var} + {EPS!r})"]


def norm_scale(s: Subject, step: Step) -> Written:
    gamma, xhat, beta = (value.name for value in step.operands)
    return [f"{step.results[0].name} = {gamma} * {xhat} + {beta}"]


def activation(s: Subject, step: Step) -> Written:
    z, out = step.operands[0].name, step.results[0].name
    row = s.activation(step.layer)
    found = row.numpy.value.format(z=z, layer=step.layer) if row.numpy else f"{row.name}({z})"
    return [f"{out} = {found}"]


def dropout(s: Subject, step: Step) -> Written:
    out, mask = (value.name for value in step.results)
    own = s.layer(step.layer)
    share = own.dropout if own else 0.0
    words = f"{mask}: drawn anew, 0 with probability {share!r}, else 1/(1 − {share!r})"
    return [f"{out} = {mask} * {step.operands[1].name}  # {words}"]


def skip(s: Subject, step: Step) -> Written:
    own, source, *matrix = (value.name for value in step.operands)
    return [f"{step.results[0].name} = {own} + {f'{matrix[0]} @ {source}' if matrix else source}"]


def losses(s: Subject, step: Step) -> Written:
    h, y, z = (value.name for value in step.operands)
    code, out = s.loss.numpy, step.results[0].name
    if code is None:
        return [f"{out} = {s.loss.name}({h}, {y})"]
    form = code.value if s.naive else code.from_logits.get(s.output, code.value)
    why = "" if form is code.value else f"  # by {z}, where the logarithm of {h} loses digits"
    return [f"{out} = {form.format(h=h, y=y, z=z)}{why}"]


def mean_loss(s: Subject, step: Step) -> Written:
    return ["loss = losses.mean()"]
