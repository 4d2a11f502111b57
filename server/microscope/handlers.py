"""What the Step room's questions do: each is answered from a worker thread, about the update that comes next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from server.microscope import predict, queries
from server.microscope.refused import refusals
from server.microscope.take_away import taken
from server.protocol import Message
from server.protocol.microscope_queries import (
    Answer,
    Ask,
    Asked,
    ChainOfFactors,
    ChainOfSamples,
    Dissect,
    ReadGraph,
    Reveal,
    TakeAway,
    Verify,
    WrongSide,
)
from server.run.building import trainer_of
from server.session.frame_scheduler import point_of
from server.session.viewer import Viewer
from server.wire.sizes import check_passes

if TYPE_CHECKING:
    from engine import Trainer
    from engine.microscope import Update
    from server.microscope.hidden import Questions, Withheld
    from server.session.session import Session

Result = dict[str, Any]


class Bench:
    """What an answer is made from, in a worker: the run, its coming update, and what of it is not told."""

    def __init__(self, session: Session) -> None:
        self.trainer: Trainer = trainer_of(session)
        self.settings = session.settings
        self._scope, self._point = session.scope, point_of(session, self.trainer)

    def update(self, notation: str = "theory") -> Update:
        with refusals():
            return self._scope.update(self.trainer, self._point, notation)

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


def take_away(bench: Bench, command: TakeAway) -> Result:
    return taken(bench.update(command.notation), bench.trainer.spec.data.name, command, bench.withheld)


def ask(bench: Bench, command: Ask) -> Result:
    return predict.ask(bench.questions, predict.question_of(bench.update(command.notation), command))


def answer(bench: Bench, command: Answer) -> Result:
    return predict.answer(bench.questions, command.question, command.answer)


def reveal(bench: Bench, command: Reveal) -> Result:
    return predict.reveal(bench.questions, command.question)


def asked(bench: Bench, command: Asked) -> Result:
    return predict.told(bench.questions)


def _handler(function: Callable[[Bench, Any], Result]) -> Callable[[Session, Viewer, Message], Awaitable[Result]]:
    async def handle(session: Session, viewer: Viewer, command: Message) -> Result:
        return await session.call(lambda: function(Bench(session), command))

    return handle


HANDLERS = {
    "sample_chain": _handler(chain_of_samples),
    "dissect": _handler(dissection),
    "verify": _handler(verification),
    "wrong_way": _handler(wrong_way),
    "factors": _handler(chain_of_factors),
    "graph": _handler(graph),
    "take_away": _handler(take_away),
    "ask": _handler(ask),
    "answer": _handler(answer),
    "reveal": _handler(reveal),
    "questions": _handler(asked),
}
