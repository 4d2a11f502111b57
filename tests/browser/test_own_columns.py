"""What becomes of the columns of one's own table: seen and chosen in the dialog, trained on, compared with a baseline."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from looks import looks_well
from playwright.sync_api import expect
from test_own_data import drop, send
from train_page import Train

SHELVES = ("Bad", "Good", "Medium")


def shop(rows: int = 240) -> str:
    """A shelf of three kinds, a German date, thousands, an identifier, and whether it sells: in summer, or well placed."""
    random = np.random.default_rng(3)
    ids = random.permutation(900_000)[:rows] + 100_000
    lines = ["id;sold on;shelf;visitors;temperature;sells"]
    for row in range(rows):
        day = date(2023, 1, 1) + timedelta(days=int(random.integers(730)))
        shelf, visitors = SHELVES[int(random.integers(3))], int(random.integers(1100, 9900))
        good = 1.5 * (shelf == "Good") - (shelf == "Bad") + day.month / 6 + visitors / 3000 + random.normal(0, 0.2) > 3.2
        cells = [ids[row], f"{day.day}.{day.month}.{day.year}", shelf, f"{visitors:,}", f"{random.normal(9, 8):.1f}"]
        lines.append(";".join([*map(str, cells), "yes" if good else "no"]))
    return "\n".join(lines) + "\n"


def test_a_shops_table_is_understood_shared_out_and_trained_with_early_stopping(train: Train) -> None:
    page = train.page
    drop(train, "shop.csv", shop())
    dialog, outcome = train.hook("table-dialog"), train.hook("table-outcome")
    rows = {name: dialog.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)) for name in ("id", "shelf")}
    expect(rows["id"]).to_contain_text("not ticked: it is a different whole number in each row, as an identifier is")
    expect(dialog.locator("[data-column='0']")).not_to_be_checked()
    expect(rows["shelf"]).to_contain_text("category, 3 inputs")
    expect(dialog).to_contain_text("read as")  # visitors, "1,234"; and the date
    expect(dialog.get_by_test_id("table-part-1-year")).to_have_attribute("aria-pressed", "true")
    expect(outcome).to_contain_text("240 of 240 rows, 14 inputs: 70\u202f% to train on, 30\u202f% to test")
    # By keyboard: another part of the date, early stopping, and with it a validation share.
    weekday = dialog.get_by_test_id("table-part-1-weekday")
    weekday.focus()
    page.keyboard.press("Enter")
    expect(weekday).to_have_attribute("aria-pressed", "false")
    expect(outcome).to_contain_text("7 inputs")
    early = page.locator("[name=table-early]")
    early.focus()
    page.keyboard.press("Space")
    expect(train.hook("own-validation-part")).to_have_value("20")
    expect(outcome).to_contain_text("50\u202f% to train on, 20\u202f% to validate, 30\u202f% to test")
    # Thousands that are meant as decimals after all: what was chosen stays chosen.
    reading = dialog.get_by_test_id("table-reading-3")
    reading.select_option("comma")
    expect(reading).to_have_value("comma")
    expect(outcome).to_contain_text("7 inputs: 50\u202f% to train on, 20\u202f% to validate")
    reading.select_option("point")
    expect(reading).to_have_value("point")
    expect(early).to_be_checked()
    # A share too large is said and leads nowhere; taken back, all is well.
    dialog.get_by_test_id("own-test-part").fill("90")
    expect(outcome).to_contain_text("too few rows to train on")
    expect(train.hook("table-train")).to_be_disabled()
    dialog.get_by_test_id("own-test-part").fill("30")
    seed = page.locator("[name=table-seed]")
    seed.fill("-1")
    expect(outcome).to_contain_text("The seed is a whole number from 0")
    seed.fill("7")
    # Another target: what gave nothing away before is an input again, what is predicted none.
    page.locator("[name=table-target]").select_option(label="temperature")
    expect(dialog.locator("[data-column='4']")).to_be_disabled()
    page.locator("[name=table-target]").select_option(label="sells")
    expect(dialog.locator("[data-column='0']")).not_to_be_checked()
    train.hook("table-train").click()
    expect(dialog).to_be_hidden()
    expect(train.hook("notice")).to_contain_text("120 rows to train on, 48 to validate, 72 to test")
    expect(train.hook("subject")).to_contain_text("shop · 7–")
    expect(page.locator("[name='stop.patience']")).to_have_value("20")
    expect(train.hook("baseline")).to_contain_text("baseline, largest class: ")
    train.speed("flat out")
    train.hook("play").click()
    train.status("stopped")
    expect(train.hook("notice")).to_contain_text("Stopped early")
    train.settle()
    numbers = train.numbers()
    assert float(numbers["test-accuracy"] or 0) > float(train.hook("baseline").get_attribute("data-value") or 1)
    # The shares go over to other data, and early stopping with them; it is off where nothing validates.
    train.choose("xor")
    expect(train.field("data.validation_fraction")).to_contain_text("20\u202f%")
    uneven = "".join(f"{n % 5};{n % 4};{'rare' if n % 9 == 0 else 'usual'}\n" for n in range(90))
    send(train, "few.csv", f"a;b;kind\n{uneven}")
    train.hook("table-train").click()
    expect(train.hook("subject")).to_contain_text("few · 2–")
    expect(page.locator("[name='stop.patience']")).to_have_value("off")
    train.settle(0)
    expect(train.hook("baseline")).to_contain_text("balanced accuracy: ")
    expect(train.hook("baseline")).to_contain_text("recall: rare ")


@pytest.mark.slow(seconds=6)
def test_a_copy_of_the_target_is_a_finding_and_a_number_can_be_a_category(train: Train) -> None:
    rows = "".join(f"{n * n % 11},{n % 3},{'abc'[n % 3]}\n" for n in range(90))
    send(train, "leak.csv", f"size,code,class\n{rows}")
    dialog = train.hook("table-dialog")
    code = dialog.locator("[data-column='1']")
    expect(code).not_to_be_checked()
    expect(dialog).to_contain_text("not ticked: each of its values stands for one of class’s")
    use = dialog.get_by_test_id("table-use-0")
    expect(use).to_contain_text("category, 6 inputs")
    use.select_option("category")
    expect(train.hook("table-outcome")).to_contain_text("6 inputs")
    use.select_option("number")
    code.check()
    expect(dialog).to_contain_text("gives the answer away")
    dialog.get_by_test_id("table-use-1").select_option("category")
    train.hook("table-train").click()
    expect(train.hook("subject")).to_contain_text("leak · 4–")
    train.speed("flat out")
    train.play()
    assert train.reach("test-accuracy", 1.0) == 1.0
    expect(train.hook("findings-open")).to_be_visible()
    train.pause()
    train.hook("findings-open").click()
    expect(train.page.locator("[data-finding=leak]")).to_contain_text("Accuracy is 100 %, and no wonder")


@pytest.mark.slow(seconds=6)
def test_of_too_many_rows_a_sample_is_drawn_and_a_regression_has_r_squared(train: Train) -> None:
    rows = "".join(f"{n % 89},{n % 97},{(n % 89) / 9 + n % 3:.2f}\n" for n in range(20_500))
    send(train, "many.csv", f"a,b,c\n{rows}")
    expect(train.hook("table-facts")).to_contain_text("20\u202f000 rows, drawn at random from 20\u202f500")
    field = train.page.locator("[name=table-rows]")
    field.fill("1")
    expect(train.hook("table-outcome")).to_contain_text("Rows: a whole number from 2 to 20\u202f000")
    field.fill("400")
    expect(train.hook("table-outcome")).to_contain_text("400 of 20\u202f500 rows")
    train.hook("table-train").click()
    expect(train.hook("notice")).to_contain_text("280 rows to train on, 120 to test, drawn at random from 20\u202f500")
    expect(train.hook("baseline")).to_contain_text("always answering the mean: R² 0")
    expect(train.hook("test-accuracy")).to_be_hidden()
    train.settle(0)
    value = train.hook("test-r-squared").get_attribute("data-value")
    assert value is not None and float(value) < 1.0


@pytest.mark.looks(seconds=30, sweep=True)
def test_sixty_classes_leave_the_page_in_shape(train: Train) -> None:
    random = np.random.default_rng(0)
    rows = "".join(
        f"{x:.2f},{y:.2f},{z:.2f},kind number {n % 60}\n" for n, (x, y, z) in enumerate(random.normal(0, 1, (600, 3)))
    )
    send(train, "sixty.csv", f"a,b,c,kind\n{rows}")
    looks_well(train.page)
    train.hook("table-train").click()
    expect(train.hook("subject")).to_contain_text("sixty · 3–")
    train.settle(0)
    expect(train.hook("confusion").locator(".count")).to_have_count(3600)
    looks_well(train.page)
