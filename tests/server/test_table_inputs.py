"""What becomes of the columns: categories and dates as inputs, columns that give the target away, shares, samples of rows."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from engine import RunSpec, Trainer
from server.tables import routes
from server.tables.dates import dates_of
from server.tables.limits import Bounds, TableError
from server.tables.shares import generators
from server.tables.training_data import Choices, describe, inline_data

FIRST = date(2023, 12, 25)  # a Monday
DAYS = [FIRST + timedelta(days=3 * n) for n in range(40)]


def text_of(names: str, *columns: list[Any]) -> str:
    return names + "\n" + "".join(",".join(map(str, row)) + "\n" for row in zip(*columns, strict=True))


def described(text: str, **more: Any) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in describe(text.encode(), **more)["columns"]}


def made(text: str, target: int, inputs: tuple[int, ...], task: str = "regression", **more: Any) -> dict[str, Any]:
    choices = Choices(target, task, inputs, **{"test_fraction": 0.0, "standardize": False, **more})  # type: ignore[arg-type]
    return inline_data(text.encode(), choices)


def by_target(found: dict[str, Any]) -> dict[float, list[float]]:
    """The inputs of each row, which its target tells apart."""
    return dict(zip(found["data"]["train_y"], found["data"]["train_x"], strict=True))


# Categories --------------------------------------------------------------------------------------------------------------


def test_categories_become_an_input_each_and_their_number_is_told_before() -> None:
    shelves, cylinders = ["Bad", "Good", "Medium"] * 4, [4, 6, 8, 8] * 3
    text = text_of("shelf,cyl,old,y", shelves, cylinders, ["yes", "no"] * 6, list(range(12)))
    columns = described(text)
    widths = {name: {use["name"]: use["width"] for use in column["uses"]} for name, column in columns.items()}
    assert widths["shelf"] == {"category": 3} and widths["cyl"] == {"number": 1, "category": 3}
    assert widths["old"] == {"category": 1} and columns["shelf"]["no_input"] is None
    found = made(text, 3, (0, 1, 2), uses={1: ("category",)})
    names = ["shelf = Bad", "shelf = Good", "shelf = Medium", "cyl = 4", "cyl = 6", "cyl = 8", "old"]
    assert found["data"]["columns"] == names and found["data"]["kind"] == "table"
    for row, x in by_target(found).items():
        place = int(row)
        whole = [float(shelves[place] == level) for level in ("Bad", "Good", "Medium")]
        assert x == [*whole, *(float(cylinders[place] == level) for level in (4, 6, 8)), float(place % 2 == 0)]
    assert Trainer(RunSpec.model_validate({"data": found["data"]})).dataset.inputs == tuple(names)
    assert made(text, 3, (1,))["data"]["columns"] == ["cyl"], "numbers stay numbers unless it is asked for"
    assert made(text_of("a,y", [3, 5] * 6, list(range(12))), 1, (0,), uses={0: ("category",)})["data"]["columns"] == ["a = 5"]


def test_a_row_without_its_category_is_left_out_and_one_without_a_number_filled() -> None:
    text = text_of("shelf,size,y", ["u", "v", "w", ""] * 5, [1, "", 3, 4] * 5, list(range(20)))
    assert made(text, 2, (0, 1), damaged="fill")["rows"] | {"total": 0} == {
        "total": 0,
        "train": 15,
        "validation": 0,
        "test": 0,
        "filled": 5,
        "left_out": 5,
    }
    assert made(text, 2, (1,), damaged="fill", uses={1: ("category",)})["rows"]["left_out"] == 5, "a category has no mean"


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        ({0: ("number",)}, "shelf cannot be taken as “number”; it can be as category"),
        ({1: ("year",)}, "size cannot be taken as “year”; it can be as number, category"),
        ({1: ("number", "category")}, "size can be taken in one way only"),
    ],
)
def test_a_column_that_cannot_be_taken_so(uses: dict[int, tuple[str, ...]], words: str) -> None:
    text = text_of("shelf,size,y", ["u", "v", "w", "w"] * 5, [1, 2, 3, 4] * 5, list(range(20)))
    with pytest.raises(TableError, match=words):
        made(text, 2, (0, 1), uses=uses)


def test_too_many_categories_are_counted() -> None:
    columns = [[f"c{n * step % 40}" for n in range(80)] for step in (1, 3, 7)]
    text = text_of("a,b,c,y", *columns, list(range(80)))
    with pytest.raises(TableError, match=r"make 120 inputs \(.* 40, .* 40, .* 40 …\); at most 100"):
        inline_data(text.encode(), Choices(3, "regression", (0, 1, 2)), Bounds(columns=100))


# Dates -------------------------------------------------------------------------------------------------------------------

WRITTEN = {
    "ISO": lambda d: d.isoformat(),
    "ISO with a time": lambda d: f"{d.isoformat()}T07:30:00Z",
    "year, month": lambda d: f"{d:%Y/%m/%d}",
    "German": lambda d: f"{d.day}.{d.month}.{d.year}",
    "German, short": lambda d: f"{d:%d.%m.%y}",
    "British": lambda d: f"{d.day}/{d.month}/{d.year}",
    "American": lambda d: f"{d.month}/{d.day}/{d.year}",
    "American with a time": lambda d: f"{d.month}/{d.day}/{d.year} 7:30 AM",
    "Dutch": lambda d: f"{d:%d-%m-%Y}",
    "named": lambda d: f"{d:%d %b %Y}",
    "named, month first": lambda d: f"{d:%B} {d.day}, {d.year}",
}


@pytest.mark.parametrize("how", WRITTEN)
def test_the_whole_column_says_in_which_order_dates_are(how: str) -> None:
    """However they are written, the same numbers come of them, and what is not plain is told."""
    cells = [f'"{WRITTEN[how](day)}"' for day in DAYS]
    text = text_of("sold,y", cells, list(range(40)))
    column = described(text)["sold"]
    assert column["kind"] == "date" and column["examples"][0].startswith("2023-12-25") and not column["missing"]
    found = made(text, 1, (0,), uses={0: ("year", "month", "weekday", "day", "days")})
    weekdays = [f"sold = {day}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")]
    assert found["data"]["columns"] == ["sold: year", "sold: month", "sold: day", *weekdays, "sold: days"]
    for row, x in by_target(found).items():
        day = DAYS[int(row)]
        on = [float(day.weekday() == place) for place in range(7)]
        assert x == [day.year, day.month, day.day, *on, (day - FIRST).days]
    if how in ("British", "American"):
        told = column["reading"]
        assert told["sure"] and told["words"].endswith(" 2023") and told["name"] == {"B": "dmy", "A": "mdy"}[how[0]]


def test_an_order_that_nothing_decides_is_told_with_what_else_it_could_be() -> None:
    days = [f"{1 + n % 12}/{1 + n % 7}/2020" for n in range(30)]
    told = described(text_of("sold,y", days, list(range(30))))["sold"]["reading"]
    assert (told["name"], told["sure"]) == ("mdy", False)
    assert told["words"] == "8/1/2020 read as 1 Aug 2020"
    assert [other["words"] for other in told["alternatives"]] == ["8/1/2020 read as 8 Jan 2020"]
    asked = described(text_of("sold,y", days, list(range(30))), readings=("0:dmy",))["sold"]
    assert asked["reading"]["words"] == "8/1/2020 read as 8 Jan 2020" and asked["examples"][1] == "2020-02-02"
    found = made(text_of("sold,y", days, list(range(30))), 1, (0,), uses={0: ("day",)}, readings=("0:dmy",))
    assert by_target(found)[7.0] == [8.0]
    with pytest.raises(TableError, match="sold cannot be read as “ymd”; possible are: mdy, dmy"):
        described(text_of("sold,y", days, list(range(30))), readings=("0:ymd",))
    with pytest.raises(TableError, match="y cannot be read as “dmy”"):
        described(text_of("sold,y", days, list(range(30))), readings=("1:dmy",))


def test_a_single_day_above_twelve_decides_the_order_of_a_column() -> None:
    days = [f"{1 + n % 12}/{1 + n % 7}/2020" for n in range(30)] + ["13/2/2020"]
    column = described(text_of("sold,y", days, list(range(31))))["sold"]
    assert (column["reading"]["name"], column["reading"]["sure"], column["text_cells"]) == ("dmy", True, 0)


def test_what_is_no_date_is_damage_and_what_never_varies_is_no_input() -> None:
    days = [f"{n}.5.2020" for n in range(1, 31)] + ["31.6.2020", "", "soon"]
    text = text_of("sold,still,y", days, ["2020-01-01"] * 33, list(range(33)))
    found = describe(text.encode())
    assert {entry["line"]: entry["message"] for entry in found["damaged"]["messages"]} == {
        32: "sold: “31.6.2020” is no date with day, month, year",
        33: "sold: no value",
        34: "sold: “soon” is no date with day, month, year",
    }
    assert found["columns"][1]["no_input"] == "it is the same date in every row"
    assert [use["name"] for use in found["columns"][0]["uses"]] == ["day", "weekday", "days"]
    assert made(text, 2, (0,))["data"]["columns"][0] == "sold = Mon" and made(text, 2, (0,))["rows"]["train"] == 30


@pytest.mark.parametrize(
    "cells", [["1.234.567", "2.345.678"], ["2019/20", "2020/21"], ["10-12", "13-15"], ["v1.2.3", "v1.2.4"]]
)
def test_what_only_looks_like_a_date_is_none(cells: list[str]) -> None:
    assert dates_of(cells, 0.8) is None


# Leaks -------------------------------------------------------------------------------------------------------------------


def leaks(text: str, name: str) -> dict[str | None, str]:
    found = describe(text.encode())["columns"]
    (column,) = (column for column in found if column["name"] == name)
    return {
        None if leak["targets"] is None else found[target]["name"]: leak["words"]
        for leak in column["leaks"]
        for target in leak["targets"] or [0]
    }


def table_with(column: list[Any], rows: int = 60) -> str:
    random = np.random.default_rng(0)
    kind, grade = [["setosa", "versicolor", "virginica"][n % 3] for n in range(rows)], random.normal(50, 9, rows).round(3)
    return text_of("size,extra,kind,grade", list(random.normal(size=rows).round(2)), column, kind, list(grade))


ROWS = range(60)
SHUFFLED = np.random.default_rng(1).permutation(60)
GRADES = [float(row.split(",")[3]) for row in table_with(list(ROWS)).splitlines()[1:]]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([5 + n for n in ROWS], {None: "counts the rows"}),
        ([n + n // 20 for n in ROWS], {None: "counts the rows"}),
        ([int(n) for n in SHUFFLED], {None: "a different whole number in each row"}),
        ([100_000 + 7919 * int(n) % 899_999 for n in SHUFFLED], {None: "a different whole number in each row"}),
        ([["setosa", "versicolor", "virginica"][n % 3] for n in ROWS], {"kind": "it is kind once more"}),
        ([[2, 7, 5][n % 3] for n in ROWS], {"kind": "each of its values stands for one of kind’s"}),
        ([[2, 7, 5][n % 3] if n % 9 else "" for n in ROWS], {"kind": "each of its values stands for one of kind’s"}),
        (GRADES, {"grade": "it is grade once more"}),
        ([f"{np.exp(grade / 30):.9f}" for grade in GRADES], {"grade": "it is in the very order of grade, row by row"}),
        ([f"{-grade:.3f}" for grade in GRADES], {"grade": "it is in the very order of grade, row by row"}),
        ([f"{32 + 1.8 * grade:.1f}" for grade in GRADES], {"grade": "it is grade in other units"}),
        ([n % 7 for n in ROWS], {}),
        ([[2, 7, 7][n % 3] for n in ROWS], {}),
        ([[2, 7, 5][n % 3 if n < 58 else 0] for n in ROWS], {}),
        ([f"{grade + n % 2:.3f}" for n, grade in zip(ROWS, GRADES, strict=True)], {}),
        ([int(300 * (1 + np.sin(n))) for n in ROWS], {}),
        ([f"{n / 2}" for n in ROWS], {}),
        ([100_000 + 5000 * int(n) for n in SHUFFLED], {}),
    ],
)
def test_what_gives_a_target_away_is_said(column: list[Any], said: dict[str | None, str]) -> None:
    found = leaks(table_with(column), "extra")
    assert found.keys() == said.keys()
    for target, words in said.items():
        assert words in found[target]


def test_few_rows_agree_by_chance() -> None:
    assert leaks(text_of("a,b", [1, 2, 1, 2], ["u", "v", "u", "v"]), "a") == {}
    assert leaks(text_of("a,b", [3, 9, 4, 20], [1, 5, 2, 6]), "a") == {}


def test_wide_tables_are_compared_in_groups() -> None:
    """A thousand columns are half a million pairs; each is named that gives the target away, and none is compared with all."""
    random = np.random.default_rng(0)
    columns = [[f"{value}" for value in random.integers(0, 3, 60)] for _ in range(1000)]
    columns[700] = [["c", "a", "b"][int(value)] for value in columns[0]]
    found = describe(text_of(",".join(f"c{n}" for n in range(1000)), *columns).encode())["columns"]
    assert [column["name"] for column in found if column["leaks"]] == ["c0", "c700"]


# Shares and samples ------------------------------------------------------------------------------------------------------


def uneven(rows: int = 200) -> str:
    return text_of(
        "a,b,class",
        [n * n % 97 for n in range(rows)],
        [n % 13 for n in range(rows)],
        ["rare" if n % 10 == 3 else "usual" for n in range(rows)],
    )


def test_rows_are_shared_out_by_a_seed_with_the_same_part_of_each_class() -> None:
    more = {"task": "classification", "test_fraction": 0.25, "validation_fraction": 0.15}
    found = made(uneven(), 2, (0, 1), seed=3, **more)
    assert found["rows"] == {"total": 200, "train": 120, "validation": 30, "test": 50, "filled": 0, "left_out": 0}
    counts = {name: Counter(found["data"][f"{name}_y"])[0] for name in ("train", "validation", "test")}
    assert counts == {"train": 12, "validation": 3, "test": 5}, "of 20 rare ones in all"
    rows = [tuple(x) for name in counts for x in found["data"][f"{name}_x"]]
    assert Counter(rows) == Counter((float(n * n % 97), float(n % 13)) for n in range(200)), "each row is in one of them"
    assert found == made(uneven(), 2, (0, 1), seed=3, **more) != made(uneven(), 2, (0, 1), seed=4, **more)
    with pytest.raises(TableError, match="50% to validate and 50% to test"):
        made(uneven(), 2, (0, 1), "classification", validation_fraction=0.5, test_fraction=0.5)


def test_early_stopping_works_with_a_validation_share_of_own_data() -> None:
    data = made(uneven(), 2, (0, 1), "classification", validation_fraction=0.3, standardize=True)["data"]
    layers = [{"units": 32, "activation": "relu"}]
    spec = {"data": data, "network": {"layers": layers}, "optimizer": {"lr": 0.05}, "stop": {"patience": 3}}
    trainer = Trainer(RunSpec.model_validate(spec))
    trainer.step(20_000)
    assert trainer.stopped is not None and trainer.stopped.kind == "early"
    with pytest.raises(ValueError, match="validation"):
        RunSpec.model_validate(spec | {"data": {name: part for name, part in data.items() if "validation" not in name}})


def test_of_more_rows_than_are_taken_a_sample_is_drawn_and_told() -> None:
    bounds = dataclasses.replace(Bounds(), rows=50)
    text = uneven(400).replace("1,1,usual\n", "1,1\n", 1)
    found = describe(text.encode(), bounds)
    assert (found["rows"], found["drawn_from"]) == (50, 400)
    choices = Choices(2, "classification", (0, 1), test_fraction=0.2, seed=5)
    first, again = (inline_data(text.encode(), choices, bounds) for _ in range(2))
    assert first == again and first["rows"]["drawn_from"] == 400 and first["rows"]["total"] == 50
    other = inline_data(text.encode(), dataclasses.replace(choices, seed=6), bounds)
    assert sorted(other["data"]["train_x"]) != sorted(first["data"]["train_x"]), "another seed, other rows"
    fewer = inline_data(text.encode(), dataclasses.replace(choices, rows=20))
    assert fewer["rows"]["total"] == 20 and fewer["rows"]["drawn_from"] == 400, "fewer as one chooses"
    assert "drawn_from" not in inline_data(text.encode(), choices)["rows"]
    with pytest.raises(TableError, match=re.escape("500 rows")):
        describe(uneven(501).encode(), bounds)


def test_the_column_that_empties_a_table_is_named() -> None:
    text = text_of("a,cabin,y", list(range(20)), ["", "C1"] + [""] * 18, list(range(20)))
    with pytest.raises(
        TableError, match=r"1 of 20 rows can be used.* cabin has no value in 19 of them: choose the inputs without it"
    ):
        made(text.replace("C1", "7"), 2, (0, 1))


def test_more_numbers_than_a_run_can_have_are_counted_in_the_message() -> None:
    body, choices = uneven(400).encode(), Choices(2, "classification", (0, 1), uses={1: ("category",)})
    assert len(routes.made(body, choices, Bounds(), generators(0), 1e6)) > 5000
    with pytest.raises(TableError, match=r"400 rows × 14 inputs = 5,600 numbers .* Fewer rows or fewer inputs would do"):
        routes.made(body, choices, Bounds(), generators(0), 5000)
