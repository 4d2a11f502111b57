"""From a command that asks for a study to the study: when it is asked for, and again where a race is taken up with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import Field, TypeAdapter

from server.protocol.race_network import (
    NetworkPlane,
    StudyBasins,
    StudyCompass,
    StudyEdge,
    StudyPoint,
    StudyRates,
    StudySeeds,
)
from server.race.interfaces import SurfaceRaceAccess
from server.race.network.studies import kinds
from server.race.network.studies.gradient_noise import GradientNoiseStudies
from server.race.network.studies.study import Study
from server.session.activity import Host

if TYPE_CHECKING:
    from engine.race import NetworkRace

StudyCommand = StudySeeds | StudyRates | StudyBasins | StudyCompass | StudyPoint | StudyEdge
KEPT: TypeAdapter[NetworkPlane | StudyCommand] = TypeAdapter(
    Annotated[NetworkPlane | StudyCommand, Field(discriminator="type")]
)
"""Reads what was asked for, as `kept` gives it."""


class Studied(Protocol):
    """The race on the network, as far as studies of it ask."""

    host: Host
    number: int
    changes: int
    gradient_noise: GradientNoiseStudies

    def present(self) -> NetworkRace: ...
    def study_size(self, command: StudyCommand) -> int: ...


def study_of(races: Studied, command: StudyCommand, number: int) -> Study:
    """In a worker: the study, not begun yet. Raises `CommandError` where it is refused."""
    made = _made(races, command, number)
    made.size = races.study_size(command)
    return made


def _made(races: Studied, command: StudyCommand, number: int) -> Study:
    settings = races.host.settings
    if isinstance(command, StudySeeds):
        return kinds.seeds(races.present(), command, number, settings)
    if isinstance(command, StudyBasins):
        return kinds.basins(races.host.find(SurfaceRaceAccess).present(), command, number, settings)
    if isinstance(command, StudyCompass):
        return races.gradient_noise.study(races.present(), command, number, (races.number, races.changes))
    if isinstance(command, StudyPoint):
        return kinds.point(races.present(), command, number)
    if isinstance(command, StudyEdge):
        return kinds.edge(races.present() if command.on == "race" else None, command, number)
    on = races.present() if command.on == "network" else races.host.find(SurfaceRaceAccess).present()
    return kinds.rates(on, command, number, settings)


def kept(command: NetworkPlane | StudyCommand) -> dict[str, object]:
    """As plain JSON data."""
    return command.model_dump(mode="json", exclude={"id"})
