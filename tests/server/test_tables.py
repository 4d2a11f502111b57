"""Tables of one's own: what is read, what is inferred, what is said of every damaged row; hostile files; the two routes."""

from __future__ import annotations

import csv
import http.client
import io
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_server import Live

from engine import RunSpec
from server.tables.columns import columns_of
from server.tables.limits import MAX_BYTES, MAX_ROWS, TableError
from server.tables.rows import read_table
from server.tables.training_data import Choices, describe, inline_data


def kinds(text: str) -> list[str]:
    return [column.kind for column in columns_of(read_table(text.encode()))]


def messages(text: str) -> dict[int, str]:
    return {entry["line"]: entry["message"] for entry in describe(text.encode())["damaged"]["messages"]}


def made(text: str, target: int, task: str = "classification", inputs: tuple[int, ...] = (0,), **more: object) -> dict:
    choices = Choices(target, task, inputs, **{"test_fraction": 0.0, **more})  # type: ignore[arg-type]
    return inline_data(text.encode(), choices)


# Reading -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "encoding", "name"),
    [
        ("größe,y\n1,2\n".encode(), "UTF-8", "größe"),
        ("größe,y\n1,2\n".encode("utf-8-sig"), "UTF-8", "größe"),
        ("größe,y\n1,2\n".encode("cp1252"), "Windows-1252", "größe"),
    ],
)
def test_encodings(body: bytes, encoding: str, name: str) -> None:
    table = read_table(body)
    assert (table.encoding, table.names[0]) == (encoding, name)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", "comma"),
        ("a;b\n1,5;2,5\n3,5;4\n", "semicolon"),
        ("a\tb\n1\t2\n", "tab"),
        ('a,b\n"x;y;z",2\n"p;q;r",3\n', "comma"),
        ("a,b\nx; y,2\np; q,3\nr; s,4\n", "comma"),
        ("a,b\r\n1,2\r\n3,4\r\n", "comma"),
        ("a,b\r1,2\r3,4\r", "comma"),
    ],
)
def test_delimiters_and_line_ends(text: str, delimiter: str) -> None:
    table = read_table(text.encode())
    assert table.delimiter == delimiter and table.names == ("a", "b") and not table.faults


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", True),
        ("1,2\n3,4\n", False),
        (",b\n1,2\n3,4\n", True),
        ("colour,size\nred,big\nblue,small\nred,small\n", True),
        ("red,big\nblue,small\nred,small\n", False),
        ("2019,2020\n1,2\n", False),
    ],
)
def test_header(text: str, header: bool) -> None:
    assert read_table(text.encode()).header is header


def test_names_are_told_apart_and_never_empty() -> None:
    assert read_table(b"a,a,,a\n1,2,3,4\n").names == ("a", "a (2)", "column 3", "a (3)")
    assert len(read_table(f"{'n' * 500},b\n1,2\n".encode()).names[0]) == 60


def test_kinds() -> None:
    cells = [
        [f"{n / 4}", f"{n / 4}".replace(".", ","), ["yes", "No"][n % 2], "abc"[n % 3], f"name {n}", "", str(n), str(n % 2 == 0)]
        for n in range(40)
    ]
    text = "point;comma;answer;letter;who;nothing;whole;truth\n" + "\n".join(";".join(row) for row in cells)
    assert kinds(text) == ["number", "number", "yes_no", "category", "text", "empty", "number", "yes_no"]
    columns = columns_of(read_table(text.encode()))
    assert columns[0].values == columns[1].values == [n / 4 for n in range(40)]
    assert (columns[0].decimal, columns[1].decimal, columns[6].decimal) == (".", ",", None)
    assert columns[2].levels == ["No", "yes"] and columns[7].levels == ["False", "True"]


def test_every_damaged_row_is_told_with_its_line() -> None:
    good = "".join(f"{n}.5,{n},{'ab'[n % 2]}\n" for n in range(20))
    bad = '1,2\n1,2,a,4\n,2,a\nNA,2,a\nabout 3,2,a\ninf,2,a\n1e999,2,a\n1,2,\n"1,2,a\n\n"1"0,2,a\n1,,nan\n'
    said = messages("x,y,class\n" + good + bad)
    assert said == {
        22: "2 cells where 3 are expected",
        23: "4 cells where 3 are expected",
        24: "x: no value",
        25: "x: no value (“NA”)",
        26: "x: “about 3” is not a number",
        27: "x: “inf” is not finite",
        28: "x: “1e999” is not finite",
        29: "class: no value",
        30: "a quotation mark that is not closed",
        32: "something other than a delimiter after a closing quotation mark",
        33: "y: no value; class: no value (“nan”)",
    }


def test_other_decimal_signs_in_a_column_are_damage() -> None:
    text = "a;b\n" + "".join(f"{n},5;{n}\n" for n in range(9)) + "9.5;9\n"
    assert messages(text) == {11: "a: “9.5” where the others have a decimal comma"}


def test_messages_are_capped_and_rows_counted() -> None:
    found = describe(("a,b\n" + "1,2\n" * 700 + "3,\n" * 150 + "1\n" * 7).encode())
    assert len(found["damaged"]["messages"]) == 100 and found["damaged"]["rows"] == 157 and found["rows"] == 857
    groups = {tuple(group["columns"]): group["rows"] for group in found["damaged"]["groups"]}
    assert groups == {(1,): 150, (): 7}


@pytest.mark.parametrize("name", ["target", "Class", "label", "y", "diagnosis"])
def test_the_target_is_guessed_by_name_else_the_last(name: str) -> None:
    rows = "".join(f"{n},{n % 2},{n / 3}\n" for n in range(30))
    assert describe(f"a,{name},c\n{rows}".encode())["guess"] == {"target": 1, "task": "classification"}
    assert describe(f"a,b,c\n{rows}".encode())["guess"] == {"target": 2, "task": "regression"}


# Refusals ----------------------------------------------------------------------------------------------------------------

HOSTILE = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n\t\n", "empty"),
    "commas only": (b"," * 1_000_000, "empty"),
    "a million cells": (b"1" + b",1" * 1_000_000, "1,024"),
    "wide header": (b"a" + b",a" * 2000 + b"\n1,2\n", "1,024"),
    "NUL": (b"a,b\n1,\x00\n", "not text"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(200), "picture"),
    "damaged Excel": (b"PK\x03\x04" + bytes(200), "Save the sheet as CSV"),
    "half of UTF-16": ("a,b\n1,2\n".encode("utf-16")[:-1], "cut short at line 2"),
    "quotes only": (b'"' * 1_000_000, "can be read"),
    "quotes on every line": (b"a,b\n" + b'"1,2\n' * 5000, "broken quotation marks"),
    "one column": (b"a\n1\n2\n", "one column only"),
    "header only": (b"a,b,c\n", "no row below"),
    "no row fits": (b"a,b,c\n1,2\n3,4\n", "no row below it has as many"),
    "constant": (b"a,b\n1,1\n1,1\n", "No column can be predicted"),
    "long": (b"1,2\n" * (10 * MAX_ROWS + 1), "200,000 rows"),
    "large": (b"1,2,3,4,5,6,7\n" * (MAX_BYTES // 14 + 1), "5 MB"),
    "text": (
        (",".join(f"t{c}" for c in range(25)) + "\n").encode()
        + b"".join((",".join(f"word {r} {c}" for c in range(25)) + "\n").encode() for r in range(300)),
        "text only",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(name: str) -> None:
    body, words = HOSTILE[name]
    with pytest.raises(TableError, match=words.replace("(", r"\(")):
        describe(body)


def test_odd_rows_in_a_good_table_cost_only_themselves() -> None:
    good = [f"{n},{n * n},{n % 2}" for n in range(50)]
    odd = ["," * 1_000_000, "1," + "x" * 200_000 + ",1", '"never closed,1,0', "x" * 100, "é,\u2028,1"]
    found = describe(("a,b,c\n" + "\n".join([*good, *odd, *good])).encode())
    assert found["rows"] == 105 and found["damaged"]["rows"] == 5 and found["guess"]["target"] == 2


def test_cells_of_several_lines() -> None:
    text = 'a,note,b\n1,"of two\nlines, so",2\n3,"of\nthree\nlines",4\n5,none,6\n'
    table = read_table(text.encode())
    assert not table.faults and [line for line, _ in table.rows] == [2, 4, 7] and table.rows[1][1][1] == "of\nthree\nlines"


def test_a_quotation_mark_left_open_does_not_swallow_the_rows_up_to_the_next() -> None:
    lines = ["a,b"] + [f"{n},{n}" for n in range(30)]
    lines[5], lines[20] = '"4,4', '19",19'
    found = describe("\n".join(lines).encode())
    assert [entry["line"] for entry in found["damaged"]["messages"]] == [6, 21] and found["rows"] == 30


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered(body: bytes) -> None:
    try:
        found = describe(body)
    except TableError as refusal:
        assert str(refusal)
    else:
        json.dumps(found, allow_nan=False)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30), st.sampled_from(",;\t"), st.booleans())
def test_numbers_come_through_to_the_last_bit(rows: list[tuple[float, float]], delimiter: str, comma: bool) -> None:
    comma = comma and delimiter != ","
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["first", "second"])
    for row in rows:
        writer.writerow([repr(value).replace(".", "," if comma else ".") for value in row])
    columns = columns_of(read_table(file.getvalue().encode()))
    assert [column.values for column in columns] == [list(values) for values in zip(*rows, strict=True)]


# Choices -----------------------------------------------------------------------------------------------------------------


def test_rows_are_left_out_or_filled_with_the_training_mean() -> None:
    text = "a,b,class\n" + "".join(f"{n},{2 * n},{'uv'[n % 2]}\n" for n in range(20)) + ",6,u\n7,,v\n8,8,\n9\n"
    left = made(text, 2, inputs=(0, 1))
    assert left["rows"] == {"total": 24, "train": 20, "validation": 0, "test": 0, "filled": 0, "left_out": 4}
    filled = made(text, 2, inputs=(0, 1), damaged="fill", test_fraction=0.5)
    assert filled["rows"] == {"total": 24, "train": 11, "validation": 0, "test": 11, "filled": 2, "left_out": 2}
    data = filled["data"]
    row = next(row for row in [*data["train_x"], *data["test_x"]] if row[1] == 6.0 and row[0] != 3.0)
    known = [x[0] for x in data["train_x"] if x is not row]
    assert row[0] == pytest.approx(sum(known) / len(known), abs=1e-12)
    assert filled == made(text, 2, inputs=(0, 1), damaged="fill", test_fraction=0.5), "the same file gives the same data"
    assert made(text, 2, inputs=(0,))["rows"]["left_out"] == 3, "a gap in a column that is not used does no harm"


def test_classes_have_names_and_an_order() -> None:
    assert made("x,c\n1,10\n2,9\n3,9.5\n4,9\n", 1)["data"]["classes"] == ["9", "9.5", "10"]
    answer = made("x,c\n1,yes\n2,no\n3,no\n4,yes\n", 1)["data"]
    assert answer["classes"] == ["no", "yes"]
    assert {x[0]: y for x, y in zip(answer["train_x"], answer["train_y"], strict=True)} == {1: 1, 2: 0, 3: 0, 4: 1}


def test_two_categories_are_coded_and_text_refused() -> None:
    text = "sex,name,y\n" + "".join(f"{'fm'[n % 2]},who {n},{n}\n" for n in range(12))
    data = made(text, 2, "regression", (0,), standardize=False)["data"]
    assert {x[0] for x in data["train_x"]} == {0.0, 1.0} and data["target"] == "y"
    assert sorted(data["train_y"]) == list(range(12))
    with pytest.raises(TableError, match="name cannot be an input: it is text, different in every row"):
        made(text, 2, "regression", (1,))


def test_a_standardized_target_says_so() -> None:
    text = "a,price\n" + "".join(f"{n},{1000 + 50 * n}\n" for n in range(40))
    data = made(text, 1, "regression", test_fraction=0.25)["data"]
    assert data["target"] == "price, standardized" and data["standardize"]
    assert sum(data["train_y"]) == pytest.approx(0.0, abs=1e-12) and sum(y * y for y in data["train_y"]) == pytest.approx(30)
    (x0, y0), (x1, y1) = sorted(zip((x[0] for x in data["test_x"]), data["test_y"], strict=True))[:2]
    rise = (data["train_y"][0] - y0) / (data["train_x"][0][0] - x0)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(rise), "the test part is scaled as the training part is"


def test_two_inputs_within_the_plane_are_a_plane() -> None:
    text = "a,b,c\n" + "".join(f"{n / 4},{-n / 4},{n % 2}\n" for n in range(24))
    assert made(text, 2, inputs=(0, 1))["data"]["kind"] == "plane"
    assert made(text.replace("5.75", "6.75"), 2, inputs=(0, 1))["data"]["kind"] == "table"


@pytest.mark.parametrize(
    ("text", "target", "task", "inputs", "words"),
    [
        ("a,b\n1,u\n2,u\n3,u\n", 1, "classification", (0,), "one class only"),
        ("a,b\n1,u\n2,v\n3,u\n", 1, "regression", (0,), "as classes only"),
        ("a,b\n1,2\n3,4\n", 1, "regression", (), "No input"),
        ("a,b\n1,2\n3,4\n", 1, "regression", (1,), "cannot be an input too"),
        ("a,b\n1,2\n3,4\n", 7, "regression", (0,), "no column 8"),
        ("a,b\n" + "".join(f"{n},{n}\n" for n in range(65)), 1, "classification", (0,), "at most 64 classes"),
        (
            "a,b\n1,2\n,4\n,5\n",
            1,
            "regression",
            (0,),
            "1 of 3 rows can be used; there must be two at least. a has no value in 2",
        ),
    ],
)
def test_choices_that_cannot_be(text: str, target: int, task: str, inputs: tuple[int, ...], words: str) -> None:
    with pytest.raises(TableError, match=words):
        made(text, target, task, inputs)


def test_what_comes_of_a_table_is_a_spec() -> None:
    text = "age;größe;result\n" + "".join(f"{n};{n},5;{['no', 'yes'][n % 2]}\n" for n in range(40))
    data = made(text, 2, inputs=(0, 1), title="a\nb" * 100)["data"]
    spec = RunSpec.model_validate({"data": json.loads(json.dumps(data))})
    assert spec.class_count == 2 and spec.data.column_names == ("age", "größe")


# The routes --------------------------------------------------------------------------------------------------------------


def post(live: Live, path: str, body: bytes, **headers: str) -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
    connection.request("POST", path, body, {"Content-Type": "text/csv", **headers})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    assert b"Traceback" not in content and response.headers["X-Content-Type-Options"] == "nosniff"
    return response.status, json.loads(content)


def test_a_table_is_told_and_made_into_data(live: Live) -> None:
    body = b"a,b,class\n" + b"".join(b"%d,%d,%d\n" % (n, n * n, n % 2) for n in range(30))
    status, found = post(live, "/api/table", body, Origin=f"http://127.0.0.1:{live.port}")
    assert status == 200 and found["rows"] == 30 and found["columns"][1]["examples"] == [0, 1, 4, 9]
    query = urlencode({"target": 2, "task": "classification", "inputs": [0, 1], "title": "t"}, doseq=True)
    status, answer = post(live, f"/api/table/data?{query}", body, **{"Content-Type": "application/octet-stream"})
    assert status == 200 and answer["rows"]["train"] == 21
    RunSpec.model_validate({"data": answer["data"]})
    chosen = {"as": ["0:number", "1:category"], "validation_fraction": 0.2, "seed": 3, "rows": 20}
    status, answer = post(live, f"/api/table/data?{query}&{urlencode(chosen, doseq=True)}", body)
    rows = answer["rows"]
    assert status == 200 and (rows["train"], rows["validation"], rows["test"]) == (10, 4, 6) and rows["drawn_from"] == 30
    names = answer["data"]["columns"]
    assert names[0] == "a" and all(name.startswith("b = ") for name in names[1:]) and len(answer["data"]["validation_x"]) == 4
    for wrong in ("as=1", "as=1:Year!", "as=x:number", "rows=1", "seed=-1", "validation_fraction=2"):
        assert post(live, f"/api/table/data?{query}&{wrong}", body)[0] == 422


@pytest.mark.parametrize("path", ["/api/table", "/api/table/data?target=1&task=regression&inputs=0"])
def test_who_may_not_and_what_cannot(live: Live, path: str) -> None:
    good = b"a,b\n1,2\n3,4\n"
    assert post(live, path, good, Origin="https://elsewhere.example")[0] == 403
    assert post(live, path, good, **{"Content-Type": "text/plain"})[0] == 415
    status, content = post(live, path, b"")
    assert status == 422 and content == {"code": "table", "detail": "The file is empty."}
    status, content = post(live, path, bytes(MAX_BYTES + 1))
    assert status == 413 and "5 MB" in content["detail"]
