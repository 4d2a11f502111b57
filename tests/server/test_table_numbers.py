"""Numbers as people write them: what a column of them is, what decides, what is told of it, and how it is chosen otherwise."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlencode

import pytest
from live_server import Live
from test_tables import post

from server.tables.limits import TableError
from server.tables.numbers import Numbers, numbers_of
from server.tables.training_data import Choices, describe, inline_data


def only(cells: list[str], separator: str = "comma") -> Numbers | None:
    """What a column is in a file of no other numbers."""
    return numbers_of(["a"], [cells], separator)[0]


def file_of(separator: str, **columns: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerows([list(columns), *zip(*columns.values(), strict=True)])
    return text.getvalue().encode()


def reading(body: bytes, column: int = 0, *chosen: str) -> dict:
    return describe(body, readings=chosen)["columns"][column]["reading"]


WRITTEN: dict[str, tuple[list[str], list[float]]] = {
    "as programs do": (["1", "-2.5", "+3.", ".5", "1e3", "1.5E-2"], [1, -2.5, 3, 0.5, 1000, 0.015]),
    "decimal commas": (["1,5", "-2,25", ",5", "3", "1,5e3"], [1.5, -2.25, 0.5, 3, 1500]),
    "commas in groups": (["1,234.5", "12,345,678", "999", "-1,000"], [1234.5, 12345678, 999, -1000]),
    "points in groups": (["1.234,5", "12.345.678", "999", "-1.000"], [1234.5, 12345678, 999, -1000]),
    "blanks in groups": (["1 234.5", "12 345 678", "999"], [1234.5, 12345678, 999]),
    "narrow blanks": (["1\u202f234,5", "12\u00a0345\u2009678", "999"], [1234.5, 12345678, 999]),
    "apostrophes": (["1'234.5", "12’345’678", "999"], [1234.5, 12345678, 999]),
    "zeros before it": (["007", "00.5", "12"], [7, 0.5, 12]),
    "lakhs": (["1,23,456.5", "12,34,567", "999"], [123456.5, 1234567, 999]),
    "all alike but one": (["1,234", "2,500", "12,345,678"], [1234, 2500, 12345678]),
    "a zero before it": (["1,234", "2,500", "0,125"], [1.234, 2.5, 0.125]),
    "minus signs": (["−1.5", "–2.5", "-3", "－4"], [-1.5, -2.5, -3, -4]),
    "parentheses": (["(1.5)", "2", "(1,234.5)"], [-1.5, 2, -1234.5]),
    "currency signs": (["$1.50", "-$2", "$-3", "($4)", "$ 5,000.00"], [1.5, -2, -3, -4, 5000]),
    "a sign after": (["1,50 €", "2€", "-3 €"], [1.5, 2, -3]),
    "codes": (["CHF 1'500.50", "CHF 2", "-CHF 3"], [1500.5, 2, -3]),
    "some without": (["$1.50", "2.50", "$3.50"], [1.5, 2.5, 3.5]),
    "percents": (["40%", "41.5 %", "-3%", "0.1%"], [0.4, 0.415, -0.03, 0.001]),
    "per mille": (["40‰", "1.5‰"], [0.04, 0.0015]),
    "units": (["12 kg", "13.5 kg", "-1 kg"], [12, 13.5, -1]),
    "close units": (["12kg", "13.5kg"], [12, 13.5]),
    "units of two": (["9.81 m/s²", "10 m/s²"], [9.81, 10]),
    "degrees": (["20.5 °C", "-3 °C", "21°C"], [20.5, -3, 21]),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_numbers_as_people_write_them(name: str) -> None:
    cells, values = WRITTEN[name]
    found = only(cells)
    assert found is not None and found.values == values and not found.wrong
    if name != "as programs do":
        assert found.reading is not None and found.reading.sure


@pytest.mark.parametrize(
    "cells",
    [
        ["1st", "2nd", "3rd", "4th"],
        ["10 am", "11 am"],
        ["12 Jan", "13 Jan"],
        ["1.2.2020", "3.4.2021"],
        ["2020-01-05", "2021-02-03"],
        ["12:30", "13:45"],
        ["12a", "13a"],
        ["A12", "A13"],
        ["192.168.0.1", "10.0.0.1"],
        ["12 kg", "900 g", "3 lb"],
        ["1,23", "1.23.4", "x"],
        ["1-2", "3-4"],
        ["5 of 7", "6 of 7"],
        ["1,2,3", "4,5,6"],
        ["0 123", "0 456"],
    ],
)
def test_what_is_no_number(cells: list[str]) -> None:
    assert only(cells) is None


@pytest.mark.parametrize(
    ("cells", "separator", "others", "value", "sure", "other"),
    [
        # What other columns, the column itself, or the separator say of 1,234 and 1.234.
        (["1,234", "2,500"], ",", ["3.5", "7.25"], 1234, True, 1.234),
        (["1,234", "2,500"], ",", ["3,5", "7,25"], 1.234, True, 1234),
        (["1.234", "2.500"], ";", ["3,5", "7,25"], 1234, True, 1.234),
        (["1,234", "981"], ",", ["1", "2"], 1234, False, 1.234),
        (["1,234", "9810"], ",", ["1", "2"], 1.234, True, 1234),
        (["1,234", "2,500"], ",", ["1", "2"], 1234, False, 1.234),
        (["1,234", "2,500"], "\t", ["1", "2"], 1234, False, 1.234),
        (["1,234", "2,500"], ";", ["1", "2"], 1.234, False, 1234),
        (["1.234", "2.500"], ",", ["1", "2"], 1.234, False, 1234),
        (["1.234", "981"], ";", ["1", "2"], 1234, False, 1.234),
        (["1.234", "9810"], ";", ["1", "2"], None, True, None),  # as programs write it, nothing to tell
    ],
)
def test_marks_that_may_group_or_be_decimal(
    cells: list[str], separator: str, others: list[str], value: float | None, sure: bool, other: float | None
) -> None:
    body = file_of(separator, a=cells * 3, b=others * 3, c=["u", "v"] * 3)
    told = reading(body)
    if value is None:
        assert told is None and describe(body)["columns"][0]["examples"] == [1.234, 9810]
        return
    assert (told["cell"], told["value"], told["sure"]) == (cells[0], value, sure)
    assert told["words"] == f"{cells[0]} read as {value:g}" and (told["why"] or not sure)
    [another] = told["alternatives"]
    assert another["value"] == other and another["words"] == f"{cells[0]} read as {other:g}"
    # The other way may be chosen, and the first one then is the alternative.
    chosen = reading(body, 0, f"0:{another['name']}")
    assert chosen["value"] == other and chosen["sure"] and [entry["value"] for entry in chosen["alternatives"]] == [value]


def test_shares_may_stay_percents() -> None:
    body = file_of(",", a=["40%", "41.5%", "7%"], b=["u", "v", "u"])
    told = reading(body)
    assert told["words"] == "40% read as 0.4" and told["alternatives"] == [
        {"name": "point", "value": 40, "words": "40% read as 40"}
    ]
    assert describe(body, readings=["0:point"])["columns"][0]["examples"] == [40, 41.5, 7]


def test_what_does_not_fit_the_others_is_damage_and_says_why() -> None:
    def damage(cells: list[str]) -> list[str]:
        filler = [str(n) for n in range(len(cells))]
        return [entry["message"] for entry in describe(file_of(";", a=cells, b=filler))["damaged"]["messages"]]

    assert damage(["1,5"] * 8 + ["9.5"]) == ["a: “9.5” where the others have a decimal comma"]
    assert damage(["1.5"] * 8 + ["9,5"]) == ["a: “9,5” where the others have a decimal point"]
    assert damage(["1.5 kg"] * 8 + ["9,5"]) == ["a: “9,5” where the others have a decimal point"]
    assert damage(["1 kg"] * 8 + ["900 g"]) == ["a: “900 g” where the others are in kg"]
    assert damage(["40%"] * 8 + ["0.4"]) == ["a: “0.4” without % where the others have it"]
    assert damage(["5 k"] * 8 + ["300"]) == ["a: “300” without k where the others have it"]
    assert damage(["0.4"] * 8 + ["40%"]) == ["a: “40%” where the others have no unit"]
    assert damage(["1,234.5"] * 8 + ["12,34,5"]) == ["a: “12,34,5” is not a number"]


def test_choices_that_cannot_be() -> None:
    body = file_of(",", a=["1.5", "2.5"], b=["u", "v"])
    for chosen, words in (
        ("0:comma", "a cannot be read as “comma”; possible are: point"),
        ("1:point", "b cannot be read as “point”; it is no column of numbers"),
        ("7:point", "no column 8"),
        ("point", "is no reading"),
        ("0:", "is no reading"),
        ("x:point", "is no reading"),
    ):
        with pytest.raises(TableError, match=words):
            describe(body, readings=[chosen])


def test_a_choice_reaches_the_data_of_a_run(live: Live) -> None:
    body = file_of(",", a=["1,234", "2,500", "3,750"] * 2, b=["u", "v"] * 3)
    choices = Choices(1, "classification", (0,), test_fraction=0.0, readings=("0:comma",))
    assert sorted({x for [x] in inline_data(body, choices)["data"]["train_x"]}) == [1.234, 2.5, 3.75]
    status, told = post(live, "/api/table?reading=0:comma", body)
    assert status == 200 and told["columns"][0]["reading"]["value"] == 1.234
    query = {"target": 1, "task": "classification", "inputs": 0, "test_fraction": 0, "reading": "0:comma"}
    status, answer = post(live, f"/api/table/data?{urlencode(query)}", body)
    assert status == 200 and answer["data"] == json.loads(json.dumps(inline_data(body, choices)["data"]))
    status, refusal = post(live, "/api/table?reading=0:point&reading=1:comma", body)
    assert status == 422 and "b cannot be read as “comma”" in refusal["detail"]
