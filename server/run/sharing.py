"""Commands that keep a run, share it, compare it and take it along (`server.protocol` says what each answers)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np

from server.protocol import Done, long_json
from server.protocol.run import Compare, Export, Keep, Load, Share
from server.protocol.run_events import Loaded
from server.run.building import Wanted, build, check
from server.run.controller import RunController
from server.run.work import Loading
from server.session.viewer import Viewer
from server.settings import Settings
from server.wire.errors import CommandError
from server.wire.frames import finite
from server.wire.limits import beyond
from server.wire.sizes import check_given

if TYPE_CHECKING:
    from engine import Trainer
    from engine.script.replay import Replay, ScriptData

FILES = {
    "curves": ("curves", "csv", "text/csv"),
    "batch_losses": ("mini-batch-losses", "csv", "text/csv"),
    "model": ("model", "json", "application/json"),
    "torch": ("model", "py", "text/x-python"),
    "script": ("experiment", "json", "application/json"),
}
"""Of each format the file's name and ending, and its media type."""


async def share(run: RunController, viewer: Viewer, command: Share) -> dict[str, Any]:
    return {"script": await run.host.call(_script, run.present())}


async def keep(run: RunController, viewer: Viewer, command: Keep) -> dict[str, Any]:
    script = await run.host.call(_script, run.present())
    return {"experiment": await run.host.store.keep(script, run.host.address), "lasting": run.host.store.lasting}


async def load(run: RunController, viewer: Viewer, command: Load) -> bool:
    script = command.script
    if (script is None) == (command.experiment is None):
        raise CommandError("invalid", "A script or the id of an experiment is wanted", "script", "one of the two")
    if script is None:
        script = await run.host.store.script(command.experiment or "")
    data, wanted, same_bits = await run.host.call(_read, script, run.host.settings)
    async with run.host.room(wanted.size):
        replay = await run.host.call(_replay, wanted, data)
        await run.adopt(replay.trainer)
    run.host.report(
        Loaded(run=run.number, step=data.step, edits=len(data.edits), fingerprint=data.fingerprint, same_bits=same_bits)
    )
    run.work = Loading(replay, viewer, Done(id=command.id, command="load"), run.edit_infos.learn, run.changed)
    run.tell()
    return True


async def export(run: RunController, viewer: Viewer, command: Export) -> dict[str, Any]:
    trainer = run.present()
    kind, ending, media = FILES[command.format]
    text = await run.host.call(_text, trainer, command.format)
    name = f"chainrule-{trainer.spec.data.name}-{kind}-step-{trainer.steps_done}.{ending}"
    return {"name": name, "type": media, "text": text}


async def compare(run: RunController, viewer: Viewer, command: Compare) -> dict[str, Any]:
    trainer = run.present()
    branch = trainer.branch if command.branch is None else command.branch
    if branch >= len(trainer.branches):
        raise CommandError("invalid", "There is no such branch", "branch", f"0 to {len(trainer.branches) - 1}")
    columns = await run.host.call(_series, trainer, branch, command.points)
    return {"branch": branch, "columns": columns}


# In a worker --------------------------------------------------------------------------------------------------------


def _script(trainer: Trainer) -> str:
    return long_json.written(trainer.as_script())


def _read(script: dict[str, Any] | str, settings: Settings) -> tuple[ScriptData, Wanted, bool]:
    """The script, the run it begins with, and whether its bits are this machine's."""
    from engine import fingerprint
    from engine.script.replay import ScriptData

    if isinstance(script, str):
        with contextlib.suppress(ValueError):  # of what is no JSON, or no object, the engine says so
            plain = long_json.read(script)
            script = plain if isinstance(plain, dict) else script
    if isinstance(script, dict):
        _check_given(script, settings)
    data = ScriptData.read(script)
    return data, check(data.spec, settings, "script.spec"), data.fingerprint in (None, fingerprint())


def _replay(wanted: Wanted, data: ScriptData) -> Replay[Trainer]:
    """The script, ready to be followed."""
    from engine.script.replay import Replay

    return Replay(build(wanted), data)


def _check_given(script: dict[str, Any], settings: Settings) -> None:
    """Before anything is made of it: each edit is tried on what those before it left."""
    edits = script.get("edits")
    if isinstance(edits, list | tuple) and len(edits) > settings.max_history:
        words = f"script.edits: {len(edits)} edits are more than this server keeps"
        raise beyond("max_history", words, "script.edits", f"at most {settings.max_history}")
    check_given(script.get("spec", {}), settings, "script.spec")


def _text(trainer: Trainer, format: str) -> str:
    from engine.export import files as export

    writers = {
        "curves": export.curves,
        "batch_losses": export.batch_losses,
        "model": export.model,
        "torch": export.torch,
        "script": _script,
    }
    try:
        return writers[format](trainer)
    except export.ExportError as error:
        raise CommandError("invalid", str(error)) from error


def _series(trainer: Trainer, branch: int, points: int) -> dict[str, list[Any]]:
    """A branch's recorded series, thinned evenly: its first and its last point stay."""
    from engine.export.files import recorded

    found = trainer.branches[branch].series.columns()
    columns = {name: values for name, values in found.items() if recorded(trainer, name)}
    last = len(columns["step"]) - 1
    kept = np.unique(np.linspace(0, last, min(last + 1, points)).round().astype(np.int64))
    return {name: finite(values[kept].tolist()) for name, values in columns.items()}
