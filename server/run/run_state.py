"""Where a run stands, in the protocol's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.protocol import Status
from server.protocol.run import Speed
from server.protocol.run_events import State
from server.run import describe
from server.run.trials import Trying
from server.session.clock import Play, Seek, Work

if TYPE_CHECKING:
    from engine import Trainer


def state(run: int, trainer: Trainer, work: Work | None, speed: Speed) -> State:
    stopped = describe.stop(trainer)
    status: Status = "paused"
    if isinstance(work, Seek):
        status = "seeking"
    elif work is not None and not isinstance(work, Trying):
        status = "playing"
    elif stopped is not None:
        status = "finished" if stopped.kind == "finished" else "stopped"
    return State(
        run=run,
        status=status,
        step=trainer.steps_done,
        end=trainer.end,
        max_steps=trainer.max_steps,
        epoch=trainer.epoch,
        steps_per_epoch=trainer.steps_per_epoch,
        branch=trainer.branch,
        speed=speed,
        steps_per_second=work.meter.rate if isinstance(work, Play) else None,
        stop=stopped,
        seek=(work.origin, work.target) if isinstance(work, Seek) else None,
    )
