"""What is said of a race's end is in its numbers: on every surface, and on the network."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from engine.race import NetworkRace, Race
from engine.race.outcome.network_reasons import Measured, NetworkReason, Told, network_reason
from engine.race.outcome.network_words import network_words_of
from engine.race.outcome.numbers import count, percent, setting, size
from engine.race.outcome.reasons import reason
from engine.race.outcome.words import title_of, words_of
from engine.surfaces.rows import SURFACES
from server.race.surface.opening import opening

NUMBER = re.compile(r"[−]?\d[\d\u202f]*(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?:\u202f%)?")
RUN = {"data": {"name": "blobs"}, "network": {"layers": [{"units": 4}]}, "seed": 3}


def names(number: int) -> str:
    return "ABCDEFGHIJ"[number]


@pytest.mark.parametrize("name", SURFACES)
def test_every_number_of_a_sentence_is_a_fact(name: str) -> None:
    spec, _, threshold = opening(name, 16, 400)
    race = Race(spec)
    race.seek(400)
    found = reason(race, threshold)
    assert found is not None
    facts: set[str] = set()
    for path in found.paths.values():
        facts |= {count(path.updates), size(path.length), size(path.step), percent(path.turns), size(path.steepest)}
        facts |= {size(path.step / path.slope)} if path.slope > 0.0 else set()
        facts |= set() if path.bound is None or path.rate is None else {size(path.bound), setting(path.rate)}
    if found.place is not None:
        facts |= {size(found.place.loss), size(found.place.gradient_norm)}
    words = words_of(found, names)
    assert set(NUMBER.findall(words)) <= facts, words
    assert names(found.first) in words and words.endswith(".") and "  " not in words
    assert title_of(found, names) == {"nobody": "No lane has arrived"}.get(found.told, title_of(found, names))


def test_numbers_are_written_as_on_the_page() -> None:
    assert [size(x) for x in (0.0, 0.01234, 0.1, 12.345, 999.7, 1234.5, -2.5e-7, 3e8)] == (
        ["0", "0.0123", "0.100", "12.3", "1000", "1234", "−2.50·10⁻⁷", "3.00·10⁸"]
    )
    assert [size(x) for x in (np.inf, -np.inf, np.nan)] == ["∞", "−∞", "NaN"]
    assert [setting(x) for x in (0.01, 1.0, 1e-5, 1.5e-8, 2e6)] == ["0.01", "1", "0.00001", "1.5e−8", "2000000"]
    assert (count(1234567), count(-5), percent(0.1234), percent(1.0)) == (
        "1\u202f234\u202f567",
        "−5",
        "12.3\u202f%",
        "100\u202f%",
    )


def test_on_the_network_path_and_step_make_the_difference() -> None:
    lanes = [{"optimizer": {"name": "sgd", "lr": 0.02}}, {"optimizer": {"name": "adam", "lr": 0.02}}]
    race = NetworkRace({"run": RUN, "lanes": lanes})
    assert network_reason(race, 0.3, {}) is None, "nothing has been run"
    race.seek(400)
    ranked = race.standings(0.3)
    assert all(each.arrived is not None for each in ranked), "or the threshold says nothing"
    found = network_reason(race, 0.3, {each.id: Measured(4.0, 0.5) for each in ranked})
    assert found is not None and (found.first, found.other) == (ranked[0].id, ranked[1].id)
    one, two = found.paths[found.first], found.paths[ranked[1].id]
    for path, standing in ((one, ranked[0]), (two, ranked[1])):
        kept = [point for step, point in race.points(path.lane).items() if step <= path.updates]
        assert path.updates == standing.arrived
        assert path.length == pytest.approx(sum(np.linalg.norm(b - a) for a, b in pairwise(kept)))
        assert path.step * path.updates == pytest.approx(path.length)
    longer, shorter = one.step / two.step, two.length / one.length
    assert longer * shorter == pytest.approx(two.updates / one.updates)
    assert found.told == ("longer steps" if longer >= shorter else "shorter path")
    words = network_words_of(found, names)
    facts = {count(each.updates) for each in (one, two)} | {size(each.length) for each in (one, two)}
    facts |= {size(each.step) for each in (one, two)} | {"4.00", "0.500", setting(two.rate), count(race.spacing)}
    assert found.batch is not None and found.noise is not None
    facts |= {count(each) for each in found.batch} | {size(each) for each in found.noise}
    assert set(NUMBER.findall(words)) <= facts, words
    assert f"Where {names(two.lane)} stands (λ_max 4.00) its bound is 0.500; it runs at 0.02." in words


def said(told: Told, first: int = 1, other: int | None = None) -> str:
    race = NetworkRace({"run": RUN, "lanes": [{}, {"optimizer": {"name": "adam", "lr": 0.01}}]})
    race.seek(20)
    made = network_reason(race, 1e-9, {})
    assert made is not None
    return network_words_of(NetworkReason(told, first, other, made.paths, None, None), names)


def test_other_ends_on_the_network() -> None:
    assert re.fullmatch(r"After 20 steps B leads with a train loss of \S+\.", said("nobody"))
    assert re.fullmatch(r"B was the last, with update 20\.", said("all left"))
    assert re.fullmatch(r"B arrives at step 20; every other lane has diverged\.", said("alone"))
    late = said("under way", 1, 2)
    assert late.startswith("B arrives at step 20; C has not arrived after 20 steps. Its train loss is ")
