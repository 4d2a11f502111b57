"""From the error signal at the output to every gradient, in NumPy."""

from __future__ import annotations

from engine.kernels.ops.norms import EPS
from engine.microscope.code.numpy_forward import Written
from engine.microscope.code.statements import Statement, factor
from engine.microscope.code.subject import Subject
from engine.microscope.steps import Step

MEAN = "mean(axis=1, keepdims=True)"


def output_delta(s: Subject, step: Step) -> Written:
    h, y, z = (value.name for value in step.operands[:3])
    delta, g = step.results[0].name, f"g{step.layer}"
    if s.matched:
        return [f"{delta} = {h} - {y}"]
    code = s.loss.numpy
    slope = code.slope.format(h=h, y=y) if code else f"{s.loss.name}_slope({h}, {y})"
    return [f"{g} = {slope}  # how each loss changes with {h}", f"{delta} = {_through(s, step.layer, g, z, h)}"]


def _through(s: Subject, layer: int, g: str, z: str, h: str) -> str:
    """The error signal g, once through the activation h = φ(z) of a layer."""
    row = s.activation(layer)
    if row.numpy is None:
        return f"{g} * {row.name}_slope({z})"
    if row.numpy.back:
        return row.numpy.back.format(g=g, z=z, h=h)
    slope = row.numpy.slope.format(z=z, h=h, layer=layer)
    return g if slope == "1" else f"{g} * {factor(slope)}"


def delta(s: Subject, step: Step) -> Written:
    """Of the activation or, where the layer has one, of its norm."""
    if step.operands[1].name.startswith("xhat"):
        return _back_norm(s, step)
    own = s.layer(step.layer)
    h = f"a{step.layer}" if own and (own.dropout or own.skip) else f"h{step.layer}"
    g, _, z = (value.name for value in step.operands)
    return [f"{step.results[0].name} = {_through(s, step.layer, g, z, h)}"]


def _back_norm(s: Subject, step: Step) -> Written:
    before, xhat, var, gamma = (value.name for value in step.operands)
    out, layer = step.results[0].name, step.layer
    spread = f"np.sqrt({var} + {EPS!r})"
    if s.tape.norms[layer - 1] == "batch":
        return [f"{out} = {gamma} / {spread} * ({before} - dbeta{layer} - {xhat} * dgamma{layer})"]
    return [
        f"v = {gamma} * {before}",
        f"{out} = (v - v.mean(axis=0) - {xhat} * (v * {xhat}).mean(axis=0)) / {spread}",
    ]


def sample_gradients(s: Subject, step: Step) -> Written:
    signal, source = (value.name for value in step.operands)
    name = step.results[0].name
    return [f"{name} = np.outer({signal}[:, i], {source}[:, i])  # of sample i alone"]


def mean_gradient(s: Subject, step: Step) -> Written:
    name = step.results[0].name
    read = [value.name for value in step.operands]
    if name.startswith(("dW", "dP")):
        return [f"{name} = {read[0]} @ {read[1]}.T / B"]
    if name.startswith("dalpha"):
        return [f"{name} = ({read[0]} * np.minimum({read[1]}, 0)).{MEAN}"]
    product = f"({read[0]} * {read[1]})" if len(read) > 1 else read[0]
    return [f"{name} = {product}.{MEAN}"]


def back_product(s: Subject, step: Step) -> Written:
    w, signal = (value.name for value in step.operands)
    return [f"{step.results[0].name} = {w}.T @ {signal}"]


def back_skip(s: Subject, step: Step) -> Written:
    before, above, *matrix = (value.name for value in step.operands)
    kept = f"kept{step.layer}" if s.dropped_before_skip(step.layer) else above
    along = f"{matrix[0]}.T @ {kept}" if matrix else kept
    return [Statement(f"{step.results[0].name} = {before} + {along}", {kept: above})]


def back_dropout(s: Subject, step: Step) -> Written:
    mask, g = (value.name for value in step.operands)
    kept = [Statement(f"kept{step.layer} = {g}  # for the skip, which dropout is not on")]
    return [*(kept if s.dropped_before_skip(step.layer) else []), f"{step.results[0].name} = {mask} * {g}"]


def penalty(s: Subject, step: Step) -> Written:
    gradient, weights = (value.name for value in step.operands)
    return [f"{gradient} = {gradient}{penalties(s, weights, 'np')}"]


def penalties(s: Subject, weights: str, library: str) -> str:
    """What penalties add to a gradient."""
    l1, l2 = s.spec.regularization.l1, s.spec.regularization.l2
    return (f" + {l2!r} * {weights}" if l2 else "") + (f" + {l1!r} * {library}.sign({weights})" if l1 else "")
