"""What each command does to a session. A handler returns True when the command is answered later, when its work ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from server.errors import CommandError
from server.protocol import (
    AnyCommand,
    Configure,
    Done,
    EditCommand,
    Pause,
    Play,
    Reset,
    Seek,
    SetSpeed,
    Step,
    Subscribe,
)
from server.settings import Settings
from server.viewer import Viewer
from server.work import Play as Playing
from server.work import Seeking, Stepping

if TYPE_CHECKING:
    from engine import RunSpec, Trainer
    from server.session import Session

INTERRUPTING = (Pause, Seek, Configure, Reset)
"""Commands that need not wait for a seek or a number of steps under way."""


def build(spec: dict[str, Any] | RunSpec, settings: Settings) -> Trainer:
    """In a worker: a trainer, within the server's limits."""
    from engine import RunSpec, Trainer  # here, so that the server answers before the engine is imported

    checked = RunSpec.model_validate(spec) if isinstance(spec, dict) else spec
    widths = [layer.units for layer in checked.network.layers]
    if sum(a * b for a, b in pairwise(widths)) > settings.max_parameters:
        raise _too_many(settings)
    if isinstance(checked.batch_size, int) and checked.batch_size > settings.max_batch:
        allowed = f"at most {settings.max_batch}"
        raise CommandError("limit", "The batch is too large for this server", "spec.batch_size", allowed)
    trainer = Trainer(checked)
    if trainer.tape.parameter_count > settings.max_parameters:
        raise _too_many(settings)
    return trainer


def _too_many(settings: Settings) -> CommandError:
    allowed = f"at most {settings.max_parameters} parameters"
    return CommandError("limit", "The network has more parameters than this server allows", "spec.network.layers", allowed)


def _trainer(session: Session) -> Trainer:
    if session.trainer is None:
        raise CommandError("no_run", "There is no run yet: configure one")
    return session.trainer


async def configure(session: Session, viewer: Viewer, command: Configure) -> None:
    session.adopt(await session.call(build, command.spec, session.settings))


async def reset(session: Session, viewer: Viewer, command: Reset) -> None:
    session.adopt(await session.call(build, _trainer(session).spec, session.settings))


async def play(session: Session, viewer: Viewer, command: Play) -> None:
    trainer = _trainer(session)
    if trainer.stopped is not None:
        raise CommandError("invalid", f"The run has stopped: {trainer.stopped.message}")
    if command.speed is not None:
        session.speed = command.speed
    session.end_work()
    session.work = Playing(trainer, session.speed)
    session.tell_state()


async def set_speed(session: Session, viewer: Viewer, command: SetSpeed) -> None:
    session.speed = command.speed
    if isinstance(session.work, Playing):
        session.work.pace(_trainer(session), session.speed, at_once=False)
    session.tell_state()


async def pause(session: Session, viewer: Viewer, command: Pause) -> None:
    session.end_work()


async def step(session: Session, viewer: Viewer, command: Step) -> bool:
    trainer = _trainer(session)
    if trainer.stopped is not None:
        raise CommandError("invalid", f"The run has stopped: {trainer.stopped.message}")
    session.end_work()
    session.work = Stepping(command.count, viewer, Done(id=command.id, command="step"))
    return True


async def seek(session: Session, viewer: Viewer, command: Seek) -> bool:
    trainer = _trainer(session)
    furthest = max(trainer.max_steps, trainer.end)  # an edit further on may have extended the run
    if command.step > furthest:
        allowed = f"0 to {furthest}"
        raise CommandError("invalid", "The run does not go as far as that", "step", allowed)
    session.end_work()
    session.work = Seeking(trainer, command.step, viewer, Done(id=command.id, command="seek"))
    return True


async def edit(session: Session, viewer: Viewer, command: EditCommand) -> None:
    trainer = _trainer(session)
    await session.call(trainer.edit, command.edit)
    if isinstance(session.work, Playing):
        session.work.pace(trainer, session.speed, at_once=False)  # an epoch may have another length now
    session.changed()


async def undo(session: Session, viewer: Viewer, command: AnyCommand) -> None:
    trainer = _trainer(session)
    if not trainer.can_undo:
        raise CommandError("invalid", "There is no edit to undo")
    session.end_work()
    await session.call(trainer.undo)
    session.changed()


async def redo(session: Session, viewer: Viewer, command: AnyCommand) -> None:
    trainer = _trainer(session)
    if not trainer.can_redo:
        raise CommandError("invalid", "There is no edit to redo")
    session.end_work()
    await session.call(trainer.redo)
    session.changed()


async def subscribe(session: Session, viewer: Viewer, command: Subscribe) -> None:
    viewer.subscribe(command.channels, command.grid)


HANDLERS: dict[str, Callable[[Session, Viewer, Any], Awaitable[bool | None]]] = {
    "configure": configure,
    "reset": reset,
    "play": play,
    "speed": set_speed,
    "pause": pause,
    "step": step,
    "seek": seek,
    "edit": edit,
    "undo": undo,
    "redo": redo,
    "subscribe": subscribe,
}
