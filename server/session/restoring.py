"""A session as it was kept: its run where it stood, playing if it played, its races, its score."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from server.keeping.packing import lines, unpack, unpack_numbers
from server.keeping.records import Kept
from server.protocol import Loaded, Speed
from server.race import kept as races
from server.run.work import Play as Playing
from server.run.work import Resuming
from server.session.frame_scheduler import point_of
from server.settings import Settings
from server.wire.sizes import check_built, check_given

if TYPE_CHECKING:
    from engine import Trainer
    from server.session.session import Session

log = logging.getLogger("chainrule")


def generation_of(kept: Kept) -> int:
    """How often the session was attached to."""
    return int(unpack(kept.place)["generation"])


async def restore(session: Session, kept: Kept) -> None:
    """Before the session obeys its first command; raises where what was kept makes no run."""
    script, place = await session.call(_read, kept)
    trainer, fingerprint, same_bits = await session.call(_trainer, script, place, kept, session.settings)
    session.run, session.changes = int(place["run"]) - 1, int(place["changes"]) - 1
    await session.adopt(trainer)
    session.speed = Speed.model_validate(place["speed"])
    session.scope.questions.take_up(place["questions"], point_of(session, trainer))
    if not same_bits:
        session.report(
            Loaded(
                run=session.run,
                step=place["at"]["step"],
                edits=len(trainer.edits),
                fingerprint=fingerprint,
                same_bits=False,
            )
        )
    if trainer.steps_done != place["at"]["step"]:
        session.work = Resuming(trainer, place["at"]["step"], onward=bool(place["plays"]))
    elif place["plays"] and trainer.stopped is None:
        session.work = Playing(trainer, session.speed)
    session.tell_state()
    await races.take_up(session, script, place)


def _read(kept: Kept) -> tuple[dict[str, Any], dict[str, Any]]:
    """In a worker: the script's two parts as one, and the place."""
    length = int.from_bytes(kept.script[:8], "little")
    script = unpack(kept.script[8 + length :])
    script["timeline"]["spec"] = unpack(kept.script[8 : 8 + length])
    return script, unpack(kept.place)


def _trainer(script: dict[str, Any], place: dict[str, Any], kept: Kept, settings: Settings) -> tuple[Trainer, str, bool]:
    """In a worker: the run, whose bits it was made of, and whether this machine makes the same."""
    from engine import fingerprint
    from engine.recording.series import FIRST_COLUMNS, Series
    from engine.script.keeping import Cursor, Timeline, resume

    line, at = Timeline.model_validate(script["timeline"]), Cursor.model_validate(place["at"])
    check_given(line.spec, settings)
    check_built(line.spec, settings)
    numbers = None if kept.snapshot is None else unpack_numbers(kept.snapshot)
    columns = place.get("columns", FIRST_COLUMNS)
    points = lines(kept.series, columns) if "step" in columns else {}
    trainer = resume(line, at, numbers, {branch: Series.arranged(found, columns) for branch, found in points.items()})
    return trainer, line.fingerprint, line.fingerprint == fingerprint()
