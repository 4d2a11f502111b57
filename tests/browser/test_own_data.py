"""Own data: a table with damaged rows is dropped, looked at and learned; what cannot be learned is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from complaints import Complaints
from playwright.sync_api import expect
from sklearn.datasets import load_breast_cancer
from train_page import Train

DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, { type: "text/csv" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried });
    document.querySelector(".network").dispatchEvent(event);
  }
}"""


def damaged_table() -> str:
    """The breast-cancer data as CSV with ten damaged rows, four of which miss a number only."""
    real = load_breast_cancer()
    lines = [",".join([*(name.replace(" ", "_") for name in real.feature_names), "diagnosis"])]
    for row, label in zip(real.data, real.target, strict=True):
        lines.append(",".join([*map(repr, map(float, row)), str(real.target_names[label])]))

    def change(line: int, how: Callable[[list[str]], list[str]]) -> None:
        lines[line - 1] = ",".join(how(lines[line - 1].split(",")))

    change(5, lambda cells: cells[:-3])
    change(17, lambda cells: [*cells, "1", "2"])
    change(40, lambda cells: ["", *cells[1:]])
    change(77, lambda cells: [*cells[:3], "NA", *cells[4:]])
    change(101, lambda cells: [*cells[:10], "about 3", *cells[11:]])
    change(150, lambda cells: [*cells[:2], "inf", *cells[3:]])
    change(200, lambda cells: [*cells[:-1], ""])
    change(300, lambda cells: ['"' + cells[0], *cells[1:]])
    change(333, lambda cells: [cells[0], '"1"0', *cells[2:]])
    change(569, lambda _: ["broken off"])
    return "\n".join(lines) + "\n"


def drop(train: Train, name: str, text: str) -> None:
    train.page.evaluate(DROP, [name, text])
    expect(train.hook("table-dialog")).to_be_visible()


def send(train: Train, name: str, text: str) -> None:
    train.hook("table-file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    expect(train.hook("table-dialog")).to_be_visible()


def test_a_damaged_table_is_dropped_mended_and_learned(train: Train) -> None:
    drop(train, "cells.csv", damaged_table())
    expect(train.hook("table-facts")).to_contain_text("569 rows · 31 columns")
    faults = train.hook("table-faults").locator("li")
    expect(faults).to_have_count(10)
    said = dict(text.removeprefix("line ").split(" ", 1) for text in faults.all_inner_texts())
    assert said["5"] == "28 cells where 31 are expected" and said["17"] == "33 cells where 31 are expected"
    assert said["40"] == "mean_radius: no value" and "NA" in said["77"]
    assert "“about 3” is not a number" in said["101"] and "“inf” is not finite" in said["150"]
    assert said["200"] == "diagnosis: no value" and "not closed" in said["300"]
    assert "closing quotation mark" in said["333"] and said["569"] == "1 cell where 31 are expected"
    expect(train.page.locator("[name=table-target]")).to_have_value("30")
    expect(train.page.locator("[name=table-task]")).to_have_value("classification")
    expect(train.hook("table-outcome")).to_contain_text("559 of 569 rows")
    train.page.get_by_label("fill missing numbers").check()
    expect(train.hook("table-outcome")).to_contain_text("563 of 569 rows")
    train.hook("table-train").click()
    expect(train.hook("table-dialog")).to_be_hidden()
    expect(train.hook("notice")).to_contain_text("394 rows to train on, 169 to test, 6 left out, 4 filled")
    expect(train.hook("subject")).to_contain_text("cells · 30–")
    expect(train.hook("own-tile")).to_have_attribute("aria-pressed", "true")
    train.settle(0)
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 0.93) >= 0.93
    train.pause()
    train.settle()
    expect(train.hook("confusion")).to_contain_text("malignant")


@pytest.mark.slow(seconds=6)
def test_own_data_survive_a_reload_and_are_come_back_to(train: Train) -> None:
    send(train, "heights.tsv", "age\theight\n" + "".join(f"{n}\t{60 + 5 * n}\n" for n in range(1, 31)))
    expect(train.page.locator("[name=table-task]")).to_have_value("regression")
    train.hook("table-train").click()
    expect(train.hook("subject")).to_contain_text("heights · 1–")
    train.page.reload()
    expect(train.hook("subject")).to_contain_text("heights · 1–")
    expect(train.hook("dataset-name")).to_contain_text("30 rows, 1 column. To be predicted: height, standardized.")
    tile = train.hook("own-tile")
    expect(tile).to_have_attribute("aria-pressed", "true")
    train.choose("xor")
    expect(tile).to_have_attribute("aria-pressed", "false")
    tile.click()
    expect(train.hook("subject")).to_contain_text("heights · 1–")


@pytest.mark.slow(seconds=6)
def test_two_columns_within_the_plane_are_drawn_as_one(train: Train) -> None:
    rows = "".join(f"{0.1 * n - 3:.2f};{(-1) ** n * 2};{'left' if n < 30 else 'right'}\n" for n in range(60))
    send(train, "side.csv", "across;up;side\n" + rows)
    train.hook("table-train").click()
    expect(train.page.locator(".output")).to_have_attribute("data-kind", "plane")
    train.feature("x2")
    train.settle(0)
    assert train.painted("regions") > 5


@pytest.mark.sampled(4, seconds=3)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a\n1\n2\n", "one column only"),
        ("a,b\n1,x\n2,x\n3,x\n", None),
        ("name,town\nAnn,Oslo\nBob,Rome\nCid,Bonn\nDot,Kiel\nEve,Graz\n", "text only"),
        ("\x00\x01\x02", "not text"),
        ("1,2\n" * 200_002, "200,000 rows"),
        ("1" * 5_000_001, "5 MB"),
    ],
    ids=["empty", "column", "class", "text", "binary", "rows", "size"],
)
def test_what_cannot_be_learned_is_said(train: Train, complaints: Complaints, text: str, words: str | None) -> None:
    complaints.expect("422")
    subject = train.hook("subject").inner_text()
    send(train, "odd.csv", text)
    if words is None:
        expect(train.page.locator("[name=table-target] option").nth(1)).to_be_disabled()
    else:
        expect(train.hook("table-error")).to_contain_text(words)
        expect(train.hook("table-train")).to_be_disabled()
    train.page.keyboard.press("Escape")
    expect(train.hook("table-dialog")).to_be_hidden()
    expect(train.hook("subject")).to_have_text(subject)


def test_the_file_chooser_opens_by_key_and_an_input_is_needed(train: Train) -> None:
    train.page.on("filechooser", lambda _: None)  # from now on they are caught, and not only from the next command on
    button = train.hook("own-data")
    button.focus()
    expect(button).to_be_focused()
    with train.page.expect_file_chooser() as chooser:
        train.page.keyboard.press("Enter")
    rows = "".join(f"{n},{n * n % 7},{n % 3}\n" for n in range(40))
    chooser.value.set_files({"name": "few.csv", "mimeType": "text/csv", "buffer": f"a,b,class\n{rows}".encode()})
    dialog = train.hook("table-dialog")
    expect(dialog.locator("[data-column='2']")).to_be_disabled()
    dialog.get_by_role("button", name="none").click()
    expect(train.hook("table-train")).to_be_disabled()
    expect(train.hook("table-outcome")).to_contain_text("one input at least")
    dialog.locator("[data-column='1']").check()
    train.hook("table-train").click()
    expect(train.hook("subject")).to_contain_text("few · 1–")


@pytest.mark.slow(seconds=6)
def test_another_file_takes_the_place_of_the_first_and_a_locked_page_takes_none(train: Train, complaints: Complaints) -> None:
    complaints.expect("422")
    send(train, "odd.csv", "a\n1\n")
    expect(train.hook("table-error")).to_be_visible()
    with train.page.expect_file_chooser() as chooser:
        train.page.get_by_role("button", name="Another file…").click()
    chooser.value.set_files({"name": "good.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n3,5\n4,4.5\n"})
    expect(train.hook("table-facts")).to_contain_text("good.csv · 3 rows")
    expect(train.hook("table-error")).to_be_hidden()
    train.page.keyboard.press("Escape")
    url = train.page.url.split("#")[0]
    train.page.goto("about:blank")
    train.page.goto(f"{url}#lock=data")
    expect(train.page.locator("section[data-part=data][inert]")).to_be_attached()
    train.page.evaluate(DROP, ["cells.csv", damaged_table()])
    expect(train.hook("table-dialog")).to_be_hidden()
