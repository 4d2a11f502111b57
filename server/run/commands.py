"""What each command does to a session. A handler returns what was asked for, or True when the command is answered later, when
its work ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from server.microscope.handlers import HANDLERS as QUERIES
from server.microscope.place import look_at
from server.protocol import (
    AnyCommand,
    Cancel,
    CheckGradient,
    Configure,
    Done,
    EditCommand,
    FindRate,
    Load,
    Look,
    Pause,
    Play,
    Reset,
    Seek,
    SetSpeed,
    Step,
    Subscribe,
    Visible,
)
from server.race.network import commands as network
from server.race.surface import commands as race
from server.run import sharing
from server.run.building import build, trainer_of
from server.run.trials import Checking, Finding, Trying
from server.run.work import Play as Playing
from server.run.work import Seeking, Stepping
from server.session.frame_scheduler import point_of
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.limits import beyond
from server.wire.sizes import check_batch

if TYPE_CHECKING:
    from engine import Trainer
    from server.session.session import Session

INTERRUPTING = (Pause, Seek, Configure, Load, Reset)
"""Commands that need not wait for a seek or a number of steps under way."""


async def configure(session: Session, viewer: Viewer, command: Configure) -> None:
    await session.adopt(await session.call(build, command.spec, session.settings))


async def reset(session: Session, viewer: Viewer, command: Reset) -> None:
    await session.adopt(await session.call(build, trainer_of(session).spec, session.settings))


async def play(session: Session, viewer: Viewer, command: Play) -> None:
    trainer = trainer_of(session)
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
        session.work.pace(trainer_of(session), session.speed, at_once=False)
    session.tell_state()


async def pause(session: Session, viewer: Viewer, command: Pause) -> None:
    session.end_work()


async def step(session: Session, viewer: Viewer, command: Step) -> bool:
    trainer = trainer_of(session)
    if trainer.stopped is not None:
        raise CommandError("invalid", f"The run has stopped: {trainer.stopped.message}")
    session.end_work()
    session.work = Stepping(command.count, viewer, Done(id=command.id, command="step"))
    return True


async def seek(session: Session, viewer: Viewer, command: Seek) -> bool:
    trainer = trainer_of(session)
    furthest = max(trainer.max_steps, trainer.end)  # an edit further on may have extended the run
    if command.step > furthest:
        allowed = f"0 to {furthest}"
        raise CommandError("invalid", "The run does not go as far as that", "step", allowed)
    session.end_work()
    session.work = Seeking(trainer, command.step, viewer, Done(id=command.id, command="seek"))
    return True


async def edit(session: Session, viewer: Viewer, command: EditCommand) -> None:
    trainer = trainer_of(session)
    if isinstance(session.work, Trying):
        session.end_work()
    await session.call(_edit, trainer, command.edit, session.settings)
    if isinstance(session.work, Playing):
        session.work.pace(trainer, session.speed, at_once=False)  # an epoch may have another length now
    session.changed()


def _edit(trainer: Trainer, edit: dict[str, Any], settings: Settings) -> None:
    """In a worker. Every edit may leave a branch behind, so their number is bounded; and a larger batch takes more room."""
    if len(trainer.branches) > settings.max_history:
        words = f"edit: {settings.max_history} edits have been made to this run; begin another one, or reset it"
        raise beyond("max_history", words, "edit", f"at most {settings.max_history} edits")
    if edit.get("kind") == "set" and edit.get("path") == "batch_size":
        check_batch(trainer.effective_spec, edit.get("value"), settings, "edit.value")
    trainer.edit(edit)


async def undo(session: Session, viewer: Viewer, command: AnyCommand) -> None:
    trainer = trainer_of(session)
    if not trainer.can_undo:
        raise CommandError("invalid", "There is no edit to undo")
    session.end_work()
    await session.call(trainer.undo)
    session.changed()


async def redo(session: Session, viewer: Viewer, command: AnyCommand) -> None:
    trainer = trainer_of(session)
    if not trainer.can_redo:
        raise CommandError("invalid", "There is no edit to redo")
    session.end_work()
    await session.call(trainer.redo)
    session.changed()


async def find_rate(session: Session, viewer: Viewer, command: FindRate) -> bool:
    trainer = trainer_of(session)
    if command.high <= command.low:
        allowed = f"above low, {command.low:g}, and at most 1e9"
        raise CommandError("invalid", "high: the rates rise from low to high", "high", allowed)
    session.end_work()
    finder = await session.call(trainer.rate_finder, command.low, command.high, command.updates)
    rate = trainer.effective_spec.optimizer.lr
    session.work = Finding(finder, rate, viewer, command.id)
    return True


async def check_gradient(session: Session, viewer: Viewer, command: CheckGradient) -> bool:
    trainer = trainer_of(session)
    session.end_work()
    try:
        check = await session.call(trainer.gradient_checker, command.weights, command.samples)
    except ValueError as error:
        raise CommandError("invalid", f"The gradient cannot be checked here: {error}") from error
    session.work = Checking(check, viewer, command.id)
    return True


async def cancel(session: Session, viewer: Viewer, command: Cancel) -> None:
    if isinstance(session.work, Trying):
        session.end_work()


async def subscribe(session: Session, viewer: Viewer, command: Subscribe) -> None:
    most = session.settings.max_grid
    if command.grid > most and "grid" in command.model_fields_set:
        raise beyond(
            "max_grid", f"grid: a map of {command.grid} cells a side is too fine for this server", "grid", f"at most {most}"
        )
    if command.plane is not None and not all(low < high for low, high in command.plane):
        raise CommandError("invalid", "plane: a range rises", "plane", "[[x0, x1], [y0, y1]] with x0 < x1 and y0 < y1")
    viewer.subscribe(command.channels, command.grid, command.sample, command.ahead, command.lane, command.plane)


async def visible(session: Session, viewer: Viewer, command: Visible) -> None:
    viewer.hidden = not command.visible
    session.attend()
    session.tell_state()


async def look(session: Session, viewer: Viewer, command: Look) -> None:
    trainer = trainer_of(session)
    point = point_of(session, trainer)
    if session.scope.knows(point, command.notation):
        look_at(session.scope, trainer, point, command)  # no kernel runs: not worth a thread
    else:
        await session.call(look_at, session.scope, trainer, point, command)
    viewer.look = command.model_copy(update={"id": None})


HANDLERS: dict[str, Callable[[Session, Viewer, Any], Awaitable[bool | dict[str, Any] | None]]] = {
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
    "find_rate": find_rate,
    "check_gradient": check_gradient,
    "cancel": cancel,
    "subscribe": subscribe,
    "visible": visible,
    "look": look,
    "share": sharing.share,
    "keep": sharing.keep,
    "load": sharing.load,
    "export": sharing.export,
    "compare": sharing.compare,
    **race.HANDLERS,
    **QUERIES,
    **network.HANDLERS,
}
