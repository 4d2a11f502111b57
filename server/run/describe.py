"""A trainer in the protocol's words: what stays the same during a run, its script, why it stopped."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from server.protocol.run_events import BranchInfo, EditInfo, LayerInfo, OffenceInfo, RunInfo, ScriptInfo, Stop

if TYPE_CHECKING:
    from engine import Trainer
    from engine.script.edits import AnyEdit

SPLITS = ("train", "validation", "test")
OWN_DATA = frozenset(f"{split}_{part}" for split in SPLITS for part in "xy")
"""The fields of a spec's ``data`` that hold samples of one's own."""


def run_info(trainer: Trainer, run: int) -> RunInfo:
    """In a worker: own data may be megabytes."""
    dataset, tape = trainer.dataset, trainer.tape
    info = RunInfo(
        run=run,
        spec=trainer.spec.as_plain(),
        task=dataset.task,
        kind=dataset.kind,
        columns=list(dataset.columns),
        inputs=list(dataset.inputs),
        outputs=list(dataset.outputs),
        classes=list(dataset.classes or ()),
        image_shape=dataset.image_shape,
        domain=[(float(low), float(high)) for low, high in dataset.domain or ()],
        layers=[
            LayerInfo(layer=index, units=units, activation=activation)
            for index, (units, activation) in enumerate(zip(tape.sizes[1:], tape.activations, strict=True), start=1)
        ],
        output_activation=tape.activations[-1],
        loss=tape.loss,
        parameter_count=tape.parameter_count,
        samples={name: len(dataset.splits[name].x) if name in dataset.splits else 0 for name in SPLITS},
        note=dataset.note,
        data_digest=_digest(trainer),
    )
    return info if info.data_digest is None else info.write()


def _digest(trainer: Trainer) -> str | None:
    """Of the samples that the spec itself holds; None where the data come from a row of the catalog."""
    from engine.array import pieces
    from engine.spec.rows import array_of  # here, so that the server answers before the engine is imported

    if trainer.spec.data.name != "inline":
        return None
    found = hashlib.sha256()
    for name in sorted(OWN_DATA):
        given = getattr(trainer.spec.data, name)
        values = array_of(given or ()).astype("<f8", copy=False)
        found.update(f"{name}{values.shape}".encode())
        flat = values.reshape(-1)
        for piece in pieces(flat.size):
            found.update(flat[piece].data)
    return found.hexdigest()


class EditInfos:
    """The edits of a run as they are told, each made once and in a worker: there may be a thousand."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[AnyEdit, EditInfo]] = {}

    def learn(self, trainer: Trainer) -> None:
        """In a worker, after any were made."""
        for edit in trainer.edits:
            self.of(edit)

    def of(self, edit: AnyEdit) -> EditInfo:
        known = self._known.get(id(edit))
        if known is None:  # an edit that is known is held here: no other has its address
            known = edit, EditInfo(step=edit.step, label=edit.describe(), edit=_told(edit))
            self._known[id(edit)] = known
        return known[1]


def _told(edit: AnyEdit) -> dict[str, Any]:
    """As pages have it: of a large network that was loaded not its numbers, which are in the channels."""
    from engine.script.edits import LoadEdit

    return (edit.told if isinstance(edit, LoadEdit) else edit).model_dump(mode="json")


def script_info(trainer: Trainer, run: RunInfo, edits: EditInfos) -> ScriptInfo:
    return ScriptInfo(
        run=run.run,
        branch=trainer.branch,
        edits=[edits.of(edit) for edit in trainer.edits],
        branches=[
            BranchInfo(branch=branch.index, parent=branch.parent, fork=branch.fork, end=branch.end)
            for branch in trainer.branches
        ],
        can_undo=trainer.can_undo,
        can_redo=trainer.can_redo,
        spec=trainer.effective_spec.model_dump(mode="json", exclude={"data": set(OWN_DATA)}),
        data_digest=run.data_digest,
    )


def stop(trainer: Trainer) -> Stop | None:
    found = trainer.stopped
    if found is None:
        return None
    at = found.first_nonfinite
    offence = None
    if at is not None:
        parts = ("update", "op", "tensor", "layer", "unit", "sample", "count")
        offence = OffenceInfo(**{part: getattr(at, part) for part in parts}, entry=list(at.entry), value=_special(at.value))
    return Stop(
        kind=found.kind,
        step=found.step,
        op=found.op,
        best=found.best,
        message=found.message,
        detail=found.detail,
        offence=offence,
    )


def _special(value: float) -> str:
    """As the wire writes it; a NaN would make every state differ from the one before."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
