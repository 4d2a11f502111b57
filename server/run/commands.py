"""What each command does to a run. A handler returns what was asked for, or True when the command is answered later, when its
work ends."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from server.protocol import Command, Done, name_of
from server.protocol.run import (
    Cancel,
    CheckGradient,
    Compare,
    Configure,
    EditCommand,
    Export,
    FindRate,
    Keep,
    Load,
    Pause,
    Play,
    Predict,
    Redo,
    Replay,
    Reset,
    Seek,
    SetSpeed,
    Share,
    Sketch,
    Step,
    Undo,
)
from server.run import questions, sharing
from server.run.controller import FLICKER, RunController
from server.run.describe import EditInfos
from server.run.trials import Checking, Finding, Recording, Trying
from server.run.work import Play as Playing
from server.run.work import Stepper, Steps
from server.session import clock
from server.session.activity import Handler
from server.session.scheduler import Left
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond
from server.wire.sizes import check_batch

if TYPE_CHECKING:
    from engine import Trainer

SOME = 64
"""Updates between two looks at the time."""


async def configure(run: RunController, viewer: Viewer, command: Configure) -> None:
    await run.renew(command.spec)


async def reset(run: RunController, viewer: Viewer, command: Reset) -> None:
    await run.renew(run.present().spec)


async def play(run: RunController, viewer: Viewer, command: Play) -> None:
    trainer = run.present()
    if trainer.stopped is not None:
        raise CommandError("invalid", f"The run has stopped: {trainer.stopped.message}")
    if command.speed is not None:
        run.speed = command.speed
    run.end_work()
    run.play()
    run.tell()


async def set_speed(run: RunController, viewer: Viewer, command: SetSpeed) -> None:
    run.speed = command.speed
    if isinstance(run.work, Playing):
        run.work.pace(run.speed, at_once=False)
    run.tell()


async def pause(run: RunController, viewer: Viewer, command: Pause) -> None:
    run.end_work()


async def step(run: RunController, viewer: Viewer, command: Step) -> bool:
    trainer = run.present()
    if trainer.stopped is not None:
        raise CommandError("invalid", f"The run has stopped: {trainer.stopped.message}")
    run.end_work()
    run.work = Steps(Stepper(trainer), command.count, viewer, Done(id=command.id, command="step"))
    return True


async def seek(run: RunController, viewer: Viewer, command: Seek) -> bool:
    trainer = run.present()
    furthest = max(trainer.max_steps, trainer.end)  # an edit further on may have extended the run
    if command.step > furthest:
        allowed = f"0 to {furthest}"
        raise CommandError("invalid", "The run does not go as far as that", "step", allowed)
    run.end_work()
    run.work = clock.Seek(Stepper(trainer), command.step, viewer, Done(id=command.id, command="seek"))
    return True


async def edit(run: RunController, viewer: Viewer, command: EditCommand) -> bool:
    trainer = run.present()
    if isinstance(run.work, Trying):
        run.end_work()
    target = await run.host.call(_edit, trainer, command.edit, run.host.settings)
    if isinstance(run.work, Playing):
        run.work.pace(run.speed, at_once=False)  # an epoch may have another length now
    return await _stand(run, trainer, target, viewer, command, onward=isinstance(run.work, Playing))


async def _stand(
    run: RunController, trainer: Trainer, target: int, viewer: Viewer, command: Command, *, onward: bool = False
) -> bool:
    """The script is another, and the run somewhere before the step where it is to stand: there at once, or by a seek."""
    there = False
    with contextlib.suppress(Left):
        there = await run.host.call(_soon, trainer, target, run.edit_infos)
    run.changed()
    if not there:
        answer = Done(id=command.id, command=name_of(command))
        run.work = clock.Seek(Stepper(trainer), target, viewer, answer, onward=onward)
        run.tell()
    return not there


def _soon(trainer: Trainer, target: int, edits: EditInfos) -> bool:
    """In a worker: on the way to a step for no longer than a seek takes that is not worth being told; whether it is there."""
    edits.learn(trainer)
    end = time.perf_counter() + FLICKER
    return all(time.perf_counter() < end for _ in Stepper(trainer).seeking(target, SOME))


def _edit(trainer: Trainer, edit: dict[str, Any], settings: Settings) -> int:
    """In a worker. Every edit may leave a branch behind, so their number is bounded; and a larger batch takes more room."""
    if len(trainer.branches) > settings.max_history:
        words = f"edit: {settings.max_history} edits have been made to this run; begin another one, or reset it"
        raise beyond("max_history", words, "edit", f"at most {settings.max_history} edits")
    if edit.get("kind") == "set" and edit.get("path") == "batch_size":
        check_batch(trainer.effective_spec, edit.get("value"), settings, "edit.value")
    return trainer.take_edit(edit)


async def undo(run: RunController, viewer: Viewer, command: Undo) -> bool:
    trainer = run.present()
    if not trainer.can_undo:
        raise CommandError("invalid", "There is no edit to undo")
    run.end_work()
    return await _stand(run, trainer, await run.host.call(trainer.take_undo), viewer, command)


async def redo(run: RunController, viewer: Viewer, command: Redo) -> bool:
    trainer = run.present()
    if not trainer.can_redo:
        raise CommandError("invalid", "There is no edit to redo")
    run.end_work()
    return await _stand(run, trainer, await run.host.call(trainer.take_redo), viewer, command)


async def find_rate(run: RunController, viewer: Viewer, command: FindRate) -> bool:
    trainer = run.present()
    if command.high <= command.low:
        allowed = f"above low, {command.low:g}, and at most 1e9"
        raise CommandError("invalid", "high: the rates rise from low to high", "high", allowed)
    run.end_work()
    async with run.host.room(run.weight):
        finder = await run.host.call(trainer.rate_finder, command.low, command.high, command.updates)
        rate = trainer.effective_spec.optimizer.lr
        run.work = Finding(finder, rate, viewer, command.id)
    return True


async def check_gradient(run: RunController, viewer: Viewer, command: CheckGradient) -> bool:
    trainer = run.present()
    run.end_work()
    async with run.host.room(run.weight):
        try:
            check = await run.host.call(trainer.gradient_checker, command.weights, command.samples)
        except ValueError as error:
            raise CommandError("invalid", f"The gradient cannot be checked here: {error}") from error
        run.work = Checking(check, viewer, command.id)
    return True


async def replay(run: RunController, viewer: Viewer, command: Replay) -> bool:
    from engine.export.replay.recording import RecordingError
    from engine.export.replay.run import RunRecorder

    trainer = run.present()
    run.end_work()
    last = trainer.steps_done if command.last is None else command.last
    async with run.host.room(run.weight):
        try:
            recorder = await run.host.call(RunRecorder, trainer, command.first, last, command.seconds)
        except RecordingError as error:
            raise CommandError("invalid", f"{error.field}: {error.message}", error.field, error.allowed) from error
        name = f"chainrule-{trainer.spec.data.name}-replay-{command.first}-to-{last}"
        run.work = Recording(recorder, name, command, viewer)
    return True


async def cancel(run: RunController, viewer: Viewer, command: Cancel) -> None:
    if isinstance(run.work, Trying):
        run.end_work()


HANDLERS: Mapping[type[Command], Handler] = {
    Configure: configure,
    Load: sharing.load,
    Play: play,
    SetSpeed: set_speed,
    Pause: pause,
    Step: step,
    Seek: seek,
    Reset: reset,
    EditCommand: edit,
    Undo: undo,
    Redo: redo,
    Share: sharing.share,
    Keep: sharing.keep,
    Export: sharing.export,
    Compare: sharing.compare,
    FindRate: find_rate,
    CheckGradient: check_gradient,
    Cancel: cancel,
    Predict: questions.predict,
    Sketch: questions.sketch,
    Replay: replay,
}
