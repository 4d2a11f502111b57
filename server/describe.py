"""A trainer in the protocol's words: what stays the same during a run, its script, why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.protocol import BranchInfo, EditInfo, LayerInfo, RunInfo, ScriptInfo, Stop

if TYPE_CHECKING:
    from engine import Trainer

SPLITS = ("train", "validation", "test")


def run_info(trainer: Trainer, run: int) -> RunInfo:
    dataset, tape = trainer.dataset, trainer.tape
    return RunInfo(
        run=run,
        spec=trainer.spec.model_dump(mode="json"),
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
    )


def script_info(trainer: Trainer, run: int) -> ScriptInfo:
    return ScriptInfo(
        run=run,
        branch=trainer.branch,
        edits=[EditInfo(step=edit.step, label=edit.describe(), edit=edit.model_dump(mode="json")) for edit in trainer.edits],
        branches=[
            BranchInfo(branch=branch.index, parent=branch.parent, fork=branch.fork, end=branch.end)
            for branch in trainer.branches
        ],
        can_undo=trainer.can_undo,
        can_redo=trainer.can_redo,
        spec=trainer.effective_spec.model_dump(mode="json"),
    )


def stop(trainer: Trainer) -> Stop | None:
    found = trainer.stopped
    return (
        None if found is None else Stop(kind=found.kind, step=found.step, op=found.op, best=found.best, message=found.message)
    )
