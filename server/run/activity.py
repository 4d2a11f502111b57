"""The run as a row: its commands, its events, its channels, its figures."""

from __future__ import annotations

from server.protocol.run_events import Loaded, RunInfo, ScriptInfo, State, Trial
from server.run.channels import CHANNELS
from server.run.commands import HANDLERS
from server.run.controller import RunController
from server.run.figures import figures
from server.session.activity import Kind

RUN = Kind("run", RunController, HANDLERS, (RunInfo, State, ScriptInfo, Loaded, Trial), CHANNELS, figures, turn=1)
