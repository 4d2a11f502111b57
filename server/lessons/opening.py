"""The commands by which a card builds its situation: the same that a learner's page sends, so under the same limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from server.lessons import measured
from server.lessons.limits import check_situation, size_of
from server.lessons.open_card import OpenCard
from server.protocol import Command, ErrorEvent
from server.protocol.lab import LabBegin
from server.protocol.race import RaceLoad, RacePause
from server.protocol.race_network import NetworkLoad, NetworkPause, StudyCancel
from server.protocol.run import Load, Pause
from server.settings import Settings
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.lessons.situation import Situation

STILL: tuple[Command, ...] = (Pause(), RacePause(), NetworkPause(), StudyCancel())
"""Nothing moves while a question is open."""


class Ready(NamedTuple):
    """What is known of a card before its situation is built: the command that builds it, None where there is nothing to build;
    bytes that measuring takes; channels that would give its answer away."""

    command: Command | None
    size: int
    tells: frozenset[str]


def prepared(card: OpenCard, settings: Settings, *, goes_on: bool) -> Ready:
    """In a worker. Raises what refuses it."""
    situation, command, size = card.situation, None, 0
    if situation is not None:
        check_situation(situation, settings)
        size = size_of(card.spec, situation)
        if not goes_on:
            command = command_of(situation)
    return Ready(command, size, measured.tells(card.spec))


def command_of(situation: Situation) -> Command | None:
    """In a worker: what builds or begins it; None of an expression, which the page reads by itself. Raises where its script
    makes no sense."""
    from engine.script.script_data import ScriptData

    if situation.run is not None:
        script = ScriptData(spec=situation.run, edits=situation.edits, step=situation.step)
        return Load(script=script.as_json())
    if situation.lab is not None:
        return LabBegin(experiment=situation.lab.experiment, choices=situation.lab.choices)
    spec = situation.race or situation.network
    if spec is None:
        return None
    finish = {} if situation.finish is None else {"threshold": situation.finish}
    written = {"spec": spec.model_dump(mode="json"), "step": situation.step} | finish
    return RaceLoad(script=written) if situation.race is not None else NetworkLoad(script=written)


def in_a_card(error: ErrorEvent | CommandError, kind: str) -> CommandError:
    """What is wrong with a script, said of the card that has it."""

    def named(text: str) -> str:
        return text.replace("script.spec", f"situation.{kind}").replace("script.", "situation.")

    field = None if error.field is None else named(error.field)
    return CommandError(error.code, named(error.message), field, error.allowed)
