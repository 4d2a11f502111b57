"""What each command of the lab does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.lab import files
from server.lab.controller import Lab
from server.lab.experiment import Asked
from server.protocol import Command
from server.protocol.lab import LabBegin, LabCancel, LabExport, LabLeave
from server.session.activity import Handler
from server.session.viewer import Viewer
from server.wire.errors import CommandError


async def begin(lab: Lab, viewer: Viewer, command: LabBegin) -> dict[str, Any]:
    await lab.begin_experiment(Asked(command.experiment, dict(command.choices), command.of == "run"))
    return {"number": lab.number}


async def cancel(lab: Lab, viewer: Viewer, command: LabCancel) -> None:
    lab.cancel()
    lab.tell()


async def leave(lab: Lab, viewer: Viewer, command: LabLeave) -> None:
    lab.leave()


async def export(lab: Lab, viewer: Viewer, command: LabExport) -> dict[str, Any]:
    present = lab.present
    if present is None:
        raise CommandError("no_experiment", "No experiment is open: begin one", allowed="lab_begin")
    if present.found is None:
        raise CommandError("no_experiment", "It has found nothing yet", allowed="an experiment that has begun to tell")
    if command.format == "csv":
        return await lab.host.call(files.table, present.asked.experiment, present.found)
    return await lab.host.call(files.page, present.asked, present.info(), present.spec, present.found, command.theme)


HANDLERS: Mapping[type[Command], Handler] = {
    LabBegin: begin,
    LabCancel: cancel,
    LabLeave: leave,
    LabExport: export,
}
