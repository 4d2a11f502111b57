"""What the Step room's questions do: each is answered from a worker thread, about the update that comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from server.microscope import queries
from server.microscope.controller import Microscope
from server.microscope.place import look_at
from server.microscope.prediction import asking
from server.microscope.refused import refusals
from server.microscope.take_away import taken
from server.protocol import Command
from server.protocol.microscope import Look
from server.protocol.microscope_queries import (
    Answer,
    Ask,
    Asked,
    ChainOfFactors,
    ChainOfSamples,
    Code,
    Dissect,
    ReadGraph,
    Reveal,
    TakeAway,
    Verify,
    WrongSide,
)
from server.session.activity import Handler
from server.session.viewer import Viewer
from server.wire.sizes import check_passes

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Listing, Update
    from server.microscope.prediction.hidden import Questions, Withheld

Result = dict[str, Any]


class Bench:
    """What an answer is made from, in a worker: the run, its coming update, and what of it is not told."""

    def __init__(self, microscope: Microscope) -> None:
        self.trainer: Trainer = microscope.trainer()
        self.settings = microscope.host.settings
        self._scope, self._point = microscope.scope, microscope.run.point()

    def update(self, notation: str = "theory") -> Update:
        with refusals():
            return self._scope.update(self.trainer, self._point, notation)

    def listing(self) -> tuple[Listing, int]:
        """The update as code, and which of the session's listings it is."""
        with refusals():
            return self._scope.listing(self.trainer, self._point)

    @property
    def questions(self) -> Questions:
        return self._scope.questions.at(self._point)

    @property
    def withheld(self) -> Withheld:
        return self.questions.withheld


def chain_of_samples(bench: Bench, command: ChainOfSamples) -> Result:
    return queries.chain_of_samples(bench.update(), command.name, command.index, bench.withheld)


def dissection(bench: Bench, command: Dissect) -> Result:
    return queries.dissection(bench.trainer, command.name, command.index, bench.withheld)


def verification(bench: Bench, command: Verify) -> Result:
    check_passes(bench.trainer, len(command.entries), bench.settings)
    return queries.verification(bench.trainer, command.entries, bench.withheld)


def wrong_way(bench: Bench, command: WrongSide) -> Result:
    return queries.wrong_way(bench.trainer, bench.withheld)


def chain_of_factors(bench: Bench, command: ChainOfFactors) -> Result:
    return queries.chain_of_factors(bench.update(command.notation), command.name, command.sample, bench.withheld)


def graph(bench: Bench, command: ReadGraph) -> Result:
    return queries.graph(command.text, command.inputs)


def code(bench: Bench, command: Code) -> Result:
    found, number = bench.listing()
    return queries.code(found, bench.trainer.effective_spec.optimizer.lr, bench.withheld) | {"code": number}


def take_away(bench: Bench, command: TakeAway) -> Result:
    return taken(bench.update(command.notation), bench.trainer, command, bench.withheld)


def ask(bench: Bench, command: Ask) -> Result:
    return asking.ask(bench.questions, asking.question_of(bench.update(command.notation), command))


def answer(bench: Bench, command: Answer) -> Result:
    return asking.answer(bench.questions, command.question, command.answer)


def reveal(bench: Bench, command: Reveal) -> Result:
    return asking.reveal(bench.questions, command.question)


def asked(bench: Bench, command: Asked) -> Result:
    return asking.told(bench.questions)


async def look(microscope: Microscope, viewer: Viewer, command: Look) -> None:
    trainer, point = microscope.trainer(), microscope.run.point()
    if microscope.scope.knows(point, command.notation) and command.depth != "edge":
        look_at(microscope.scope, trainer, point, command)  # no kernel runs, no sum is written out: not worth a thread
    else:
        await microscope.host.call(look_at, microscope.scope, trainer, point, command)
    microscope.point_at(viewer, command.model_copy(update={"id": None}))


def _handler(function: Callable[[Bench, Any], Result]) -> Handler:
    async def handle(microscope: Microscope, viewer: Viewer, command: Command) -> Result:
        return await microscope.host.call(lambda: function(Bench(microscope), command))

    return handle


HANDLERS: Mapping[type[Command], Handler] = {
    Look: look,
    ChainOfSamples: _handler(chain_of_samples),
    Dissect: _handler(dissection),
    Verify: _handler(verification),
    WrongSide: _handler(wrong_way),
    ChainOfFactors: _handler(chain_of_factors),
    ReadGraph: _handler(graph),
    Code: _handler(code),
    TakeAway: _handler(take_away),
    Ask: _handler(ask),
    Answer: _handler(answer),
    Reveal: _handler(reveal),
    Asked: _handler(asked),
}
