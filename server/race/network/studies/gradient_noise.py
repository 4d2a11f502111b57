"""The study of gradient noise: per-sample gradients along two weights, a mini-batch's mean among them, and how far such means
lie from the full gradient. On the wire it is called the compass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from server.protocol.race_network import StudyCompass
from server.race.network.studies.study import Making, Study
from server.race.refusals import refused
from server.session.channel_types import Arrays, Picture
from server.wire.errors import CommandError

if TYPE_CHECKING:
    from engine.race import NetworkRace
    from engine.race.gradient_noise import GradientNoise


class GradientNoiseStudies:
    """Keeps the last one's gradients: drawing another batch costs nothing."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] | None = None
        self._found: GradientNoise | None = None

    def study(self, race: NetworkRace, command: StudyCompass, number: int, key: tuple[Any, ...]) -> Study:
        """`samples` (n, 2), the arrows' ends; `rows` of the batch drawn, its `mean` (2,) and the `full` gradient (2,); `sizes`
        and `spread`, the root mean square distance of a batch's mean from the full gradient; `meta.spread_of_four` is that of
        batches four times as large, null where there are not so many samples."""
        from engine.race.chart import weight_name
        from engine.race.gradient_noise import gradient_noise_in_parts

        with refused("lane"):
            lane = race.lane(command.lane)
        trainer = lane.trainer
        count = trainer.dataset.rows[0]
        if command.batch_size > count:
            raise CommandError("invalid", "batch_size: there are not so many samples", "batch_size", f"1 to {count}")
        first, second = command.weights
        size = trainer.tape.parameter_count
        if first == second or max(first, second) >= size:
            allowed = f"two different places from 0 to {size - 1}"
            raise CommandError("invalid", "weights: they are no two of this network", "weights", allowed)
        if trainer.tape.coupled:
            words = "network: under batch norm a sample has no gradient of its own"
            raise CommandError("invalid", words, "network", "networks without batch norm")
        where = (*key, command.lane, trainer.steps_done, first, second)
        theta = trainer.machine.theta.copy()
        names = [weight_name(race, place) for place in command.weights]
        landscape = race.landscape()

        def making() -> Making:
            if self._key != where or self._found is None:
                found = yield from gradient_noise_in_parts(landscape, theta, first, second)
                self._key, self._found = where, found
            made = self._found
            rows = made.draw(command.batch_size, command.number)
            sizes = np.unique(np.round(np.geomspace(1, count, 25)).astype(np.int32))
            spread = np.array([made.spread(int(each)) for each in sizes])
            arrays: Arrays = {"samples": made.samples, "rows": rows.astype(np.int32), "mean": made.mean(rows)}
            arrays |= {"full": made.full, "sizes": sizes.astype(np.int32), "spread": spread}
            four = 4 * command.batch_size
            meta = {"spread": made.spread(command.batch_size), "samples": count}
            return Picture(meta | {"spread_of_four": made.spread(four) if four <= count else None}, arrays)

        about = {"lane": lane.id, "step": trainer.steps_done, "weights": [first, second], "batch_size": command.batch_size}
        about |= {"number": command.number, "names": names}
        return Study("compass", number, making(), about)
