"""How large a run is, held against the server's limits: first what can be read from what was sent, before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from server.settings import Settings
from server.wire.limits import beyond

if TYPE_CHECKING:
    from engine import RunSpec, Trainer

SPLITS = ("train_x", "validation_x", "test_x")
NUMBER = 8
"""Bytes of one."""
VECTORS, COPIES, ALWAYS = 12, 3, 500_000
"""What a run holds, whatever it does: vectors as long as its parameters, its data so many times, and bytes besides."""


class Size(NamedTuple):
    """Something counted, the limit it is under and the field that holds it."""

    limit: str
    found: int
    field: str
    words: str


def check_given(spec: Mapping[str, Any] | RunSpec, settings: Settings, prefix: str = "spec") -> None:
    """What a spec says of its sizes, checked or not; raises `CommandError`. What is no number is the engine's to refuse."""
    for size in _given(spec, prefix):
        most = getattr(settings, size.limit)
        if size.found > most:
            raise beyond(size.limit, f"{size.field}: {size.words.format(size.found)}", size.field, f"at most {most}")


def check_built(spec: RunSpec, settings: Settings, lanes: int = 1, prefix: str = "spec") -> None:
    """What follows from a checked spec: its parameters, its work, and the room that it takes, of one run or so many lanes."""
    from engine.machine.layout import tensor_slots

    widths = widths_of(spec)
    count = sum(place.size for place in tensor_slots(widths, spec.network.layers))
    layers = f"{prefix}.network.layers"
    if count * lanes > settings.max_parameters:
        words = f"{layers}: {count:,} parameters are more than this server allows"
        raise beyond("max_parameters", words, layers, f"at most {settings.max_parameters // lanes} parameters")
    rows = _rows(spec)
    if count * rows > settings.max_work:
        words = f"{layers}: {count:,} parameters are too many for {rows:,} samples"
        raise beyond("max_work", words, layers, f"at most {settings.max_work // rows} parameters, or fewer samples")
    _check_room(spec, settings, f"{prefix}.batch_size", lanes)


def memory_of(spec: RunSpec) -> int:
    """Bytes that a run of a checked spec takes, about: vectors as long as its parameters (its own, its gradient, an optimizer's
    state, those of what evaluates it: ten and a half measured with Adam), what its layers hold of a mini-batch, its data."""
    from engine.machine.layout import layout_of, tensor_slots

    widths = widths_of(spec)
    count = sum(place.size for place in tensor_slots(widths, spec.network.layers))
    batch = layout_of(widths, spec.network.layers, _batch(spec)).size
    data = _rows(spec) * (widths[0] + widths[-1])
    return ALWAYS + NUMBER * (VECTORS * count + batch + batch // 4 + COPIES * data)


def check_batch(spec: RunSpec, batch: Any, settings: Settings, field: str, lanes: int = 1) -> None:
    """Another batch size for a run that is there."""
    if _whole(batch) and batch > settings.max_batch:
        words = f"{field}: a batch of {batch} is too large for this server"
        raise beyond("max_batch", words, field, f"at most {settings.max_batch}")
    if batch == "full" or (_whole(batch) and batch > 0):
        _check_room(spec.model_copy(update={"batch_size": batch}), settings, field, lanes)


def _check_room(spec: RunSpec, settings: Settings, field: str, lanes: int) -> None:
    """What the layers hold of a mini-batch."""
    from engine.machine.layout import layout_of

    widths = widths_of(spec)
    one, two = (layout_of(widths, spec.network.layers, columns).size for columns in (1, 2))
    a_sample = NUMBER * (two - one) * lanes
    batch = _batch(spec)
    if batch * a_sample > settings.max_workspace_bytes:
        words = f"{field}: {batch:,} samples at a time take more room in these layers than this server gives"
        most = settings.max_workspace_bytes // a_sample
        raise beyond("max_workspace_bytes", words, field, f"at most {most}" if most else "smaller layers")


def check_passes(trainer: Trainer, entries: int, settings: Settings) -> None:
    """Finite differences of so many entries, made in one go: each takes two passes over the mini-batch."""
    batch = _batch(trainer.effective_spec)
    most = settings.max_work // max(1, 2 * trainer.tape.parameter_count * batch)
    if entries > max(1, most):
        words = f"entries: {entries} are too many to check at once in a network and a batch of this size"
        raise beyond("max_work", words, "entries", f"at most {max(1, most)}")


def check_race(spec: Any, settings: Settings, field: str = "spec") -> None:
    """What a race says of its sizes, on a surface (its spec as it was sent, or some fields of it) or on a network."""
    steps, lanes = _part(spec, "max_steps"), _part(spec, "lanes")
    dotted = f"{field}." if field else ""
    if _whole(steps) and steps > settings.max_race_steps:
        words = f"{dotted}max_steps: a race of {steps} steps is too long for this server"
        raise beyond("max_race_steps", words, f"{dotted}max_steps", f"at most {settings.max_race_steps}")
    if isinstance(lanes, list | tuple):
        if len(lanes) > settings.max_lanes:
            words = f"{dotted}lanes: {len(lanes)} lanes are too many for this server"
            raise beyond("max_lanes", words, f"{dotted}lanes", f"up to {settings.max_lanes}")
        check_retunes(lanes, settings, f"{dotted}lanes")


def check_retunes(lanes: Sequence[Any], settings: Settings, field: str, more: int = 0) -> None:
    """What was changed on the way, of all lanes together; `more` are about to be."""
    count = more + sum(len(found) for lane in lanes if isinstance(found := _part(lane, "retunes"), list | tuple))
    if count > settings.max_history:
        words = f"{field}: the lanes have been changed {settings.max_history} times, as often as this server keeps"
        raise beyond("max_history", words, field, f"at most {settings.max_history} changes of all lanes")


def _given(spec: Mapping[str, Any] | RunSpec, prefix: str) -> Iterator[Size]:
    data, network = _part(spec, "data"), _part(spec, "network")
    samples = _part(data, "samples")
    if _part(data, "name") != "inline" and _whole(samples):
        yield Size("max_samples", samples, f"{prefix}.data.samples", "{} samples are too many for this server")
    own = {name: len(rows) for name in SPLITS if isinstance(rows := _part(data, name), list | tuple)}
    if own:
        most = max(own, key=lambda name: own[name])
        yield Size("max_samples", sum(own.values()), f"{prefix}.data.{most}", "{} samples are too many for this server")
    layers = _part(network, "layers")
    if isinstance(layers, list | tuple):
        yield Size("max_layers", len(layers), f"{prefix}.network.layers", "{} layers are too many for this server")
        for index, layer in enumerate(layers):
            units = _part(layer, "units")
            if _whole(units):
                field = f"{prefix}.network.layers.{index}.units"
                yield Size("max_units", units, field, "a layer of {} units is too wide for this server")
    batch = _part(spec, "batch_size")
    if _whole(batch):
        yield Size("max_batch", batch, f"{prefix}.batch_size", "a batch of {} is too large for this server")


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, Mapping) else getattr(whole, name, None)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def widths_of(spec: RunSpec) -> tuple[int, ...]:
    """Of all layers, from the inputs to the outputs."""
    return (_inputs(spec), *(layer.units for layer in spec.network.layers), _outputs(spec))


def _inputs(spec: RunSpec) -> int:
    from engine.spec.inline import InlineData

    data = spec.data
    if data.features:
        return len(data.features)
    if isinstance(data, InlineData):
        return len(data.train_x[0])
    return 1 if data.row.load is None else data.row.load()[0].shape[1]


def _outputs(spec: RunSpec) -> int:
    from engine.spec.inline import InlineData

    if spec.task == "classification":
        return 1 if spec.one_output else spec.class_count
    first = spec.data.train_y[0] if isinstance(spec.data, InlineData) else 0.0
    return len(first) if isinstance(first, tuple) else 1


def _batch(spec: RunSpec) -> int:
    rows = spec.data.train_rows
    return rows if spec.batch_size == "full" else min(spec.batch_size, rows)


def _rows(spec: RunSpec) -> int:
    from engine.spec.inline import InlineData

    if isinstance(spec.data, InlineData):
        return sum(len(getattr(spec.data, name) or ()) for name in SPLITS)
    return spec.data.count
