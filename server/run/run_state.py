"""Where a session stands, in the protocol's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.protocol import State, Status
from server.run import describe
from server.run.trials import Trying
from server.run.work import Play, Seeking

if TYPE_CHECKING:
    from engine import Trainer
    from server.session.session import Session


def state(session: Session, trainer: Trainer) -> State:
    stopped, work = describe.stop(trainer), session.work
    status: Status = "paused"
    if isinstance(work, Seeking):
        status = "seeking"
    elif work is not None and not isinstance(work, Trying):
        status = "playing"
    elif stopped is not None:
        status = "finished" if stopped.kind == "finished" else "stopped"
    return State(
        run=session.run,
        status=status,
        step=trainer.steps_done,
        end=trainer.end,
        max_steps=trainer.max_steps,
        epoch=trainer.epoch,
        steps_per_epoch=trainer.steps_per_epoch,
        branch=trainer.branch,
        speed=session.speed,
        steps_per_second=work.meter.rate if isinstance(work, Play) else None,
        stop=stopped,
        seek=(work.origin, work.target) if isinstance(work, Seeking) else None,
    )
